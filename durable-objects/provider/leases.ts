import { all, first } from '../user/rows'
import type { Meter } from './meter'
import { dayOf, spend } from './spend'

/** A lease that ran out is remembered this long, for a settlement that comes late. */
export const EXPIRED_KEPT_MS = 15 * 60_000

export type Lease = {
  id: string
  owner: string
  epoch: number
  admitted_at: number
  expires_at: number
  estimate: number
}

/** All that is remembered: at most as many as there are slots, and the few that ran out lately. */
export const allLeases = (sql: SqlStorage): Lease[] => all<Lease>(sql, 'SELECT * FROM lease')

export const insertLease = (sql: SqlStorage, lease: Lease): void => {
  const { id, owner, epoch, admitted_at, expires_at, estimate } = lease
  sql.exec(
    'INSERT INTO lease(id, owner, epoch, admitted_at, expires_at, estimate) VALUES (?, ?, ?, ?, ?, ?)',
    ...[id, owner, epoch, admitted_at, expires_at, estimate],
  )
}

export const renewLease = (sql: SqlStorage, id: string, expiresAt: number): void => {
  sql.exec('UPDATE lease SET expires_at = MAX(expires_at, ?) WHERE id = ?', expiresAt, id)
}

/** Lets a lease run out sooner. */
export const shortenLease = (sql: SqlStorage, id: string, expiresAt: number): void => {
  sql.exec('UPDATE lease SET expires_at = MIN(expires_at, ?) WHERE id = ?', expiresAt, id)
}

/** Takes a lease away, living or run out; undefined when there is none, because it was settled or is forgotten. */
export const takeLease = (sql: SqlStorage, id: string): Lease | undefined =>
  first<Lease>(sql, 'DELETE FROM lease WHERE id = ? RETURNING *', id)

/** Forgets one lease that ran out. Nobody will say what it cost: what was booked for it today counts as spent. */
export function writeOff(sql: SqlStorage, meter: Meter, lease: Lease, now: number): Meter {
  takeLease(sql, lease.id)
  return dayOf(lease.admitted_at) === dayOf(now) ? spend(meter, lease.estimate, now) : meter
}
