import type { Claim, Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import { CROWDED_RETRY_MS, isCrowded } from '../src/exports/one-at-a-time'
import type { AppId } from '../src/generations/types'
import { backoffSeconds } from '../src/kernel/backoff'
import { LEASE_MARGIN_MS } from '../src/kernel/limits'
import { describeError } from '../src/kernel/log'
import type { PoseMessage } from '../src/messages'
import { userObject } from '../src/objects'
import type { ImageProvider } from '../src/providers/contract'
import { imageProviders } from '../src/providers/registry'
import { MATTING_MS, segmenterOf } from '../src/providers/segment'
import { buildVariants } from './build-variants'
import { changeBackground } from './change-background'
import { makeAvatar } from './make-avatar'
import { makePose } from './make-pose'
import { cancelUpstream, LOOK_MS } from './run-provider'

/** First wait when R2 or D1 failed us; doubles up to the limit of backoffSeconds. */
const OWN_TROUBLE_SECONDS = 5

/**
 * Null: done with this message. Else it comes again after so many ms: the same one, or `fresh` in its place, because the
 * platform counts deliveries and a picture may wait for its provider more often than a message may fail.
 */
export type Verdict = { retryAfterMs: number; fresh: PoseMessage | null } | null

/** A task that this consumer holds, of one app or of any. */
export type Claimed<App extends AppId = AppId> = Extract<Claim, { go: true; app: App }>

/**
 * Does one task: claim, the app's work, finish. A task that is done, cancelled or held by another is left alone; a job
 * upstream that nobody waits for any more is cancelled there.
 */
export async function runTask(ctx: Ctx, message: PoseMessage): Promise<Verdict> {
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
 * A lease outlives the slowest provider's attempt, the look at its picture and its cutting out: one that ran out before that would have
 * the picture made, and paid, once more.
 */
export function longestTimeouts({ config, env }: Pick<Ctx, 'config' | 'env'>): { submitMs: number; pollMs: number } {
  const providers = imageProviders(config, env)
  const lookMs = config.NSFW_MODE === 'classify' || config.POSE_DETECTOR_URL !== '' ? LOOK_MS : 0
  const mattingMs = segmenterOf(config) ? MATTING_MS : 0
  const marginMs = LEASE_MARGIN_MS + mattingMs
  const longest = (of: (provider: ImageProvider) => number) => Math.max(0, ...providers.map(of)) + marginMs
  return {
    submitMs: longest(({ timeouts, poll }) => timeouts.submitMs + (poll ? 0 : lookMs)),
    pollMs: longest(({ timeouts }) => timeouts.pollMs + lookMs),
  }
}

/** What became of the task. Nothing is thrown: whatever happened, the lease goes back and the answer is for `finish`. */
async function attempt(ctx: Ctx, message: PoseMessage, claim: Claimed): Promise<Outcome> {
  try {
    return await workOn(ctx, message, claim)
  } catch (error) {
    return ownTrouble(ctx, message, claim, error)
  }
}

/** The work of each app. */
function workOn(ctx: Ctx, message: PoseMessage, claim: Claimed): Promise<Outcome> {
  switch (claim.app) {
    case 'pose-generator':
      return makePose(ctx, message, claim)
    case 'backgrounds':
      return changeBackground(ctx, message, claim)
    case 'exports':
      return buildVariants(ctx, message, claim)
    case 'avatar-creator':
      return makeAvatar(ctx, message, claim)
  }
}

/**
 * Who found too many at work on pictures before him (src/exports/one-at-a-time.ts) waits, which is no failure.
 *
 * The runner deals with a provider's errors. What else comes here is our own trouble, such as R2 or D1 away: tried again soon.
 * Thrown, it would leave the task leased, and the same message would find it so and be forgotten.
 */
function ownTrouble(ctx: Ctx, { jobId }: PoseMessage, { attempt, tries }: Claimed, error: unknown): Outcome {
  if (isCrowded(error)) return { kind: 'retry', code: error.code, delayMs: CROWDED_RETRY_MS, counted: false }
  ctx.log('warn', 'task_failed', { code: 'INTERNAL', attempt, jobId, error: describeError(error) })
  return { kind: 'retry', code: 'INTERNAL', delayMs: 1_000 * backoffSeconds(tries + 1, OWN_TROUBLE_SECONDS) }
}

/** Ends the task of a message that ran out of tries, whoever held it: its credits return. */
export async function giveUpTask(ctx: Ctx, message: PoseMessage, error: unknown): Promise<void> {
  ctx.log('warn', 'task_given_up', { jobId: message.jobId, position: message.position, error: describeError(error) })
  await userObject(ctx.env, message.userId).failTask({ jobId: message.jobId, position: message.position }, 'GAVE_UP')
}
