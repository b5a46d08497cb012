import { createHash } from 'node:crypto'
import { type Account, type Entry, type EntryKind, GRANT_PRIORITY, type GrantAsk } from '../../src/credits/types'
import { assert } from '../../src/kernel/assert'
import { all, first, number } from './rows'

type Grant = { id: string; available: number; held: number; expires_at: number | null }
type Posting = {
  key: string
  kind: EntryKind
  from: Account
  to: Account
  credits: number
  grantId: string
  reference: string
}

/** Burn order: priority, soonest expiry, promo before paid, oldest. */
const BURN_ORDER = `priority, expires_at IS NULL, expires_at, category = 'paid', created_at, id`

/** Credits that can be held now. Call `expireDue` first. */
export const availableCredits = (sql: SqlStorage): number =>
  number(sql, 'SELECT COALESCE(SUM(available), 0) FROM credit_grant')

export const heldCredits = (sql: SqlStorage): number => number(sql, 'SELECT COALESCE(SUM(held), 0) FROM credit_grant')

/** Adds credits once per `ask.key`. False when that key was granted before. */
export function grant(sql: SqlStorage, ask: GrantAsk, now: number): boolean {
  assert(Number.isSafeInteger(ask.credits) && ask.credits > 0, 'a grant is a positive whole number')
  const key = `grant:${ask.key}`
  if (first(sql, 'SELECT seq FROM entry WHERE key = ?', key)) return false
  sql.exec(
    `INSERT INTO credit_grant(id, source, category, priority, credits, available, held, spent, expired, expires_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?)`,
    ...[ask.key, ask.source, ask.category, GRANT_PRIORITY[ask.source]],
    ...[ask.credits, ask.credits, ask.expiresAt, now],
  )
  const posting = { key, kind: 'grant', to: 'available', grantId: ask.key, reference: ask.key } as const
  post(sql, { ...posting, from: `source:${ask.source}`, credits: ask.credits }, now)
  return true
}

/** Moves what grants lost by age out of `available`, each by an entry of its own. */
export function expireDue(sql: SqlStorage, now: number): void {
  const due = all<Grant>(sql, 'SELECT * FROM credit_grant WHERE available > 0 AND expires_at <= ?', now)
  for (const { id, available } of due) expire(sql, id, available, now)
}

/** When the next grant loses credits by age; null when none will. */
export const nextExpiry = (sql: SqlStorage): number | null =>
  first<{ at: number | null }>(sql, 'SELECT MIN(expires_at) AS at FROM credit_grant WHERE available > 0')?.at ?? null

/**
 * Reserves `credits` for a job out of the grants in burn order. The caller has checked that they are there.
 * A job has one hold; its parts remember which grant each credit came from.
 */
export function openHold(sql: SqlStorage, jobId: string, credits: number, now: number): void {
  assert(Number.isSafeInteger(credits) && credits >= 0, 'a hold is a whole number')
  sql.exec('INSERT INTO hold(job_id, credits) VALUES (?, ?)', jobId, credits)
  let wanted = credits
  const grants = all<Grant>(sql, `SELECT * FROM credit_grant WHERE available > 0 ORDER BY ${BURN_ORDER}`)
  for (const [position, { id, available }] of grants.entries()) {
    if (wanted === 0) break
    const part = Math.min(wanted, available)
    sql.exec('UPDATE credit_grant SET available = available - ?1, held = held + ?1 WHERE id = ?2', part, id)
    sql.exec('INSERT INTO hold_part(job_id, position, grant_id, held) VALUES (?, ?, ?, ?)', jobId, position, id, part)
    const posting = { kind: 'hold', from: 'available', to: 'held', grantId: id, reference: jobId } as const
    post(sql, { ...posting, key: `hold:${jobId}:${position}`, credits: part }, now)
    wanted -= part
  }
  assert(wanted === 0, 'a hold never exceeds what is available')
}

/** Spends `credits` of a job's hold: from the grants that burn first. `key` names the picture and happens once. */
export function charge(sql: SqlStorage, jobId: string, key: string, credits: number, now: number): void {
  takeFromHold(sql, jobId, credits, 'ASC', (grantId, part, index) => {
    sql.exec('UPDATE credit_grant SET held = held - ?1, spent = spent + ?1 WHERE id = ?2', part, grantId)
    const posting = { kind: 'settle', from: 'held', to: 'spent', grantId, reference: jobId } as const
    post(sql, { ...posting, key: `settle:${key}:${index}`, credits: part }, now)
  })
  sql.exec('UPDATE hold SET charged = charged + ? WHERE job_id = ?', credits, jobId)
}

/**
 * Gives `credits` of a job's hold back to the grants they came from, last burnt first. What returns to a grant that
 * has expired meanwhile expires at once, by an entry that says so.
 */
export function release(sql: SqlStorage, jobId: string, key: string, credits: number, now: number): void {
  takeFromHold(sql, jobId, credits, 'DESC', (grantId, part, index) => {
    sql.exec('UPDATE credit_grant SET held = held - ?1, available = available + ?1 WHERE id = ?2', part, grantId)
    const posting = { kind: 'release', from: 'held', to: 'available', grantId, reference: jobId } as const
    post(sql, { ...posting, key: `release:${key}:${index}`, credits: part }, now)
    const { expires_at } = first<Grant>(sql, 'SELECT * FROM credit_grant WHERE id = ?', grantId)!
    if (expires_at !== null && expires_at <= now) expire(sql, grantId, part, now)
  })
  sql.exec('UPDATE hold SET released = released + ? WHERE job_id = ?', credits, jobId)
}

/** Ends a hold. Throws unless every credit of it was charged or released: the CHECK on `hold` says so too. */
export function closeHold(sql: SqlStorage, jobId: string, now: number): void {
  sql.exec('UPDATE hold SET closed_at = ? WHERE job_id = ? AND closed_at IS NULL', now, jobId)
  sql.exec('DELETE FROM hold_part WHERE job_id = ? AND held = 0', jobId)
  const left = number(sql, 'SELECT COUNT(*) FROM hold_part WHERE job_id = ?', jobId)
  assert(left === 0, 'a closed hold keeps nothing')
}

function takeFromHold(
  sql: SqlStorage,
  jobId: string,
  credits: number,
  order: 'ASC' | 'DESC',
  take: (grantId: string, part: number, index: number) => void,
): void {
  assert(Number.isSafeInteger(credits) && credits >= 0, 'a share of a hold is a whole number')
  let wanted = credits
  const parts = all<{ position: number; grant_id: string; held: number }>(
    sql,
    `SELECT position, grant_id, held FROM hold_part WHERE job_id = ? AND held > 0 ORDER BY position ${order}`,
    jobId,
  )
  for (const { position, grant_id, held } of parts) {
    if (wanted === 0) break
    const part = Math.min(wanted, held)
    sql.exec('UPDATE hold_part SET held = held - ? WHERE job_id = ? AND position = ?', part, jobId, position)
    take(grant_id, part, position)
    wanted -= part
  }
  assert(wanted === 0, 'a share never exceeds its hold')
}

function expire(sql: SqlStorage, grantId: string, credits: number, now: number): void {
  sql.exec('UPDATE credit_grant SET available = available - ?1, expired = expired + ?1 WHERE id = ?2', credits, grantId)
  const seq = number(sql, 'SELECT COALESCE(MAX(seq), 0) + 1 FROM entry')
  const posting = { kind: 'expire', from: 'available', to: 'expired', grantId, reference: grantId } as const
  post(sql, { ...posting, key: `expire:${grantId}:${seq}`, credits }, now)
}

type Last = { seq: number; hash: string; available_after: number; held_after: number }
const GENESIS: Last = { seq: 0, hash: '', available_after: 0, held_after: 0 }

function post(sql: SqlStorage, posting: Posting, now: number): void {
  const last =
    first<Last>(sql, 'SELECT seq, hash, available_after, held_after FROM entry ORDER BY seq DESC LIMIT 1') ?? GENESIS
  const change = (account: Account) =>
    (posting.to === account ? posting.credits : 0) - (posting.from === account ? posting.credits : 0)
  const entry: Entry = {
    ...posting,
    seq: last.seq + 1,
    at: now,
    availableAfter: last.available_after + change('available'),
    heldAfter: last.held_after + change('held'),
  }
  sql.exec(
    `INSERT INTO entry(seq, key, kind, from_account, to_account, credits, grant_id, reference, at, available_after, held_after, previous_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[entry.seq, entry.key, entry.kind, entry.from, entry.to, entry.credits, entry.grantId, entry.reference],
    ...[entry.at, entry.availableAfter, entry.heldAfter, last.hash, entryHash(last.hash, entry)],
  )
}

/** SHA-256 over the previous entry's hash and every field of this one, in this order, joined by line feeds. */
export const entryHash = (previousHash: string, entry: Entry): string =>
  createHash('sha256')
    .update(
      [previousHash, entry.seq, entry.key, entry.kind, entry.from, entry.to, entry.credits, entry.grantId]
        .concat([entry.reference, entry.at, entry.availableAfter, entry.heldAfter])
        .join('\n'),
    )
    .digest('hex')

/**
 * The books agree with themselves; called after every command, in production too. Each grant's own sum is a CHECK of
 * its row, so what is left is: the running balances equal the grants, and open holds hold what grants say is held.
 */
export function assertBooks(sql: SqlStorage): void {
  const last =
    first<Last>(sql, 'SELECT seq, hash, available_after, held_after FROM entry ORDER BY seq DESC LIMIT 1') ?? GENESIS
  const held = heldCredits(sql)
  assert(availableCredits(sql) === last.available_after, 'available equals the running balance of the ledger')
  assert(held === last.held_after, 'held equals the running balance of the ledger')
  const open = number(sql, 'SELECT COALESCE(SUM(credits - charged - released), 0) FROM hold WHERE closed_at IS NULL')
  assert(held === open, 'held equals what open holds have left')
}

type EntryRow = Record<'key' | 'kind' | 'from_account' | 'to_account' | 'grant_id' | 'reference', string> &
  Record<'seq' | 'credits' | 'at' | 'available_after' | 'held_after', number>

const toEntry = (row: EntryRow): Entry => ({
  seq: row.seq,
  key: row.key,
  kind: row.kind as EntryKind,
  from: row.from_account as Account,
  to: row.to_account as Account,
  credits: row.credits,
  grantId: row.grant_id,
  reference: row.reference,
  at: row.at,
  availableAfter: row.available_after,
  heldAfter: row.held_after,
})

/** Entries with seq below `before`, newest first. */
export const entriesBefore = (sql: SqlStorage, before: number, limit: number): Entry[] =>
  all<EntryRow>(sql, 'SELECT * FROM entry WHERE seq < ? ORDER BY seq DESC LIMIT ?', before, limit).map(toEntry)

/** Entries with seq above `after`, oldest first. */
export const entriesAfter = (sql: SqlStorage, after: number, limit: number): Entry[] =>
  all<EntryRow>(sql, 'SELECT * FROM entry WHERE seq > ? ORDER BY seq LIMIT ?', after, limit).map(toEntry)
