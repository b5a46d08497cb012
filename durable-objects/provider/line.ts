import { all } from '../user/rows'
import type { Lease } from './leases'
import type { AdmitAsk } from './types'

/** Who does not come back this long after the time that he was told gives up his place. */
export const GRACE_MS = 5_000
/** Pictures of one owner that are remembered as waiting: more need not stand in line to be counted. */
const MAX_WAITING_PER_OWNER = 20
/** Owners in line; those beyond come again without a place. */
const MAX_WAITING_OWNERS = 1_000

/** `leases`: the pictures that wait, and until when each is remembered. `since`: the owner's place among equals. */
export type Waiter = { owner: string; weight: number; since: number; leases: Record<string, number> }
type WaiterRow = { owner: string; weight: number; since: number; leases: string }

/** Who waits at `now`. */
export function waiters(sql: SqlStorage, now: number): Waiter[] {
  sql.exec('DELETE FROM waiter WHERE until <= ?', now)
  return all<WaiterRow>(sql, 'SELECT owner, weight, since, leases FROM waiter').map((row) => {
    const leases = Object.entries(JSON.parse(row.leases) as Record<string, number>)
    return { ...row, leases: Object.fromEntries(leases.filter(([, until]) => until > now)) }
  })
}

export const waitingPictures = (line: readonly Waiter[]): number =>
  line.reduce((sum, { leases }) => sum + Object.keys(leases).length, 0)

/**
 * Pictures of others that come before the asker's: max-min fairness by weight. An owner with a smaller share of the
 * slots (held / weight) goes first until his share is as large. Between equal shares goes who was served or came longest
 * ago, so that even a single slot goes round and is not held by who asks most often.
 */
export function picturesAhead(
  ask: Pick<AdmitAsk, 'owner' | 'weight'>,
  line: readonly Waiter[],
  living: readonly Lease[],
  now: number,
): number {
  const held = new Map<string, number>()
  for (const { owner } of living) held.set(owner, (held.get(owner) ?? 0) + 1)
  const own = held.get(ask.owner) ?? 0
  const since = line.find(({ owner }) => owner === ask.owner)?.since ?? now
  return line
    .filter(({ owner }) => owner !== ask.owner)
    .reduce((ahead, other) => {
      const waiting = Object.keys(other.leases).length
      const theirs = held.get(other.owner) ?? 0
      const behind = own * other.weight - theirs * ask.weight
      if (behind === 0) return ahead + (other.since < since ? Math.min(1, waiting) : 0)
      return behind < 0 ? ahead : ahead + Math.min(waiting, Math.ceil(behind / ask.weight))
    }, 0)
}

/** Remembers that a picture was told to come again after `retryAfterMs`. */
export function joinLine(
  sql: SqlStorage,
  { owner, weight, leaseId, place = leaseId }: AdmitAsk,
  line: readonly Waiter[],
  retryAfterMs: number,
  now: number,
): void {
  const known = line.find((waiter) => waiter.owner === owner)
  if (!known && line.length >= MAX_WAITING_OWNERS) return
  const leases = { ...known?.leases }
  if (leases[place] === undefined && Object.keys(leases).length >= MAX_WAITING_PER_OWNER) return
  leases[place] = now + retryAfterMs + GRACE_MS
  write(sql, { owner, weight, since: known?.since ?? now, leases })
}

/** Takes an admitted picture out of the line; what else its owner has there goes to the end. */
export function leaveLine(
  sql: SqlStorage,
  { owner, leaseId, place = leaseId }: Pick<AdmitAsk, 'owner' | 'leaseId' | 'place'>,
  line: readonly Waiter[],
  now: number,
): void {
  const known = line.find((waiter) => waiter.owner === owner)
  if (!known) return
  const { [place]: _, ...leases } = known.leases
  if (Object.keys(leases).length === 0) sql.exec('DELETE FROM waiter WHERE owner = ?', owner)
  else write(sql, { ...known, since: now, leases })
}

const write = (sql: SqlStorage, { owner, weight, since, leases }: Waiter): void => {
  sql.exec(
    'INSERT OR REPLACE INTO waiter(owner, weight, since, until, leases) VALUES (?, ?, ?, ?, ?)',
    ...[owner, weight, since, Math.max(...Object.values(leases)), JSON.stringify(leases)],
  )
}
