import type { AdmitAnswer, SettleAnswer, SettleAsk } from '../durable-objects/provider/types'
import type { Ctx } from '../src/ctx'
import { hasReference } from '../src/generations/has-reference'
import type { JobParams } from '../src/generations/types'
import { sha256Hex } from '../src/kernel/hash'
import { describeError } from '../src/kernel/log'
import type { PoseMessage } from '../src/messages'
import { providerObject } from '../src/objects'
import type { ImageProvider, ProviderCall } from '../src/providers/contract'

/** A slot outlives the longest job by this: upload, thumbnail and finish come before it is given back. */
const LEASE_MARGIN_MS = 10_000
const OWNER_CHARACTERS = 12

/**
 * Which of a picture's submissions a slot is for (the first is 1), and the attempt that made it: one that was overtaken or
 * died may have submitted as well, and must not give back the slot of the next.
 */
type Lease = { message: PoseMessage; submission: number; attempt: number | undefined }

const placeOf = ({ message: { jobId, position } }: Lease): string => `${jobId}:${position}`

/** A job that was kept before attempts were has none. */
const leaseIdOf = (lease: Lease): string =>
  `${placeOf(lease)}:${lease.submission}${lease.attempt === undefined ? '' : `:${lease.attempt}`}`

/** Asks for a slot. A provider without limits has no object and always says yes. */
export async function admit(
  ctx: Ctx,
  provider: ImageProvider,
  lease: Lease,
  { params, share }: { params: JobParams; share: number },
): Promise<AdmitAnswer> {
  const { limits, timeouts } = provider
  if (!limits) return { go: true }
  const { widthPx: width, heightPx: height } = params
  return providerObject(ctx.env, provider).admit({
    leaseId: leaseIdOf(lease),
    place: placeOf(lease),
    owner: (await sha256Hex(lease.message.userId)).slice(0, OWNER_CHARACTERS),
    weight: share,
    leaseMs: Math.max(timeouts.submitMs, timeouts.jobMs) + LEASE_MARGIN_MS,
    estimateMicroUsd: provider.estimateMicroUsd({ width, height, hasReference: hasReference(params) }),
    limits,
  })
}

type Settlement = Pick<SettleAsk, 'outcome' | 'vote'> & Partial<SettleAsk>

/** Gives a slot back and tells how it went. Never throws: a slot that nobody gives back expires. */
export async function settle(
  ctx: Ctx,
  provider: ImageProvider,
  lease: Lease,
  settlement: Settlement,
): Promise<SettleAnswer> {
  if (!provider.limits) return { isOpen: false }
  try {
    return await providerObject(ctx.env, provider).settle({
      ...{ leaseId: leaseIdOf(lease), tookMs: null, costMicroUsd: 0, retryAfterMs: null, detail: '' },
      ...settlement,
    })
  } catch (error) {
    ctx.log('warn', 'slot_not_settled', { provider: provider.id, error: describeError(error) })
    return { isOpen: false }
  }
}

/** What an adapter gets for one attempt of at most `timeoutMs`. */
export const callOf = (ctx: Ctx, timeoutMs: number): ProviderCall => ({
  fetch: (input, init) => fetch(input, init),
  signal: AbortSignal.timeout(timeoutMs),
  now: ctx.now,
  requestId: ctx.requestId,
})
