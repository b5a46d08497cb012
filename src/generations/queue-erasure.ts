import { eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { generations } from '../db/tables/generations'
import { MAX_SEND_BATCH } from '../kernel/limits'
import type { ErasureMessage } from '../messages'

/** Time for the rows to be gone before the consumer looks. */
const ERASURE_DELAY_SECONDS = 30

/**
 * Asks for the bytes of a project's pictures to be deleted; call it right before deleting the rows. A message that
 * arrives while they are still there is forgotten, so a deletion that fails afterwards loses nothing.
 */
export async function queueErasure(ctx: Ctx, userId: string, projectId: string): Promise<void> {
  const rows = await ctx.db.select({ id: generations.id }).from(generations).where(eq(generations.projectId, projectId))
  const messages = rows.map(
    ({ id }): MessageSendRequest<ErasureMessage> => ({
      body: { type: 'erasure', userId, jobId: id, requestId: ctx.requestId },
      delaySeconds: ERASURE_DELAY_SECONDS,
    }),
  )
  for (let from = 0; from < messages.length; from += MAX_SEND_BATCH)
    await ctx.env.GENERATION_QUEUE.sendBatch(messages.slice(from, from + MAX_SEND_BATCH))
}
