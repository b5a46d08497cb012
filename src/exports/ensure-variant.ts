import type { Ctx } from '../ctx'
import { findPicture, type PictureRow } from '../generations/find-pictures'
import { fail } from '../http/errors'
import { sha256Hex } from '../kernel/hash'
import { attemptsObject } from '../objects'
import { SourceGoneError } from './source'
import type { FormatId, VariantOptions } from './types'
import { ensureVariants, type FailedVariant, findVariants, type StoredVariant } from './variants'

/** Builds of one user on demand: all formats of three pictures. Who wants more has `POST /exports`, which waits in a queue. */
export const BUILDS_PER_MINUTE = 60
const MINUTE_MS = 60_000
const RETRY_AFTER_SECONDS = 5

/**
 * A file of this user's picture as it is shown now, built when it is missing. Throws `NOT_FOUND` for a picture that is not his
 * or is gone, `RATE_LIMITED` beyond BUILDS_PER_MINUTE (what is there is free), `CONFLICT` or `INVALID_IMAGE` for a file that
 * cannot be made of it, `UNAVAILABLE` when it may go better soon.
 */
export async function ensureVariant(
  ctx: Ctx,
  userId: string,
  imageId: string,
  format: FormatId,
  options: VariantOptions,
): Promise<{ picture: PictureRow; variant: StoredVariant; wasBuilt: boolean }> {
  const picture = await findPicture(ctx, userId, imageId)
  if (!picture) throw fail('NOT_FOUND')
  const { backgroundId } = picture
  const [known] = await findVariants(ctx.db, [{ picture, backgroundId, formats: [format], options }])
  if (!known?.has(format)) await takeBuild(ctx, userId)
  const work = ensureVariants(ctx, picture, backgroundId, [format], options)
  const { variants, failures, built } = await unlessGone(ctx, picture, work)
  const variant = variants.get(format)
  if (!variant) throw refusalOf(format, failures[0]?.code)
  return { picture, variant, wasBuilt: built.includes(format) }
}

/** A build costs a decode and a coding, up to 0.1 s of CPU: nobody gets them without limit by asking for every shape. */
export async function takeBuild({ env }: Ctx, userId: string): Promise<void> {
  const counter = attemptsObject(env, await sha256Hex(`builds\n${userId}`))
  const admission = await counter.takeSlot({ max: BUILDS_PER_MINUTE, windowMs: MINUTE_MS })
  if (admission.ok) return
  const details = { limit: 'buildsPerMinute', max: BUILDS_PER_MINUTE, remaining: 0 }
  throw fail('RATE_LIMITED', details, Math.ceil(admission.retryAfterMs / 1000))
}

/** The answer of work on a picture's file; `NOT_FOUND` when that is gone. */
export async function unlessGone<T>(ctx: Ctx, { id, userId }: PictureRow, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof SourceGoneError)) throw error
    // A row without its file is a loss, unless the picture was deleted this very moment.
    if (await findPicture(ctx, userId, id)) ctx.log('error', 'master_missing', { imageId: id })
    throw fail('NOT_FOUND')
  }
}

function refusalOf(format: FormatId, code: FailedVariant['code'] | undefined) {
  if (code === 'over_cap') return fail('CONFLICT', { format, reason: 'OVER_CAP' })
  if (code === 'unusable') return fail('INVALID_IMAGE', { format, reason: 'UNUSABLE_PICTURE' })
  return fail('UNAVAILABLE', { format, reason: 'BUILD_FAILED' }, RETRY_AFTER_SECONDS)
}
