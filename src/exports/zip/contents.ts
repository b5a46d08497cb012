import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { exportVariants } from '../../db/tables/pictures'
import { jobPrefix } from '../../generations/object-keys'
import { describeError } from '../../kernel/log'
import type { ExportFormat } from '../formats'
import type { FormatId, VariantOptions } from '../types'
import type { StoredVariant } from '../variants'

/** Goes up when what is kept has another shape: older ones are then collected anew. */
const VERSION = 1

export type ArchivedPicture = {
  id: string
  /** First part of its files' names. */
  name: string
  poseId: string | null
  prompt: string
  seed: number
  provider: string
  model: string
  simulated: boolean
  backgroundId: string | null
}

export type ArchivedFile = Pick<
  StoredVariant,
  'id' | 'format' | 'objectKey' | 'widthPx' | 'heightPx' | 'sizeBytes' | 'crc32' | 'quality' | 'isPadded' | 'keeps'
> & {
  /** Place of its picture. */
  picture: number
  /** In the archive. */
  name: string
}

/** `format` null: none of the picture's files could be made. */
export type ArchiveFailure = { imageId: string; name: string; format: FormatId | null; code: string }

/** What is in the archive of an export that has ended: all that its bytes depend on. */
export type ArchiveContents = {
  v: number
  id: string
  name: string
  createdAt: number
  options: VariantOptions
  formats: Pick<ExportFormat, 'id' | 'name' | 'widthPx' | 'heightPx' | 'type' | 'quality' | 'dpi' | 'maxBytes'>[]
  pictures: ArchivedPicture[]
  files: ArchivedFile[]
  failures: ArchiveFailure[]
}

const keyOf = (userId: string, exportId: string): string => `${jobPrefix(userId, exportId)}contents.json`

export const newContents = (contents: Omit<ArchiveContents, 'v'>): ArchiveContents => ({ v: VERSION, ...contents })

/** What was fixed at the first look after the export's end; null when nobody has looked, or it was not kept. */
export async function readContents({ env }: Ctx, userId: string, exportId: string): Promise<ArchiveContents | null> {
  const kept = await env.MEDIA.get(keyOf(userId, exportId))
  const contents = kept && (await kept.json<ArchiveContents>())
  return contents?.v === VERSION ? contents : null
}

/**
 * Fixes the contents: a name, a failure and the order of files stay from now on, so that a broken download goes on where it
 * stopped. Not kept, they are collected again and come out the same while nothing changes.
 */
export async function keepContents(ctx: Ctx, userId: string, contents: ArchiveContents): Promise<void> {
  try {
    const httpMetadata = { contentType: 'application/json' }
    await ctx.env.MEDIA.put(keyOf(userId, contents.id), JSON.stringify(contents), { httpMetadata })
  } catch (error) {
    ctx.log('warn', 'contents_not_kept', { exportId: contents.id, error: describeError(error) })
  }
}

export const forgetContents = ({ env }: Ctx, userId: string, exportId: string): Promise<void> =>
  env.MEDIA.delete(keyOf(userId, exportId))

/** Whether D1 still knows every file as it was: one statement. */
export async function isWhole({ db }: Ctx, { files }: ArchiveContents): Promise<boolean> {
  const promised = JSON.stringify(files.map(({ id, sizeBytes, crc32 }) => [id, sizeBytes, crc32]))
  const { there } = await db.get<{ there: number }>(sql`
    select count(*) as there from json_each(${promised}) as promised
    join export_variants as kept on kept.id = promised.value ->> 0
    where kept.size_bytes = promised.value ->> 1 and kept.crc32 = promised.value ->> 2`)
  return there === files.length
}

/** A row outlived its object. Without the row the next download builds the file again. */
export async function forgetFile(ctx: Ctx, { files }: ArchiveContents, objectKey: string): Promise<void> {
  const ids = files.filter((file) => file.objectKey === objectKey).map(({ id }) => id)
  ctx.log('warn', 'export_file_lost', { variantIds: ids.join(' ') })
  // Somebody else may have built it meanwhile: then the object is there, and the row is right.
  if (ids.length === 0 || (await ctx.env.MEDIA.head(objectKey)) !== null) return
  await ctx.db
    .delete(exportVariants)
    .where(and(inArray(exportVariants.id, ids), eq(exportVariants.objectKey, objectKey)))
}
