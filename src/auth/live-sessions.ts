import type { SessionView } from '../../durable-objects/user/sessions'
import type { Ctx } from '../ctx'
import type { Caller } from '../http/access-token'
import { fail } from '../http/errors'
import { userObject } from '../objects'

/**
 * The caller's live sessions. Throws 401 when the caller's own is not among them: an access token outlives its session by
 * up to 10 minutes, and must not be able to change a password or throw out other devices in that time.
 */
export async function requireLiveSession(ctx: Ctx, caller: Caller): Promise<SessionView[]> {
  const sessions = await userObject(ctx.env, caller.userId).listSessions()
  if (!sessions.some(({ id }) => id === caller.sessionId)) throw fail('UNAUTHENTICATED')
  return sessions
}
