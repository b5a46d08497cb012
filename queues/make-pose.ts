import type { Claim, Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import { recordPicture } from '../src/generations/record-picture'
import type { TaskPlan } from '../src/generations/types'
import { backoffSeconds } from '../src/kernel/backoff'
import { LEASE_MARGIN_MS } from '../src/kernel/limits'
import { describeError } from '../src/kernel/log'
import { signMediaPath } from '../src/media/sign'
import type { PoseMessage } from '../src/messages'
import { userObject } from '../src/objects'
import type { EventImage } from '../src/progress/events'
import type { ImageProvider } from '../src/providers/contract'
import { imageProviders } from '../src/providers/registry'
import { cancelUpstream, LOOK_MS, type Made, runProvider } from './run-provider'
import { findStored, type Stored, store, toRow } from './stored-picture'

/** First wait when R2 or D1 failed us; doubles up to the limit of backoffSeconds. */
const OWN_TROUBLE_SECONDS = 5

/**
 * Null: done with this message. Else it comes again after so many ms: the same one, or `fresh` in its place, because the
 * platform counts deliveries and a picture may wait for its provider more often than a message may fail.
 */
export type Verdict = { retryAfterMs: number; fresh: PoseMessage | null } | null

type Claimed = Extract<Claim, { go: true }>

/**
 * Makes one picture: claim, provider, R2, D1, finish. Every step finds what an earlier try of it left, so a crash at any
 * point costs at most one call of the provider. A task that is done, cancelled or held by another is left alone; a job
 * upstream that nobody waits for any more is cancelled there.
 */
export async function makePose(ctx: Ctx, message: PoseMessage): Promise<Verdict> {
  const key = { jobId: message.jobId, position: message.position }
  const { submitMs, pollMs } = longestTimeouts(ctx)
  const claim = await userObject(ctx.env, message.userId).claim(key, submitMs, {
    ...{ pollLeaseMs: pollMs, after: message.after },
  })
  if (!claim.go) {
    if (claim.reason === 'ended' && claim.run !== null) await abandon(ctx, message, claim.run)
    return null
  }
  const outcome = await attempt(ctx, message, claim)
  const { state } = await userObject(ctx.env, message.userId).finish(key, claim.attempt, outcome)
  if (outcome.kind === 'done' || outcome.kind === 'failed') return null
  if (state === 'retrying') {
    // One that continues an attempt would find it overtaken by the one that it has just made.
    const isFresh = outcome.kind === 'waiting' || outcome.counted === false || message.after !== undefined
    return { retryAfterMs: delayOf(outcome), fresh: isFresh ? { ...message, after: claim.attempt } : null }
  }
  // It ended meanwhile: what was begun upstream goes on for nobody.
  if (outcome.kind === 'waiting' && state !== 'stale') await abandon(ctx, message, outcome.run)
  return null
}

/**
 * The queue waits whole seconds. Whoever was asked to stay away stays no shorter; who waits for a turn or a picture may as
 * well ask half a second early: of a picture that takes one, a second more is half the wait.
 */
const delayOf = ({ kind, delayMs }: { kind: 'retry' | 'waiting'; delayMs: number }): number =>
  kind === 'retry' ? delayMs : Math.max(1_000, Math.round(delayMs / 1_000) * 1_000)

async function abandon(ctx: Ctx, message: PoseMessage, run: string): Promise<void> {
  await cancelUpstream(ctx, message, run)
  await userObject(ctx.env, message.userId).forgetRun({ jobId: message.jobId, position: message.position })
}

/**
 * A lease outlives the slowest provider's attempt, and the look at its picture: one that ran out before that would have
 * the picture made, and paid, once more.
 */
export function longestTimeouts({ config, env }: Pick<Ctx, 'config' | 'env'>): { submitMs: number; pollMs: number } {
  const providers = imageProviders(config, env)
  const lookMs = config.NSFW_MODE === 'classify' || config.POSE_DETECTOR_URL !== '' ? LOOK_MS : 0
  const longest = (of: (provider: ImageProvider) => number) => Math.max(0, ...providers.map(of)) + LEASE_MARGIN_MS
  return {
    submitMs: longest(({ timeouts, poll }) => timeouts.submitMs + (poll ? 0 : lookMs)),
    pollMs: longest(({ timeouts }) => timeouts.pollMs + lookMs),
  }
}

/** What became of the picture. Nothing is thrown: whatever happened, the lease goes back and the answer is for `finish`. */
async function attempt(ctx: Ctx, message: PoseMessage, claim: Claimed): Promise<Outcome> {
  try {
    // Only a try that ended badly can have left a picture: a first one, and one that waited, do not pay for the look.
    const earlier = claim.tries > 0 ? await findStored(ctx, message, claim.task) : null
    if (earlier) return await record(ctx, message, claim, earlier)
    const made = await runProvider(ctx, message, claim)
    return made.kind === 'made' ? await keep(ctx, message, claim, made) : made
  } catch (error) {
    return ownTrouble(ctx, message, claim, error)
  }
}

/**
 * The runner deals with a provider's errors. What comes here is our own trouble, such as R2 or D1 away: tried again soon.
 * Thrown, it would leave the task leased, and the same message would find it so and be forgotten.
 */
function ownTrouble(ctx: Ctx, { jobId }: PoseMessage, { attempt, tries }: Claimed, error: unknown): Outcome {
  ctx.log('warn', 'picture_failed', { code: 'INTERNAL', attempt, jobId, error: describeError(error) })
  return { kind: 'retry', code: 'INTERNAL', delayMs: 1_000 * backoffSeconds(tries + 1, OWN_TROUBLE_SECONDS) }
}

async function keep(ctx: Ctx, message: PoseMessage, claim: Claimed, made: Made): Promise<Outcome> {
  const { image, provider } = made
  const stored: Stored = {
    widthPx: image.width,
    heightPx: image.height,
    sizeBytes: image.bytes.byteLength,
    provider: image.providerId,
    model: image.model,
    simulated: provider.simulated,
    seed: image.seed,
    generationMs: made.tookMs,
    poseMatch: made.poseMatch,
    backgroundDone: claim.params.background !== null && image.backgroundDone,
    costMicroUsd: image.costMicroUsd,
    recipe: {
      ...{ provider: image.providerId, model: image.model, upstreamId: image.upstreamId },
      ...{ settings: image.settings, degraded: image.degraded },
      ...{ submissions: made.submissions, costMicroUsd: image.costMicroUsd },
    },
  }
  await store(ctx, message, claim.task, image, stored)
  return record(ctx, message, claim, stored)
}

async function record(ctx: Ctx, message: PoseMessage, claim: Claimed, stored: Stored): Promise<Outcome> {
  await recordPicture(ctx.db, toRow(ctx, message, claim, stored))
  return { kind: 'done', backgroundDone: stored.backgroundDone, image: await toImage(ctx, claim.task) }
}

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
