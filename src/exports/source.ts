import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { pictureBackgrounds } from '../db/tables/pictures'
import type { PictureRow } from '../generations/find-pictures'
import { loadPoses } from '../poses/load-pose'
import { modules } from '../render/modules'
import { figuresOf } from './figures'
import { decodeMaster } from './render-decode'
import type { ExportSource, Figure } from './types'

/** The picture, or this version of it, is not there any more: neither a row of it nor its file. */
export class SourceGoneError extends Error {
  override name = 'SourceGoneError'
}

export type LoadedSource = ExportSource & { objectKey: string }

/**
 * A picture (`backgroundId` null: as it was made) read from R2 and decoded, with who is where in it. Call it within
 * `oneAtATime`. Throws SourceGoneError, and ImageError for a file that cannot be read; anything else is our own trouble.
 */
export async function loadSource(ctx: Ctx, picture: PictureRow, backgroundId: string | null): Promise<LoadedSource> {
  const objectKey = await keyOfVersion(ctx, picture, backgroundId)
  const object = objectKey === null ? null : await ctx.env.MEDIA.get(objectKey)
  if (objectKey === null || !object) throw new SourceGoneError(backgroundId ?? picture.id)
  const bytes = new Uint8Array(await object.arrayBuffer())
  const [{ type, pixels }, figures] = await Promise.all([decodeMaster(modules, bytes), findFigures(ctx, picture)])
  const { id: imageId, simulated, createdAt } = picture
  return { imageId, objectKey, bytes, type, pixels, figures, simulated, createdAt }
}

/** Where a version's file is kept; null for one that this picture does not have. */
async function keyOfVersion(
  { db }: Ctx,
  { id, outputKey }: Pick<PictureRow, 'id' | 'outputKey'>,
  backgroundId: string | null,
): Promise<string | null> {
  if (backgroundId === null) return outputKey
  const [version] = await db
    .select({ key: pictureBackgrounds.objectKey })
    .from(pictureBackgrounds)
    .where(and(eq(pictureBackgrounds.id, backgroundId), eq(pictureBackgrounds.imageId, id)))
  return version?.key ?? null
}

/** From the row; of pictures from before it was kept, what their pose in the library says. */
async function findFigures({ db }: Ctx, { figures, poseId, widthPx, heightPx }: PictureRow): Promise<Figure[]> {
  if (figures !== null || poseId === null) return figures ?? []
  const pose = (await loadPoses(db, [poseId])).get(poseId)
  return pose ? figuresOf(pose.geometry, { width: widthPx, height: heightPx }) : []
}
