import { sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { exportVariants } from '../db/tables/pictures'
import type { PictureRow } from '../generations/find-pictures'
import { recipeHash } from './recipe-hash'
import { DEFAULT_OPTIONS, type FormatId } from './types'
import { isFormat } from './use-cases'

/** A file that a picture is shown with. */
export type ShownVariant = { format: FormatId; id: string }

/**
 * The files that are there of each picture as it is shown now, made as nobody said otherwise; by picture. One statement for
 * a page of pictures: rows of other versions and options are told apart by their hash, which is cheap for the few there are.
 */
export async function shownVariants(
  db: Database,
  pictures: readonly Pick<PictureRow, 'id' | 'sizeBytes' | 'backgroundId'>[],
): Promise<Map<string, ShownVariant[]>> {
  const shown = new Map<string, ShownVariant[]>()
  if (pictures.length === 0) return shown
  const byId = new Map(pictures.map((picture) => [picture.id, picture]))
  const rows = await db
    .select({
      ...{ id: exportVariants.id, imageId: exportVariants.imageId },
      ...{ format: exportVariants.format, hash: exportVariants.recipeHash },
    })
    .from(exportVariants)
    .where(sql`${exportVariants.imageId} in (select value from json_each(${JSON.stringify([...byId.keys()])}))`)
  for (const { id, imageId, format, hash } of rows) {
    const picture = byId.get(imageId)
    if (!picture || !isFormat(format)) continue
    if (hash !== (await recipeHash(picture, picture.backgroundId, format, DEFAULT_OPTIONS))) continue
    shown.set(imageId, [...(shown.get(imageId) ?? []), { format, id }])
  }
  return shown
}
