import type { Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import type { PoseMessage, VariantsMessage } from '../src/messages'
import type { Claimed } from './run-task'

/** Builds what is missing of a picture's files for an export. */
export async function buildVariants(_ctx: Ctx, _message: PoseMessage, _claim: Claimed<'exports'>): Promise<Outcome> {
  return { kind: 'failed', code: 'INTERNAL' }
}

/** Builds the files that a shoot asked for. */
export async function buildAhead(_ctx: Ctx, _message: VariantsMessage): Promise<void> {}
