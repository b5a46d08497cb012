import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { generatedPoses } from '../db/tables/generations'
import { fail } from '../http/errors'
import { findPicture } from './find-pictures'

export const PictureFavoriteSchema = z.object({ id: z.string(), isFavorite: z.boolean() }).openapi('PictureFavorite')

/** Marks one of somebody's pictures, or takes the mark away; twice is once. Throws NOT_FOUND for what he was not delivered. */
export async function setFavorite(ctx: Ctx, userId: string, imageId: string, isFavorite: boolean) {
  const picture = await findPicture(ctx, userId, imageId)
  if (!picture) throw fail('NOT_FOUND')
  await ctx.db.update(generatedPoses).set({ isFavorite }).where(eq(generatedPoses.id, imageId))
  return { id: imageId, isFavorite }
}
