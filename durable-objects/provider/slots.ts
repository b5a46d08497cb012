import type { Meter } from './meter'
import type { SettleAsk } from './types'

/** However many calls are refused at once, the slots are halved once in this time. */
export const HALVE_EVERY_MS = 10_000
export const SUCCESSES_PER_SLOT = 20
/** The longest that a provider's Retry-After keeps everybody away. */
export const MAX_PAUSE_MS = 60_000

/** How many pictures may be under way now. */
export const slotLimit = (meter: Meter): number => Math.max(1, meter.max_slots - meter.slots_cut)

/**
 * The meter under what the settings allow now; kept, because settlements do not say it. What was learnt of the
 * provider's true limit stays.
 */
export function withMaximum(meter: Meter, slots: number): Meter {
  const max_slots = Math.max(1, slots)
  const slots_cut = meter.slots_cut === 0 ? 0 : Math.max(0, max_slots - slotLimit(meter))
  return { ...meter, max_slots, slots_cut }
}

/** Additive increase, multiplicative decrease: how a provider's true limit is found without knowing it. */
export function tune(meter: Meter, { outcome, retryAfterMs }: SettleAsk, now: number): Meter {
  if (outcome === 'ok') {
    if (meter.slots_cut === 0) return meter
    const successes = meter.successes + 1
    return successes < SUCCESSES_PER_SLOT
      ? { ...meter, successes }
      : { ...meter, successes: 0, slots_cut: meter.slots_cut - 1 }
  }
  if (outcome !== 'RATE_LIMITED') return meter
  const pausedUntil = now + Math.min(MAX_PAUSE_MS, Math.max(0, retryAfterMs ?? 0))
  const paused = { ...meter, paused_until: Math.max(meter.paused_until, pausedUntil), successes: 0 }
  if (now - meter.halved_at < HALVE_EVERY_MS) return paused
  const halved = Math.max(1, Math.floor(slotLimit(meter) / 2))
  return { ...paused, halved_at: now, slots_cut: meter.max_slots - halved }
}
