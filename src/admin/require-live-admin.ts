import { findUser } from '../auth/users'
import type { Ctx } from '../ctx'
import type { Caller } from '../http/access-token'
import { fail } from '../http/errors'
import { userObject } from '../objects'

/**
 * For routes with which an admin changes something. A token says `admin` for up to 10 minutes after the role was taken
 * away or its session ended: both are read anew. Throws 401 for an ended session, 403 for a lost role.
 */
export async function requireLiveAdmin(ctx: Ctx, caller: Caller): Promise<void> {
  const [user, isAlive] = await Promise.all([
    findUser(ctx.db, caller.userId),
    userObject(ctx.env, caller.userId).isSessionAlive(caller.sessionId),
  ])
  if (!user || !isAlive) throw fail('UNAUTHENTICATED')
  if (user.role !== 'admin') throw fail('FORBIDDEN')
}
