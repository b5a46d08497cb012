import type { Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import type { generatedPoses } from '../src/db/tables/generations'
import { masterKey, thumbnailKey } from '../src/generations/object-keys'
import { pictureSpec } from '../src/generations/picture-spec'
import { recordPicture } from '../src/generations/record-picture'
import type { JobParams, TaskPlan } from '../src/generations/types'
import { backoffSeconds } from '../src/kernel/backoff'
import { LEASE_MARGIN_MS } from '../src/kernel/limits'
import { describeError } from '../src/kernel/log'
import { signMediaPath } from '../src/media/sign'
import type { PoseMessage } from '../src/messages'
import { userObject } from '../src/objects'
import type { EventImage } from '../src/progress/events'
import { type Pixels, ProviderError } from '../src/providers/contract'
import { imageProvider } from '../src/providers/registry'
import { verifyImage } from '../src/providers/verify-image'
import { createImageKernel } from '../src/render/image/kernel'
import { modules } from '../src/render/modules'

/** First wait when R2 or D1 failed us; doubles: the last of MAX_TASK_ATTEMPTS tries comes after two and a half minutes. */
const OWN_TROUBLE_SECONDS = 5

/** Null: done with this message. A number: the same message again after so many ms. */
export type Verdict = { retryAfterMs: number } | null

/** What is known of a picture once its bytes are in R2; kept with them, so that a crash after the put loses nothing. */
type Stored = {
  widthPx: number
  heightPx: number
  sizeBytes: number
  provider: string
  model: string
  simulated: boolean
  seed: number
  generationMs: number
  poseMatch: number | null
  backgroundDone: boolean
}

/**
 * Makes one picture: claim, provider, R2, D1, finish. Every step finds what an earlier try of it left, so a crash at any
 * point costs at most one call of the provider. A task that is done, cancelled or held by another is left alone.
 */
export async function makePose(ctx: Ctx, message: PoseMessage): Promise<Verdict> {
  const key = { jobId: message.jobId, position: message.position }
  const provider = imageProvider(ctx.config)
  const claim = await userObject(ctx.env, message.userId).claim(key, provider.deadlineMs + LEASE_MARGIN_MS)
  if (!claim.go) return null
  const outcome = await attempt(ctx, message, claim)
  const { state } = await userObject(ctx.env, message.userId).finish(key, claim.attempt, outcome)
  return outcome.kind === 'retry' && state === 'retrying' ? { retryAfterMs: outcome.delayMs } : null
}

type Claimed = { attempt: number; task: TaskPlan; params: JobParams }

/** What became of the picture. Nothing is thrown: whatever happened, the lease goes back and the answer is for `finish`. */
async function attempt(ctx: Ctx, message: PoseMessage, claim: Claimed): Promise<Outcome> {
  const { task } = claim
  try {
    // Only a later attempt can find a picture: the first does not pay for the look.
    const earlier = claim.attempt > 1 ? await findStored(ctx, message, task) : null
    const stored = earlier ?? (await produce(ctx, message, claim))
    await recordPicture(ctx.db, toRow(ctx, message, claim, stored))
    return { kind: 'done', backgroundDone: stored.backgroundDone, image: await toImage(ctx, task) }
  } catch (error) {
    const outcome = outcomeOf(error, claim.attempt)
    const { kind, code } = outcome
    ctx.log('warn', 'picture_failed', {
      code,
      attempt: claim.attempt,
      kind,
      jobId: message.jobId,
      error: describeError(error),
    })
    return outcome
  }
}

/**
 * A provider's errors say themselves what comes next. All others are our own trouble, such as R2 or D1 away: tried
 * again soon. Thrown, they would leave the task leased, and the same message would find it so and be forgotten.
 */
function outcomeOf(error: unknown, attempt: number): Exclude<Outcome, { kind: 'done' }> {
  if (!(error instanceof ProviderError))
    return { kind: 'retry', code: 'INTERNAL', delayMs: 1_000 * backoffSeconds(attempt, OWN_TROUBLE_SECONDS) }
  const delayMs = error.retryDelayMs(attempt)
  return delayMs === null ? { kind: 'failed', code: error.code } : { kind: 'retry', code: error.code, delayMs }
}

async function produce(ctx: Ctx, message: PoseMessage, { task, params }: Claimed): Promise<Stored> {
  const provider = imageProvider(ctx.config)
  const spec = await pictureSpec(ctx, message, task, params)
  const startedAt = ctx.now()
  const image = await provider.submit(spec, { signal: AbortSignal.timeout(provider.deadlineMs), now: ctx.now })
  verifyImage(image, spec)
  const stored: Stored = {
    widthPx: image.width,
    heightPx: image.height,
    sizeBytes: image.bytes.byteLength,
    provider: image.providerId,
    model: image.model,
    simulated: provider.simulated,
    seed: image.seed,
    generationMs: ctx.now() - startedAt,
    poseMatch: image.poseMatch,
    backgroundDone: params.background !== null && image.backgroundDone,
  }
  await store(ctx, message, task, image, stored)
  return stored
}

/** Master and thumbnail, side by side; `findStored` mends what a crash between them leaves. */
async function store(
  ctx: Ctx,
  message: PoseMessage,
  task: TaskPlan,
  image: ImageToStore,
  stored: Stored,
): Promise<void> {
  const { userId, jobId } = message
  await Promise.all([
    ctx.env.MEDIA.put(masterKey(userId, jobId, task.variationKey), image.bytes, {
      httpMetadata: { contentType: image.mime },
      customMetadata: { stored: JSON.stringify(stored) },
    }),
    putThumbnail(ctx, message, task, image),
  ])
}

const putThumbnail = (ctx: Ctx, { userId, jobId }: PoseMessage, task: TaskPlan, image: ImageToStore) =>
  ctx.env.MEDIA.put(thumbnailKey(userId, jobId, task.variationKey), thumbnailOf(image), {
    httpMetadata: { contentType: 'image/jpeg' },
  })

type ImageToStore = { bytes: Uint8Array<ArrayBuffer>; mime: string; pixels?: Pixels }

/** The same bytes object (EMBEDDED_FIXED) has the same thumbnail. */
const thumbnails = new WeakMap<Uint8Array, Uint8Array<ArrayBuffer>>()

function thumbnailOf(image: ImageToStore): Uint8Array<ArrayBuffer> {
  const known = thumbnails.get(image.bytes)
  if (known) return known
  const kernel = createImageKernel(modules.image)
  const { rgba, width, height } = image.pixels ?? kernel.decodePng(image.bytes)
  const thumbnail = kernel.thumbnail(rgba, width, height)
  thumbnails.set(image.bytes, thumbnail)
  return thumbnail
}

/** What an earlier try has put, made whole: the provider is not called again for a picture that is there. */
async function findStored(ctx: Ctx, message: PoseMessage, task: TaskPlan): Promise<Stored | null> {
  const { userId, jobId } = message
  const [master, thumbnail] = await Promise.all([
    ctx.env.MEDIA.get(masterKey(userId, jobId, task.variationKey)),
    ctx.env.MEDIA.head(thumbnailKey(userId, jobId, task.variationKey)),
  ])
  const stored = master?.customMetadata?.stored
  if (!master || !stored) return null
  if (!thumbnail) {
    const bytes = new Uint8Array(await master.arrayBuffer())
    await putThumbnail(ctx, message, task, { bytes, mime: master.httpMetadata?.contentType ?? 'image/png' })
  }
  return JSON.parse(stored) as Stored
}

const toRow = (
  ctx: Ctx,
  { userId, jobId, position }: PoseMessage,
  { task, params }: Claimed,
  stored: Stored,
): typeof generatedPoses.$inferInsert => ({
  id: task.imageId,
  generationId: jobId,
  userId,
  variationKey: task.variationKey,
  position,
  poseId: task.poseId,
  outputKey: masterKey(userId, jobId, task.variationKey),
  thumbnailKey: thumbnailKey(userId, jobId, task.variationKey),
  sizeBytes: stored.sizeBytes,
  widthPx: stored.widthPx,
  heightPx: stored.heightPx,
  promptUsed: task.prompt,
  seedUsed: stored.seed,
  provider: stored.provider,
  model: stored.model,
  simulated: stored.simulated,
  generationMs: stored.generationMs,
  poseMatch: stored.poseMatch,
  backgroundMode: stored.backgroundDone ? (params.background?.mode ?? null) : null,
  createdAt: ctx.now(),
})

/** What the event says of the picture; its URLs are fresh for who watches, a resumed client asks for results. */
async function toImage(ctx: Ctx, task: TaskPlan): Promise<EventImage> {
  const sign = (variant: 'original' | 'thumbnail') =>
    signMediaPath(ctx.config.MEDIA_SIGNING_SECRET, task.imageId, variant, ctx.now())
  const [outputImageUrl, thumbnailUrl] = await Promise.all([sign('original'), sign('thumbnail')])
  return { id: task.imageId, poseId: task.poseId, outputImageUrl, thumbnailUrl }
}

/** Ends the task of a message that ran out of tries, whoever held it: its credits return. */
export async function giveUpPose(ctx: Ctx, message: PoseMessage, error: unknown): Promise<void> {
  ctx.log('warn', 'task_given_up', { jobId: message.jobId, position: message.position, error: describeError(error) })
  await userObject(ctx.env, message.userId).failTask({ jobId: message.jobId, position: message.position }, 'GAVE_UP')
}
