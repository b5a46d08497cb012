import type { Context } from 'hono'
import { callerOf } from '../http/access'
import type { Caller } from '../http/access-token'
import type { AppEnv } from '../http/app-env'
import { missingPartOf } from '../kernel/missing-part'

/** Who asks; null also where nobody can be known for now: the list of apps is then a stranger's. */
export async function callerOrStranger(c: Context<AppEnv>): Promise<Caller | null> {
  try {
    return await callerOf(c)
  } catch (error) {
    if (missingPartOf(error)) return null
    throw error
  }
}
