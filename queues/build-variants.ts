import { and, eq } from 'drizzle-orm'
import type { Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import { generatedPoses } from '../src/db/tables/generations'
import { SourceGoneError } from '../src/exports/source'
import { DEFAULT_OPTIONS } from '../src/exports/types'
import { type Ensured, ensureVariants, type FailedVariant } from '../src/exports/variants'
import { findPicture } from '../src/generations/find-pictures'
import { describeError } from '../src/kernel/log'
import type { PoseMessage, VariantsMessage } from '../src/messages'
import type { Claimed } from './run-task'

/** A format that failed for no reason of the picture's is tried this often before the export does without it. */
const TRIES_OF_A_FORMAT = 3
const RETRY_MS = 5_000

const CODES = {
  over_cap: 'OVER_CAP',
  unusable: 'UNUSABLE_PICTURE',
  failed: 'BUILD_FAILED',
} as const satisfies Record<FailedVariant['code'], string>

/**
 * Builds what is missing of a picture's files for an export, in the version that it had when the export was asked for. A
 * format that cannot be had stops no other; R2 or D1 away is thrown, and the next try finds what this one has put.
 */
export async function buildVariants(
  ctx: Ctx,
  { userId }: PoseMessage,
  { task, params, tries }: Claimed<'exports'>,
): Promise<Outcome> {
  const picture = await findPicture(ctx, userId, task.imageId)
  if (!picture) return { kind: 'failed', code: 'PICTURE_GONE' }
  const { formats, options, versions } = params
  try {
    return outcomeOf(
      task.imageId,
      tries,
      await ensureVariants(ctx, picture, versions[picture.id] ?? null, formats, options),
    )
  } catch (error) {
    if (error instanceof SourceGoneError) return { kind: 'failed', code: 'PICTURE_GONE' }
    throw error
  }
}

function outcomeOf(imageId: string, tries: number, { variants, failures }: Ensured): Outcome {
  const [first] = failures
  if (tries + 1 < TRIES_OF_A_FORMAT && failures.some(({ code }) => code === 'failed'))
    return { kind: 'retry', code: CODES.failed, delayMs: RETRY_MS }
  if (first && variants.size === 0) return { kind: 'failed', code: CODES[first.code] }
  return { kind: 'done', backgroundDone: false, image: { id: imageId, files: variants.size, failed: failures.length } }
}

/**
 * Asks for the files that a shoot wants of its pictures, once the picture's row is there. Lost, they are built when somebody
 * asks for them: a queue that is away costs nobody his picture.
 */
export async function askAhead(
  ctx: Ctx,
  { userId, requestId }: PoseMessage,
  { task, params }: Claimed<'pose-generator'>,
): Promise<void> {
  const { outputFormats: formats } = params
  // The original is there as soon as the picture is.
  if (formats.every((format) => format === 'original')) return
  const message: VariantsMessage = { type: 'variants', userId, imageId: task.imageId, formats, requestId }
  try {
    await ctx.env.GENERATION_QUEUE.send(message)
  } catch (error) {
    ctx.log('warn', 'variants_not_asked', { imageId: task.imageId, error: describeError(error) })
  }
}

/**
 * Builds the files that a shoot asked for. By its row alone: the message may be here before the picture is charged, and
 * whoever reads the files goes through `findPicture`. What cannot be had is in the log and built on demand if at all; R2 or
 * D1 away, or too many who build, is thrown and tried again.
 */
export async function buildAhead(ctx: Ctx, { userId, imageId, formats }: VariantsMessage): Promise<void> {
  const [picture] = await ctx.db
    .select()
    .from(generatedPoses)
    .where(and(eq(generatedPoses.id, imageId), eq(generatedPoses.userId, userId)))
  if (!picture) return
  try {
    await ensureVariants(ctx, picture, picture.backgroundId, formats, DEFAULT_OPTIONS)
  } catch (error) {
    if (!(error instanceof SourceGoneError)) throw error
    ctx.log('warn', 'variants_without_picture', { imageId })
  }
}
