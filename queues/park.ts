import type { Ctx } from '../src/ctx'
import { deadLetters } from '../src/db/tables/operations'
import { newId } from '../src/kernel/ids'
import { describeError } from '../src/kernel/log'
import { Message } from '../src/messages'
import { giveUpTask } from './run-task'

/** Bodies are ours and small; what is not ours is cut. */
const MAX_BODY_CHARACTERS = 4_000

/**
 * A message nobody can handle: its task fails, which releases its credits, and it is kept for an admin to look at.
 * Credits first: a crash between the two leaves a message that comes again and does the rest.
 */
export async function park(ctx: Ctx, queue: string, message: QueueMessage, error: unknown): Promise<void> {
  const read = Message.safeParse(message.body)
  if (read.success && read.data.type === 'pose') await giveUpTask(ctx, read.data, error)
  ctx.log('error', 'message_parked', { queue, messageId: message.id, error: describeError(error) })
  await ctx.db
    .insert(deadLetters)
    .values({
      id: newId('deadLetter'),
      queue,
      messageId: message.id,
      body: (JSON.stringify(message.body) ?? 'null').slice(0, MAX_BODY_CHARACTERS),
      error: describeError(error),
      attempts: message.attempts,
      createdAt: ctx.now(),
    })
    .onConflictDoNothing({ target: deadLetters.messageId })
}

type QueueMessage = { id: string; body: unknown; attempts: number }
