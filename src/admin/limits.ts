import { assert } from '../kernel/assert'
import { WIB_OFFSET_MS } from '../kernel/calendar'
import { IDEMPOTENCY_KEPT_MS } from '../kernel/limits'

const DAY_MS = 86_400_000

/** Largest change of somebody's credits that anybody can ask for: Rp 10,000,000. */
export const MAX_ADJUSTMENT_CREDITS = 100_000
/** What one admin alone may change at once; more waits for a second one. */
export const MAX_ALONE_CREDITS = 10_000
/** What one admin alone may change on a WIB day, given and taken added up: many small ones are a large one. */
export const MAX_ALONE_CREDITS_PER_DAY = 50_000

/** An adjustment's id is fixed under its key, which lives this long: its row is never younger than its id by more. */
export const MAX_ROW_LAG_MS = IDEMPOTENCY_KEPT_MS

/** Added credits may expire at most this far ahead. */
export const MAX_EXPIRY_MS = 5 * 365 * DAY_MS

export const MIN_REASON = 10
export const MAX_REASON = 500

/** Midnight in Jakarta before `at`, both in ms. */
export const wibDayStart = (at: number): number => Math.floor((at + WIB_OFFSET_MS) / DAY_MS) * DAY_MS - WIB_OFFSET_MS

assert(
  MAX_ALONE_CREDITS <= MAX_ALONE_CREDITS_PER_DAY && MAX_ALONE_CREDITS <= MAX_ADJUSTMENT_CREDITS,
  'what one admin may do at once fits into the day and into an adjustment',
)
