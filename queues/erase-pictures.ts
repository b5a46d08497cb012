import { eq } from 'drizzle-orm'
import type { Ctx } from '../src/ctx'
import { generations } from '../src/db/tables/generations'
import { jobPrefix } from '../src/generations/object-keys'
import { continueDeletion } from '../src/likeness/erase-deletion'
import type { ErasureMessage } from '../src/messages'

/** Deletes bytes of what is gone from D1. */
export async function erasePictures(ctx: Ctx, { userId, jobId, deletionId }: ErasureMessage): Promise<void> {
  if (deletionId !== undefined) await continueDeletion(ctx, deletionId)
  if (jobId !== undefined) await eraseGeneration(ctx, userId, jobId)
}

/**
 * The bytes of a generation. The message was sent before the rows were deleted: when they
 * are still there, the deletion did not happen and the pictures stay. Twice is once: the second finds nothing.
 */
async function eraseGeneration(ctx: Ctx, userId: string, jobId: string): Promise<void> {
  const [kept] = await ctx.db.select({ id: generations.id }).from(generations).where(eq(generations.id, jobId))
  if (kept) return
  for (;;) {
    // A page has at most 1,000 keys, which is what one delete takes.
    const { objects, truncated } = await ctx.env.MEDIA.list({ prefix: jobPrefix(userId, jobId) })
    if (objects.length > 0) await ctx.env.MEDIA.delete(objects.map(({ key }) => key))
    if (!truncated) return
  }
}
