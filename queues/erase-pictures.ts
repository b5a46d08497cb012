import { eq } from 'drizzle-orm'
import type { Ctx } from '../src/ctx'
import { generations } from '../src/db/tables/generations'
import { jobPrefix } from '../src/generations/object-keys'
import type { ErasureMessage } from '../src/messages'

/**
 * Deletes the bytes of a generation that is gone from D1. The message was sent before the rows were deleted: when they
 * are still there, the deletion did not happen and the pictures stay. Twice is once: the second finds nothing.
 */
export async function erasePictures(ctx: Ctx, { userId, jobId }: ErasureMessage): Promise<void> {
  const [kept] = await ctx.db.select({ id: generations.id }).from(generations).where(eq(generations.id, jobId))
  if (kept) return
  for (;;) {
    // A page has at most 1,000 keys, which is what one delete takes.
    const { objects, truncated } = await ctx.env.MEDIA.list({ prefix: jobPrefix(userId, jobId) })
    if (objects.length > 0) await ctx.env.MEDIA.delete(objects.map(({ key }) => key))
    if (!truncated) return
  }
}
