import type { Ctx } from '../ctx'
import type { PictureRow } from '../generations/find-pictures'
import { describeError } from '../kernel/log'
import { oneAtATime } from './one-at-a-time'
import type { Failure } from './render-variants'
import type { FormatId, VariantOptions } from './types'
import { buildVariants } from './variants-build'
import { dropOldest, findVariants, renewVariants, type StoredVariant } from './variants-rows'

export { findVariants, type StoredVariant, type VariantAsk } from './variants-rows'

export type FailedVariant = Pick<Failure, 'format' | 'code'>

export type Ensured = {
  /** By format; every one is in R2 now. */
  variants: Map<FormatId, StoredVariant>
  /** Formats that this picture cannot be had in; `failed` may go better another time. */
  failures: FailedVariant[]
  /** Those of `variants` that were not there before. */
  built: FormatId[]
}

/** Files that are wanted are renewed this seldom; nobody deletes them before they are 30 days old. */
const RENEW_AFTER_MS = 7 * 24 * 3_600_000

/**
 * The files of a picture in these formats, built where they are missing: one decode for all, each in R2 before the next is
 * made, within `oneAtATime` (do not call it there). `backgroundId`: which version of the picture, null for the one that was
 * made. Asked twice at once it makes one row, and both have it.
 *
 * Throws SourceGoneError when the picture or its version is gone, `UNAVAILABLE` when too many wait to build, and whatever
 * R2 or D1 throw: another try finds what this one has put.
 */
export async function ensureVariants(
  ctx: Ctx,
  picture: PictureRow,
  backgroundId: string | null,
  formats: readonly FormatId[],
  options: VariantOptions,
): Promise<Ensured> {
  const wanted = [...new Set(formats)]
  const variants = await presentVariants(ctx, picture, backgroundId, wanted, options)
  await renew(ctx, [...variants.values()])
  const missing = wanted.filter((format) => !variants.has(format))
  if (missing.length === 0) return { variants, failures: [], built: [] }
  const { others, made, failures } = await oneAtATime(
    async () => {
      // Whoever was before us in the line may have built the same.
      const others = await presentVariants(ctx, picture, backgroundId, missing, options)
      const rest = missing.filter((format) => !others.has(format))
      return { others, ...(await buildVariants(ctx, picture, backgroundId, rest, options)) }
    },
    { owner: picture.userId },
  )
  for (const [format, variant] of [...others, ...made]) variants.set(format, variant)
  if (made.size > 0) ctx.later(makeRoom(ctx, picture.id))
  return { variants, failures, built: [...made.keys()] }
}

/** Rows whose object is there, whole: one statement, and a look at each object, as a row may outlive its object. */
async function presentVariants(
  { db, env }: Ctx,
  picture: PictureRow,
  backgroundId: string | null,
  formats: FormatId[],
  options: VariantOptions,
): Promise<Map<FormatId, StoredVariant>> {
  const [found = new Map<FormatId, StoredVariant>()] = await findVariants(db, [
    { picture, backgroundId, formats, options },
  ])
  const sizes = await Promise.all(
    [...found.values()].map(async ({ objectKey }) => (await env.MEDIA.head(objectKey))?.size),
  )
  return new Map([...found].filter(([, { sizeBytes }], index) => sizes[index] === sizeBytes))
}

async function renew(ctx: Ctx, variants: StoredVariant[]): Promise<void> {
  const old = variants.filter(({ createdAt }) => createdAt < ctx.now() - RENEW_AFTER_MS)
  if (old.length > 0) {
    const ids = old.map(({ id }) => id)
    await renewVariants(ctx.db, ids, ctx.now())
  }
}

/** The row first: a file without a row is found by the reaper, a row without a file would be built for nothing. */
async function makeRoom(ctx: Ctx, imageId: string): Promise<void> {
  try {
    const keys = await dropOldest(ctx.db, imageId)
    if (keys.length > 0) await ctx.env.MEDIA.delete(keys)
  } catch (error) {
    ctx.log('warn', 'old_variants_kept', { imageId, error: describeError(error) })
  }
}
