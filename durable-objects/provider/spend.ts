import type { Lease } from './leases'
import type { Meter } from './meter'

export const DAY_MS = 24 * 60 * 60_000

/** The UTC day of a time, counted from 1970. */
export const dayOf = (now: number): number => Math.floor(now / DAY_MS)

/** Today, by a clock that may step back over midnight: a day that has begun has begun. */
const todayOf = ({ spend_day }: Meter, now: number): number => {
  const day = dayOf(now)
  return spend_day === day + 1 ? spend_day : day
}

/** The next 00:00 UTC. */
export const nextDayAt = (now: number): number => (dayOf(now) + 1) * DAY_MS

/**
 * Micro-USD of today: `settled` is spent or may have been (a lease that ran out was perhaps billed), `booked` is what
 * pictures under way may cost. What was begun yesterday and is not settled counts today: it will be paid today.
 */
export function spendToday(meter: Meter, leases: readonly Lease[], now: number): { settled: number; booked: number } {
  const today = todayOf(meter, now)
  const sum = (some: readonly Lease[]) => some.reduce((total, { estimate }) => total + estimate, 0)
  const lost = leases.filter((lease) => lease.expires_at <= now && dayOf(lease.admitted_at) === today)
  return {
    settled: (meter.spend_day === today ? meter.spent : 0) + sum(lost),
    booked: sum(leases.filter((lease) => lease.expires_at > now)),
  }
}

/** Adds to today's spending; yesterday's is forgotten by the first that is spent today. */
export function spend(meter: Meter, microUsd: number, now: number): Meter {
  if (microUsd === 0) return meter
  const today = todayOf(meter, now)
  return { ...meter, spend_day: today, spent: (meter.spend_day === today ? meter.spent : 0) + microUsd }
}
