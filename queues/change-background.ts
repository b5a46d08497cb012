import type { Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import type { PoseMessage } from '../src/messages'
import type { Claimed } from './run-task'

/** Gives a picture another background. */
export async function changeBackground(
  _ctx: Ctx,
  _message: PoseMessage,
  _claim: Claimed<'backgrounds'>,
): Promise<Outcome> {
  return { kind: 'failed', code: 'INTERNAL' }
}
