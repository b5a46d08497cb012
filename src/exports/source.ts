import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { pictureBackgrounds } from '../db/tables/pictures'
import type { PictureRow } from '../generations/find-pictures'
import { loadPoses } from '../poses/load-pose'
import { readProvenance } from '../provenance/mark'
import { CREDIT } from '../provenance/xmp'
import { ImageError } from '../render/image/image-error'
import { modules } from '../render/modules'
import { figuresOf } from './figures'
import { decodeMaster } from './render-decode'
import type { ExportSource, Figure, ImageType } from './types'

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
  const createdAt = markedAt(bytes, type) ?? picture.createdAt
  return { imageId: picture.id, objectKey, bytes, type, pixels, figures, simulated: picture.simulated, createdAt }
}

/** Where a version's file is kept; null for one that this picture does not have. */
export async function keyOfVersion(
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

/** The time that our own mark in the file says: marked anew with it, the file stays as it is. */
function markedAt(bytes: Uint8Array, type: ImageType): number | null {
  try {
    const mark = readProvenance(bytes, type)
    return mark?.credit === CREDIT ? mark.createdAt : null
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    return null
  }
}
