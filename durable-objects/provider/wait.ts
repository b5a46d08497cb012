import type { Lease } from './leases'
import type { Waiter } from './line'
import type { Meter } from './meter'
import type { AdmitAsk } from './types'

export const MIN_RETRY_MS = 1_000
export const MAX_RETRY_MS = 10_000
/** How long a picture takes, as long as none has told. */
const GUESSED_MS = 10_000

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
  const ownPlace = own.includes(ask.leaseId) ? own.indexOf(ask.leaseId) : own.length
  const turn = Math.max(0, ahead + ownPlace - Math.max(0, freeSlots))
  const rounds = Math.floor(turn / ends.length)
  return (ends[turn % ends.length] ?? 0) + rounds * (meter.median_ms ?? GUESSED_MS)
}

/** Until a picture under way should end, going by what others took. */
export const remainingMs = ({ median_ms }: Meter, { admitted_at }: Lease, now: number): number =>
  Math.max(0, admitted_at + (median_ms ?? GUESSED_MS) - now)

export const clamped = (ms: number): number => Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, ms))
