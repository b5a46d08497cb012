import type { Limits } from '../../src/providers/contract'
import type { BreakerVote, ProviderErrorCode } from '../../src/providers/errors'

/** Asks for a slot. Asked again under the same `leaseId` it is the same slot, renewed. */
export type AdmitAsk = {
  /** One submission: what may go on upstream unseen, such as that of a consumer that died, keeps a slot of its own. */
  leaseId: string
  /** The picture as it waits in line, however often it asks; by default the lease. */
  place?: string
  /** Whose picture it is: an opaque short hash, so that no user's id is kept here. Slots are shared fairly between owners. */
  owner: string
  /** Share of the slots that this owner has a right to, against others who wait. */
  weight: number
  /** The slot comes back by itself after this, if nobody settles it. */
  leaseMs: number
  /** Booked against the day's cap until the picture is settled. */
  estimateMicroUsd: number
  limits: Limits
}

/**
 * `open`: the circuit is. `probing`: it was, and another picture finds out whether it may close. `busy`: no slot, or
 * others' turn. `spent`: the day's cap is reached.
 * `downSince`: when the provider first failed to come back; null while it is not down.
 */
export type Refusal = 'open' | 'probing' | 'busy' | 'spent'
export type AdmitAnswer = { go: true } | { go: false; reason: Refusal; retryAfterMs: number; downSince: number | null }

/** What became of a slot's picture. A second settlement of the same lease changes nothing. */
export type SettleAsk = {
  leaseId: string
  outcome: 'ok' | ProviderErrorCode
  vote: 'ok' | BreakerVote
  /** From submission to picture; null when there is none. */
  tookMs: number | null
  /** Null: nobody can say, so what was booked counts as spent. */
  costMicroUsd: number | null
  /** What the provider asked us to wait. */
  retryAfterMs: number | null
  /** At most 300 characters, without prompts, pictures or keys. */
  detail: string
  /** Nobody waits for it any more and it could not be called off: it is taken to end when such pictures do. */
  goesOn?: boolean
}

/** Whether the circuit is open after this, or being probed: then a failure was the provider's, not the picture's. */
export type SettleAnswer = { isOpen: boolean }

export type ProviderStatus = {
  circuit: 'closed' | 'open' | 'half-open'
  openUntil: number | null
  downSince: number | null
  slots: { limit: number; max: number; inUse: number; waiting: number }
  spentTodayMicroUsd: number
  dailyMicroUsd: number
  /** Of the last 200 pictures; null when there is none. */
  p50Ms: number | null
  p90Ms: number | null
  /** Outcomes of the last hour. */
  lastHour: { ok: number; failed: number }
  /** Newest first, at most 20. */
  lastErrors: { at: number; code: string; detail: string }[]
}
