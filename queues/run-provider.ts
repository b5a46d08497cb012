import type { AdmitAnswer } from '../durable-objects/provider/types'
import type { Claim, Outcome } from '../durable-objects/user/tasks'
import type { Ctx } from '../src/ctx'
import { hasReference } from '../src/generations/has-reference'
import { pictureSpec } from '../src/generations/picture-spec'
import { MAX_RUN_CHARACTERS } from '../src/kernel/limits'
import { describeError } from '../src/kernel/log'
import type { PoseMessage } from '../src/messages'
import { judgePicture } from '../src/moderation/judge-picture'
import { userObject } from '../src/objects'
import { type Choice, choices } from '../src/providers/choose'
import { type GenImage, type ImageProvider, ProviderError } from '../src/providers/contract'
import { RULES } from '../src/providers/errors'
import { imageProviders, providerOf } from '../src/providers/registry'
import {
  afterFailure,
  afterPollError,
  DOWN_PATIENCE_MS,
  mayBeBilled,
  mayPollAgain,
  newRun,
  PATIENCE_MS,
  type RunHandle,
  RunState,
} from '../src/providers/run-state'
import { type VerifiedImage, verifyImage } from '../src/providers/verify-image'
import { matchPose } from './match-pose'
import { admit, callOf, settle } from './provider-slot'

/** Longest wait for a turn before the line is asked again. */
const MAX_TURN_WAIT_MS = 60_000
/** A picture is judged and its pose is looked for within this. */
export const LOOK_MS = 30_000

/** A picture to make, as far as providers have to know; `claim.params` are a shoot's. */
export type PictureClaim = Pick<
  Extract<Claim, { go: true; app: 'pose-generator' }>,
  'attempt' | 'run' | 'share' | 'task' | 'params'
> & {
  /** A place without people is wanted, for people to be put before. */
  isPlate?: boolean
}
export type Made = {
  kind: 'made'
  provider: ImageProvider
  image: VerifiedImage
  poseMatch: number | null
  tookMs: number
  submissions: number
}

/** One claimed picture on its way through the providers. */
type Work = { ctx: Ctx; message: PoseMessage; claim: PictureClaim; run: RunState; choices: Choice[] }

/**
 * One step towards a picture: asks after a job that goes on upstream, or submits it to the first provider that may and
 * will take it. Answers the picture, or what the task does next; nothing here waits. Throws only for our own trouble.
 */
export async function runProvider(ctx: Ctx, message: PoseMessage, claim: PictureClaim): Promise<Made | Outcome> {
  const { params } = claim
  const run = claim.run === null ? newRun() : RunState.parse(JSON.parse(claim.run))
  const all = choices(imageProviders(ctx.config, ctx.env), {
    hasReference: hasReference(params),
    looseControl: params.looseControl ?? false,
    widthPx: params.widthPx,
    heightPx: params.heightPx,
    plate: claim.isPlate ?? false,
  })
  const work = { ctx, message, claim, run, choices: all }
  return run.handle ? poll(work, run.handle) : submitToNext(work)
}

/** Ends a job upstream that nobody waits for any more, as well as its provider lets us. */
export async function cancelUpstream(ctx: Ctx, message: PoseMessage, state: string): Promise<void> {
  const { handle, submissions } = RunState.parse(JSON.parse(state))
  const provider = handle && findProvider(ctx, handle)
  if (!handle || !provider) return
  // Cancelled or not, what had begun may be billed: nobody says. What goes on there keeps its slot.
  const goesOn = !(await callOff(ctx, provider, handle.json))
  const settlement = { outcome: 'CANCELLED', vote: 'ignore', costMicroUsd: null, goesOn } as const
  await settle(ctx, provider, { message, submission: submissions, attempt: handle.attempt }, settlement)
}

/** Whether the provider has called it off, or knows it no more. */
async function callOff(ctx: Ctx, provider: ImageProvider, handle: string): Promise<boolean> {
  try {
    await provider.cancel?.(handle, callOf(ctx, provider.timeouts.pollMs))
    return provider.cancel !== undefined
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    ctx.log('warn', 'upstream_not_cancelled', { provider: provider.id, code: error.code, detail: error.safeDetail })
    return error.code === 'LOST_JOB'
  }
}

async function submitToNext(work: Work): Promise<Made | Outcome> {
  const left = work.choices.filter(({ provider }) => !work.run.exhausted.includes(provider.id))
  if (left.length === 0) return { kind: 'failed', code: 'PROVIDER_DOWN' }
  const refusals = []
  for (const choice of left) {
    const lease = { message: work.message, submission: work.run.submissions + 1, attempt: work.claim.attempt }
    const admission = await admit(work.ctx, choice.provider, lease, work.claim)
    if (admission.go) return submit(work, choice)
    refusals.push(admission)
    // Waiting for a turn at the better provider is better than the next one; a circuit that is open is not.
    if (admission.reason === 'busy' && admission.retryAfterMs <= MAX_TURN_WAIT_MS) break
  }
  return waitForTurn(work, refusals)
}

type Refused = Exclude<AdmitAnswer, { go: true }>

/** All who might make it refused: in line, or (all of them down) for as long as it is not hopeless. Costs nobody anything. */
function waitForTurn({ ctx, run }: Work, refusals: Refused[]): Outcome {
  const now = ctx.now()
  const isDown = refusals.every(({ reason }) => reason !== 'busy')
  // All of them are down since the last of them went. A provider's own word counts more than what was true at another outage.
  const downSince = isDown ? Math.max(...refusals.map((refusal) => refusal.downSince ?? run.downSince ?? now)) : null
  // While a probe is under way it is not hopeless yet, however long the outage was.
  const isProbed = refusals.some(({ reason }) => reason === 'probing')
  if (downSince !== null && !isProbed && now - downSince >= DOWN_PATIENCE_MS)
    return { kind: 'failed', code: 'PROVIDER_DOWN' }
  const soonest = Math.min(...refusals.map(({ retryAfterMs }) => retryAfterMs))
  const delayMs = Math.max(1_000, Math.min(soonest, MAX_TURN_WAIT_MS))
  return { kind: 'waiting', delayMs, run: JSON.stringify({ ...run, downSince }), isDown }
}

async function submit(work: Work, { provider, degraded }: Choice): Promise<Made | Outcome> {
  const { ctx, message, claim } = work
  const startedAt = ctx.now()
  const run: RunState = {
    ...work.run,
    startedAt: work.run.startedAt ?? startedAt,
    downSince: null,
    submissions: work.run.submissions + 1,
  }
  const begun = { ...work, run }
  let isUpstream = false
  try {
    const { isPlate = false } = claim
    const spec = await pictureSpec(ctx, message, reseeded(claim, run.seedShift), claim.params, { isPlate })
    const step = await provider.submit(spec, callOf(ctx, provider.timeouts.submitMs)).catch(rethrow)
    if (step.kind === 'done') return await accept(begun, provider, withDegraded(step.image, degraded), startedAt)
    isUpstream = true
    const handle: RunHandle = {
      ...{ providerId: provider.id, model: provider.model, json: step.handle, submittedAt: startedAt },
      ...{ attempt: claim.attempt, seedShift: run.seedShift, pollErrors: 0 },
    }
    const state = JSON.stringify({ ...run, providerId: provider.id, handle })
    if (state.length > MAX_RUN_CHARACTERS) {
      await callOff(ctx, provider, step.handle)
      const detail = `a handle of ${step.handle.length} characters`
      return await failed(begun, provider, new ProviderError('BAD_OUTPUT', detail))
    }
    // Kept before the first poll: from here on a crash goes on asking, and pays nothing twice.
    if (await isKept(ctx, message, claim, state))
      return { kind: 'waiting', delayMs: step.pollAfterMs, run: state, isDown: false }
    await cancelUpstream(ctx, message, state)
    return { kind: 'failed', code: 'CANCELLED' }
  } catch (error) {
    if (error instanceof ProviderError) return failed(begun, provider, error)
    const costMicroUsd = isUpstream ? null : 0
    const settlement = { outcome: 'CANCELLED', vote: 'ignore', costMicroUsd } as const
    await settle(ctx, provider, leaseOf(begun), settlement)
    throw error
  }
}

/**
 * False: nobody wants it. An object that is away, as in a deployment, is asked once more when the attempt ends, which
 * keeps the same: to throw here would forget a job that is paid for.
 */
async function isKept(ctx: Ctx, { userId, jobId, position }: PoseMessage, claim: PictureClaim, run: string) {
  try {
    return await userObject(ctx.env, userId).keepRun({ jobId, position }, claim.attempt, run)
  } catch (error) {
    ctx.log('warn', 'run_not_kept', { jobId, position, error: describeError(error) })
    return true
  }
}

/** The slot of what goes on upstream, or of what this attempt has submitted. */
const leaseOf = ({ message, claim, run: { submissions, handle } }: Work) => ({
  ...{ message, submission: submissions },
  attempt: handle ? handle.attempt : claim.attempt,
})

async function poll(work: Work, handle: RunHandle): Promise<Made | Outcome> {
  const { ctx, run } = work
  const provider = findProvider(ctx, handle)
  // Its settings were taken away while it worked: nobody can ask for this picture any more.
  if (!provider?.poll) return submitToNext({ ...work, run: { ...run, handle: null } })
  const isLate = (): boolean => ctx.now() - handle.submittedAt > provider.timeouts.jobMs
  try {
    const step = await provider.poll(handle.json, callOf(ctx, provider.timeouts.pollMs)).catch(rethrow)
    if (step.kind === 'done') {
      const choice = work.choices.find((each) => each.provider.id === provider.id)
      return await accept(work, provider, withDegraded(step.image, choice?.degraded ?? []), handle.submittedAt)
    }
    if (isLate()) return await late(work, provider)
    const state = JSON.stringify({ ...run, handle: { ...handle, json: step.handle, pollErrors: 0 } })
    return { kind: 'waiting', delayMs: step.pollAfterMs, run: state, isDown: false }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    if (!mayPollAgain(error, handle)) return failed(work, provider, error)
    if (isLate()) return late(work, provider)
    const again = afterPollError(run, handle)
    return { kind: 'waiting', delayMs: again.delayMs, run: JSON.stringify(again.run), isDown: false }
  }
}

/** The job upstream outlived its time: cancelled there, and it counts as a try. */
async function late(work: Work, provider: ImageProvider): Promise<Outcome> {
  const { ctx, run } = work
  await callOff(ctx, provider, run.handle!.json)
  return failed(work, provider, new ProviderError('TIMEOUT', 'upstream took too long', { outcomeUnknown: true }))
}

/** A picture is a picture when it is whole, decent and in its pose. */
async function accept(
  work: Work,
  provider: ImageProvider,
  image: GenImage,
  submittedAt: number,
): Promise<Made | Outcome> {
  const { ctx, claim, run } = work
  const { costMicroUsd } = image
  const tookMs = ctx.now() - submittedAt
  const verified = await verifyImage(image, { width: claim.params.widthPx, height: claim.params.heightPx })
  // It has done its work: what we think of the picture, and whether we can look at it at all, is no matter of its slot.
  await settle(ctx, provider, leaseOf(work), { outcome: 'ok', vote: 'ok', tookMs, costMicroUsd })
  const call = callOf(ctx, LOOK_MS)
  await judgePicture(ctx.config, call, verified)
  const poseMatch = claim.isPlate ? null : await matchPose(ctx, call, claim, verified)
  return { kind: 'made', provider, image: verified, poseMatch, tookMs, submissions: run.submissions }
}

/** Tells the circuit, then decides what the picture does next. */
async function failed(work: Work, provider: ImageProvider, error: ProviderError): Promise<Outcome> {
  const { ctx, message, claim, run } = work
  const { code, safeDetail: detail } = error
  const { isOpen } = await settle(ctx, provider, leaseOf(work), {
    ...{ outcome: code, vote: RULES[code].breaker, detail, retryAfterMs: error.retryAfterMs ?? null },
    costMicroUsd: mayBeBilled(error) ? null : 0,
  })
  const now = ctx.now()
  const others = work.choices.some(({ provider: { id } }) => id !== provider.id && !run.exhausted.includes(id))
  const next = afterFailure(run, provider.id, error, { now, random: Math.random(), others })
  ctx.log('warn', 'provider_failed', {
    ...{ provider: provider.id, model: provider.model, code, detail, status: error.status },
    ...{ upstreamId: error.upstreamId, jobId: message.jobId, attempt: claim.attempt },
    ...{ submissions: run.submissions, willRetry: next.kind === 'retry', isOpen },
  })
  // A provider that is down for everybody is not this picture's failure: it waits like all the others.
  if (isOpen && RULES[code].breaker === 'count' && now - (run.startedAt ?? now) < PATIENCE_MS)
    return { kind: 'waiting', delayMs: 1_000, run: JSON.stringify({ ...run, handle: null }), isDown: true }
  if (next.kind === 'failed') return { kind: 'failed', code }
  return { kind: 'retry', code, delayMs: next.delayMs, run: JSON.stringify(next.run), counted: next.counted }
}

function findProvider(ctx: Ctx, { providerId, model }: RunHandle): ImageProvider | null {
  const provider = providerOf(ctx.config, ctx.env, providerId)
  return provider?.model === model ? provider : null
}

/** The task with another seed, after a picture that nobody may see. Seeds are uint32 and wrap. */
const reseeded = ({ task }: PictureClaim, shift: number) => ({ ...task, seed: (task.seed + shift) >>> 0 })

const withDegraded = (image: GenImage, degraded: Choice['degraded']): GenImage => ({
  ...image,
  degraded: [...new Set([...image.degraded, ...degraded])],
})

/** Whatever an adapter throws by accident is a failure of its provider, not of ours: the picture may go elsewhere. */
function rethrow(error: unknown): never {
  throw error instanceof ProviderError ? error : new ProviderError('UNKNOWN', error instanceof Error ? error.name : '')
}
