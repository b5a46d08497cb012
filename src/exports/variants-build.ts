import { Buffer } from 'node:buffer'
import { eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { generatedPoses } from '../db/tables/generations'
import type { PictureRow } from '../generations/find-pictures'
import { variantKey } from '../generations/object-keys'
import { newId } from '../kernel/ids'
import { ImageError } from '../render/image/image-error'
import { modules } from '../render/modules'
import { recipeHash } from './recipe-hash'
import { type Failure, renderVariants } from './render-variants'
import { type LoadedSource, loadSource, SourceGoneError } from './source'
import type { FormatId, Variant, VariantOptions } from './types'
import { type StoredVariant, type VariantFile, writeVariants } from './variants-rows'

export type Built = { made: Map<FormatId, StoredVariant>; failures: Pick<Failure, 'format' | 'code'>[] }

/**
 * Builds these files of a picture and keeps them: objects one by one, then their rows at once. Call it within `oneAtATime`.
 * A crash in between leaves objects that the next try puts again under the same keys. Throws what `ensureVariants` says.
 */
export async function buildVariants(
  ctx: Ctx,
  picture: PictureRow,
  backgroundId: string | null,
  formats: FormatId[],
  options: VariantOptions,
): Promise<Built> {
  if (formats.length === 0) return { made: new Map(), failures: [] }
  const source = await readSource(ctx, picture, backgroundId)
  if (!source) return { made: new Map(), failures: formats.map((format) => ({ format, code: 'unusable' })) }
  const files: VariantFile[] = []
  const troubles: unknown[] = []
  const asks = formats.map((format) => ({ format, options }))
  const failures = await renderVariants(modules, source, asks, async (variant) => {
    try {
      const hash = await recipeHash(picture, backgroundId, variant.format, options)
      files.push(toFile(ctx, picture, variant, hash, await put(ctx, picture, source, variant, hash)))
    } catch (error) {
      troubles.push(error)
      throw error
    }
  })
  const rows = await write(ctx, picture, files)
  // Of a picture's own failures the caller is told; that R2 is away is no fault of the picture.
  if (troubles.length > 0) throw troubles[0]
  return {
    made: new Map(rows.map((row) => [row.format, row])),
    failures: failures.map(({ format, code, detail }) => {
      ctx.log('warn', 'variant_failed', { imageId: picture.id, format, code, detail })
      return { format, code }
    }),
  }
}

/** Null for a file that cannot be decoded. */
async function readSource(ctx: Ctx, picture: PictureRow, backgroundId: string | null): Promise<LoadedSource | null> {
  try {
    return await loadSource(ctx, picture, backgroundId)
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    ctx.log('warn', 'master_unreadable', { imageId: picture.id, backgroundId, code: error.code })
    return null
  }
}

/** Puts a file into R2, unless it is the stored one byte for byte: then that is its object. */
async function put(
  { env }: Ctx,
  { outputKey }: PictureRow,
  source: LoadedSource,
  { format, bytes, type }: Variant,
  hash: string,
): Promise<string> {
  if (format === 'original' && isSame(bytes, source.bytes)) return source.objectKey
  const key = variantKey(outputKey, format, hash)
  await env.MEDIA.put(key, bytes, { httpMetadata: { contentType: type } })
  return key
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.byteLength === b.byteLength && Buffer.compare(a, b) === 0

const toFile = (
  ctx: Ctx,
  picture: PictureRow,
  { format, type, bytes, width, height, crc32, quality, isPadded, keeps }: Variant,
  hash: string,
  objectKey: string,
): VariantFile => ({
  ...{ id: newId('variant'), imageId: picture.id, recipeHash: hash, format, objectKey, contentType: type },
  ...{ widthPx: width, heightPx: height, sizeBytes: bytes.byteLength, crc32, quality, isPadded, keeps },
  createdAt: ctx.now(),
})

/** A picture that was deleted meanwhile takes no rows, and its new files go too. */
async function write(ctx: Ctx, { id }: PictureRow, files: VariantFile[]): Promise<StoredVariant[]> {
  try {
    return await writeVariants(ctx.db, files)
  } catch (error) {
    const [kept] = await ctx.db.select({ id: generatedPoses.id }).from(generatedPoses).where(eq(generatedPoses.id, id))
    if (kept) throw error
    await ctx.env.MEDIA.delete(files.map(({ objectKey }) => objectKey))
    throw new SourceGoneError(id)
  }
}
