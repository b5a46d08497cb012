import type { Lease } from './leases'
import type { Waiter } from './line'
import type { Meter } from './meter'
import type { AdmitAsk } from './types'

export const MIN_RETRY_MS = 1_000
export const MAX_RETRY_MS = 10_000
/** How long a picture takes, as long as none has told: rather short, because asking once more is cheap. */
const GUESSED_MS = 3_000

/** How long a picture takes. */
export const usualMs = ({ median_ms }: Meter): number => median_ms ?? GUESSED_MS

/** When this picture's turn should come: as soon as so many of those under way have ended as stand before it. */
export function waitMs(
  meter: Meter,
  place: { ask: AdmitAsk; ahead: number; freeSlots: number; line: readonly Waiter[]; living: readonly Lease[] },
  now: number,
): number {
  const { ask, ahead, freeSlots, line, living } = place
  const ends = living.map((lease) => remainingMs(meter, lease, now)).sort((a, b) => a - b)
  if (ends.length === 0) return MIN_RETRY_MS
  const own = Object.keys(line.find(({ owner }) => owner === ask.owner)?.leases ?? {})
  const { place: name = ask.leaseId } = ask
  const ownPlace = own.includes(name) ? own.indexOf(name) : own.length
  const turn = Math.max(0, ahead + ownPlace - Math.max(0, freeSlots))
  const rounds = Math.floor(turn / ends.length)
  return (ends[turn % ends.length] ?? 0) + rounds * usualMs(meter)
}

/** Until a picture under way should end, going by what others took. */
export const remainingMs = (meter: Meter, { admitted_at }: Lease, now: number): number =>
  Math.max(0, admitted_at + usualMs(meter) - now)

export const clamped = (ms: number): number => Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, ms))
