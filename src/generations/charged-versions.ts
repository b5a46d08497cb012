import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { pictureBackgrounds } from '../db/tables/pictures'
import { userObject } from '../objects'
import type { PictureRow } from './find-pictures'

/** A version's maker, `<job>:<position>`, as a place in the user's object. */
export function placeOf(madeBy: string): [jobId: string, position: number] {
  const at = madeBy.lastIndexOf(':')
  return [madeBy.slice(0, at), Number(madeBy.slice(at + 1))]
}

/**
 * The versions whose maker was charged. One that was called off or given up between the row and its end has a row and was
 * never charged: the object knows. Whoever asks for such a background again takes it over, and pays.
 */
export async function chargedOf<V extends { madeBy: string }>(
  { env }: Pick<Ctx, 'env'>,
  userId: string,
  versions: V[],
): Promise<V[]> {
  if (versions.length === 0) return []
  const delivered = await userObject(env, userId).areDelivered(versions.map(({ madeBy }) => placeOf(madeBy)))
  return versions.filter((_, i) => delivered[i])
}

type Shown = Pick<PictureRow, 'backgroundId' | 'generationId' | 'position'>

/**
 * The pictures as their user sees them: a background that was not charged is not shown; one that came with its picture is
 * charged with it. Two questions for all, or none.
 */
export async function shownWithCharged<P extends Shown>(ctx: Ctx, userId: string, pictures: P[]): Promise<P[]> {
  const ids = pictures.flatMap(({ backgroundId }) => backgroundId ?? [])
  if (ids.length === 0) return pictures
  const { id, madeBy } = pictureBackgrounds
  const versions = await ctx.db
    .select({ id, madeBy })
    .from(pictureBackgrounds)
    .where(sql`${id} in (select value from json_each(${JSON.stringify(ids)}))`)
  const own = new Set(pictures.map(({ generationId, position }) => `${generationId}:${position}`))
  const others = versions.filter((version) => !own.has(version.madeBy))
  const charged = new Set((await chargedOf(ctx, userId, others)).map((version) => version.id))
  const hidden = new Set(others.filter((version) => !charged.has(version.id)).map((version) => version.id))
  return pictures.map((picture) =>
    picture.backgroundId !== null && hidden.has(picture.backgroundId) ? { ...picture, backgroundId: null } : picture,
  )
}
