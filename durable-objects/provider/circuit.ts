import type { Meter } from './meter'
import { DAY_MS, nextDayAt } from './spend'
import type { SettleAsk } from './types'

/** Looked at for the share of failures. */
export const WINDOW_MS = 60_000
export const MAX_FAILURES_IN_A_ROW = 5
export const MIN_CALLS = 10
export const FAILED_SHARE = 0.5
/** The first pause; each time that the probes fail doubles it. */
export const OPEN_MS = 30_000
export const MAX_OPEN_MS = 5 * 60_000
export const PROBES_TO_CLOSE = 2
/** One failed call is no proof: a provider that makes two pictures of three would be shut out for minutes, and all given up. */
export const FAILED_PROBES_TO_OPEN = 3
/** A wrong key is not mended by waiting seconds. */
export const AUTH_OPEN_MS = 15 * 60_000
/** An account without money: until its day ends, but looked at now and then, for somebody may have paid. */
export const MAX_QUOTA_OPEN_MS = DAY_MS / 4

export type CircuitState = 'closed' | 'open' | 'half-open'

export function circuitOf({ open_until }: Meter, now: number): CircuitState {
  if (open_until === null) return 'closed'
  return now < open_until ? 'open' : 'half-open'
}

/**
 * What an outcome does to the circuit. A call that was admitted before the circuit last opened, or before an admin
 * closed it, tells of a time that is over and changes nothing. `recent` are the calls of the window, this one included.
 */
export function afterOutcome(
  meter: Meter,
  { vote, outcome }: Pick<SettleAsk, 'vote' | 'outcome'>,
  call: { epoch: number; recent: { calls: number; counted: number } },
  now: number,
): Meter {
  if (call.epoch !== meter.epoch || outcome === 'CANCELLED') return meter
  // Who says "not now" or "not this" is there: it ends a streak, but no outage, for that takes a picture.
  if (vote === 'ignore') return meter.open_until === null ? { ...meter, streak: 0 } : meter
  if (vote === 'trip') return open(meter, outcome === 'QUOTA' ? quotaOpenMs(now) : AUTH_OPEN_MS, now)
  if (meter.open_until !== null) return afterProbe(meter, vote === 'ok', now)
  if (vote === 'ok') return { ...meter, streak: 0 }
  const streak = meter.streak + 1
  const { calls, counted } = call.recent
  const isBroken = streak >= MAX_FAILURES_IN_A_ROW || (calls >= MIN_CALLS && counted >= calls * FAILED_SHARE)
  return isBroken ? { ...open(meter, OPEN_MS, now), open_ms: OPEN_MS } : { ...meter, streak }
}

/** Closed by an admin's word or by probes; calls that are still out count no more only after an admin's word. */
export const close = (meter: Meter, now: number): Meter => ({
  ...meter,
  ...{ streak: 0, open_until: null, open_ms: 0, probe_oks: 0, down_since: null, window_from: now },
})

export const closeByHand = (meter: Meter, now: number): Meter => ({ ...close(meter, now), epoch: meter.epoch + 1 })

/** While half-open `streak` counts failed probes. A picture that came ends the outage, and what the pauses grew to. */
function afterProbe(meter: Meter, isOk: boolean, now: number): Meter {
  if (!isOk) {
    const streak = meter.streak + 1
    if (streak < FAILED_PROBES_TO_OPEN) return { ...meter, streak, probe_oks: 0 }
    const openMs = Math.min(MAX_OPEN_MS, Math.max(OPEN_MS, meter.open_ms * 2))
    return { ...open(meter, openMs, now), open_ms: openMs }
  }
  const probe_oks = meter.probe_oks + 1
  return probe_oks >= PROBES_TO_CLOSE
    ? close(meter, now)
    : { ...meter, probe_oks, streak: 0, open_ms: 0, down_since: null }
}

const open = (meter: Meter, forMs: number, now: number): Meter => ({
  ...meter,
  epoch: meter.epoch + 1,
  streak: 0,
  open_until: now + forMs,
  probe_oks: 0,
  down_since: meter.down_since ?? now,
})

const quotaOpenMs = (now: number): number => Math.min(MAX_QUOTA_OPEN_MS, nextDayAt(now) - now)
