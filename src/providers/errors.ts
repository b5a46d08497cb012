/** What went wrong at a provider, in the field's own words; what each means for the picture is in RULES. */
export type ProviderErrorCode =
  | 'RATE_LIMITED'
  | 'QUOTA'
  | 'COLD'
  | 'UPSTREAM_5XX'
  | 'NETWORK'
  | 'TIMEOUT'
  | 'BAD_OUTPUT'
  | 'POSE_MISMATCH'
  | 'MODERATED_IN'
  | 'MODERATED_OUT'
  | 'INVALID'
  | 'AUTH'
  | 'LOST_JOB'
  | 'CANCELLED'
  | 'UNKNOWN'

/** What the circuit makes of an error: `count` as a failure, `ignore`, or `trip` it at once. */
export type BreakerVote = 'count' | 'ignore' | 'trip'

type Rule = {
  /** Tries of one picture at one provider that may end so. Infinity: as long as the picture's patience lasts. */
  maxTries: number
  /** Waits before the second, third, ... try; the last repeats. Ignored when the provider says how long. */
  delaysMs: readonly number[]
  breaker: BreakerVote
  /** Whether another provider may make the picture when this one gave up. Never for moderation: that is evasion. */
  failover: boolean
}

const never = { maxTries: 1, delaysMs: [], breaker: 'ignore', failover: false } as const

/** One row for each code: the whole policy (docs/decisions/0009). */
export const RULES: Record<ProviderErrorCode, Rule> = {
  RATE_LIMITED: { maxTries: Infinity, delaysMs: [10_000, 20_000, 40_000], breaker: 'ignore', failover: true },
  COLD: { maxTries: Infinity, delaysMs: [20_000], breaker: 'ignore', failover: true },
  QUOTA: { maxTries: 1, delaysMs: [], breaker: 'trip', failover: true },
  AUTH: { maxTries: 1, delaysMs: [], breaker: 'trip', failover: true },
  UPSTREAM_5XX: { maxTries: 4, delaysMs: [1_000, 3_000, 9_000], breaker: 'count', failover: true },
  NETWORK: { maxTries: 4, delaysMs: [1_000, 3_000, 9_000], breaker: 'count', failover: true },
  TIMEOUT: { maxTries: 3, delaysMs: [0], breaker: 'count', failover: true },
  BAD_OUTPUT: { maxTries: 4, delaysMs: [0, 1_000, 3_000], breaker: 'count', failover: true },
  LOST_JOB: { maxTries: 2, delaysMs: [0], breaker: 'count', failover: true },
  UNKNOWN: { maxTries: 2, delaysMs: [2_000], breaker: 'count', failover: true },
  POSE_MISMATCH: { maxTries: 2, delaysMs: [0], breaker: 'ignore', failover: false },
  MODERATED_OUT: { maxTries: 3, delaysMs: [0], breaker: 'ignore', failover: false },
  MODERATED_IN: never,
  INVALID: never,
  CANCELLED: never,
}

type Details = {
  /** What the provider asked us to wait (Retry-After, estimated_time), ms. */
  retryAfterMs?: number | undefined
  /** HTTP status of its answer. */
  status?: number | undefined
  upstreamId?: string | undefined
  /** The request left us and no answer came: it may have been made, and billed. */
  outcomeUnknown?: boolean | undefined
}

const MAX_DETAIL_CHARACTERS = 300
/** A provider's own number of a job or request, for its support; longer ones are cut. */
export const MAX_UPSTREAM_ID_CHARACTERS = 200

/** The only error an adapter throws on purpose. `safeDetail` (cut at 300 characters) holds no prompt, picture or key. */
export class ProviderError extends Error {
  override name = 'ProviderError'
  readonly safeDetail: string
  readonly retryAfterMs: number | undefined
  readonly status: number | undefined
  readonly upstreamId: string | undefined
  readonly outcomeUnknown: boolean

  constructor(
    readonly code: ProviderErrorCode,
    safeDetail = '',
    details: Details = {},
  ) {
    super(`${code} ${safeDetail}`.trim().slice(0, MAX_DETAIL_CHARACTERS))
    this.safeDetail = safeDetail.slice(0, MAX_DETAIL_CHARACTERS)
    this.retryAfterMs = details.retryAfterMs
    this.status = details.status
    this.upstreamId = details.upstreamId?.slice(0, MAX_UPSTREAM_ID_CHARACTERS)
    this.outcomeUnknown = details.outcomeUnknown ?? false
  }
}
