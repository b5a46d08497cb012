import { and, eq, inArray } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { generatedPoses } from '../db/tables/generations'
import { userObject } from '../objects'
import { shownWithCharged } from './charged-versions'

export type PictureRow = typeof generatedPoses.$inferSelect

/** D1 takes 100 bound values in a statement. */
const IDS_AT_ONCE = 90

/**
 * Pictures of this user that were delivered, by id; what is somebody else's, unknown or not delivered is not among them.
 * A picture that was cancelled or given up while it was being kept has a row and was never charged: the object knows. Nor is
 * one shown with a background of that kind.
 */
export async function findPictures(ctx: Ctx, userId: string, imageIds: string[]): Promise<Map<string, PictureRow>> {
  const pages = Array.from({ length: Math.ceil(imageIds.length / IDS_AT_ONCE) }, (_, page) =>
    imageIds.slice(page * IDS_AT_ONCE, (page + 1) * IDS_AT_ONCE),
  )
  const found = await Promise.all(pages.map((ids) => ownRows(ctx, userId, ids)))
  const rows = found.flat()
  if (rows.length === 0) return new Map()
  const places = rows.map(({ generationId, position }) => [generationId, position] as [string, number])
  const delivered = await userObject(ctx.env, userId).areDelivered(places)
  const kept = rows.filter((_, i) => delivered[i])
  return new Map((await shownWithCharged(ctx, userId, kept)).map((row) => [row.id, row]))
}

/** One picture; undefined where `findPictures` has none. */
export const findPicture = async (ctx: Ctx, userId: string, imageId: string): Promise<PictureRow | undefined> =>
  (await findPictures(ctx, userId, [imageId])).get(imageId)

const ownRows = ({ db }: Ctx, userId: string, ids: string[]): Promise<PictureRow[]> =>
  db
    .select()
    .from(generatedPoses)
    .where(and(inArray(generatedPoses.id, ids), eq(generatedPoses.userId, userId)))
