import { GRANT_PRIORITY, type GrantAsk, type Memo } from '../../src/credits/types'
import { assert } from '../../src/kernel/assert'
import { BURN_ORDER, type Grant } from './burn-order'
import { lastBalances, post } from './entries'
import { recover } from './reversals'
import { all, first, number } from './rows'

/** Adds credits once per `ask.key`. False when that key was granted before. */
export function grant(sql: SqlStorage, ask: GrantAsk, now: number): boolean {
  assert(Number.isSafeInteger(ask.credits) && ask.credits > 0, 'a grant is a positive whole number')
  const key = `grant:${ask.key}`
  if (first(sql, 'SELECT seq FROM entry WHERE key = ?', key)) return false
  sql.exec(
    `INSERT INTO credit_grant(id, source, category, priority, credits, available, held, spent, expired, reversed,
       expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?)`,
    ...[ask.key, ask.source, ask.category, GRANT_PRIORITY[ask.source]],
    ...[ask.credits, ask.credits, ask.expiresAt, now],
  )
  const posting = { key, kind: 'grant', to: 'available', grantId: ask.key, credits: ask.credits } as const
  const reference = ask.reference ?? ask.key
  post(sql, { ...posting, from: `source:${ask.source}`, reference, ...(ask.memo && { memo: ask.memo }) }, now)
  recover(sql, now)
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
    expireIfPast(sql, grantId, part, now)
  })
  sql.exec('UPDATE hold SET released = released + ? WHERE job_id = ?', credits, jobId)
  recover(sql, now)
}

/**
 * Gives `credits` that a job was charged back to the grants they were taken from, last burnt first. Answers how many
 * more could be given back; `done` false when fewer than `credits` could. `key` happens once.
 */
export function refund(
  sql: SqlStorage,
  ask: { key: string; jobId: string; credits: number; memo: Memo },
  now: number,
): { done: boolean; refundable: number } {
  const { key, jobId, credits, memo } = ask
  assert(Number.isSafeInteger(credits) && credits > 0, 'a refund is a positive whole number')
  const refundable = number(sql, 'SELECT charged - refunded FROM hold WHERE job_id = ?', jobId)
  if (credits > refundable) return { done: false, refundable }
  let wanted = credits
  for (const [index, { grant_id, left }] of spentByGrant(sql, jobId).entries()) {
    if (wanted === 0) break
    const part = Math.min(wanted, left)
    sql.exec('UPDATE credit_grant SET spent = spent - ?1, available = available + ?1 WHERE id = ?2', part, grant_id)
    const posting = { kind: 'refund', from: 'spent', to: 'available', grantId: grant_id, reference: jobId } as const
    post(sql, { ...posting, key: `refund:${key}:${index}`, credits: part, memo }, now)
    expireIfPast(sql, grant_id, part, now)
    wanted -= part
  }
  assert(wanted === 0, 'what a job was charged is what its entries say')
  sql.exec('UPDATE hold SET refunded = refunded + ? WHERE job_id = ?', credits, jobId)
  recover(sql, now)
  return { done: true, refundable: refundable - credits }
}

/** What a job has taken from each grant and not given back, last burnt first; from the entries, so rarely asked. */
const spentByGrant = (sql: SqlStorage, jobId: string): { grant_id: string; left: number }[] =>
  all<{ grant_id: string; left: number }>(
    sql,
    `SELECT grant_id, SUM(iif(kind = 'settle', credits, -credits)) AS left FROM entry
     WHERE reference = ? AND kind IN ('settle', 'refund') GROUP BY grant_id HAVING left > 0 ORDER BY MAX(seq) DESC`,
    jobId,
  )

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

function expireIfPast(sql: SqlStorage, grantId: string, credits: number, now: number): void {
  const { expires_at } = first<Grant>(sql, 'SELECT expires_at FROM credit_grant WHERE id = ?', grantId)!
  if (expires_at !== null && expires_at <= now) expire(sql, grantId, credits, now)
}

function expire(sql: SqlStorage, grantId: string, credits: number, now: number): void {
  sql.exec('UPDATE credit_grant SET available = available - ?1, expired = expired + ?1 WHERE id = ?2', credits, grantId)
  const seq = number(sql, 'SELECT COALESCE(MAX(seq), 0) + 1 FROM entry')
  const posting = { kind: 'expire', from: 'available', to: 'expired', grantId, reference: grantId } as const
  post(sql, { ...posting, key: `expire:${grantId}:${seq}`, credits }, now)
}

/**
 * The books agree with themselves; called after every command, in production too. Each grant's own sum is a CHECK of
 * its row, so what is left is: the running balances equal the rows, open holds hold what grants say is held, quota
 * likewise, and nobody who owes has something available. `verify` recomputes the rest from the first entry on.
 */
export function assertBooks(sql: SqlStorage): void {
  const last = lastBalances(sql)
  const { available, held } = first<{ available: number; held: number }>(
    sql,
    'SELECT COALESCE(SUM(available), 0) AS available, COALESCE(SUM(held), 0) AS held FROM credit_grant',
  )!
  assert(available === last.available, 'available equals the running balance of the ledger')
  assert(held === last.held, 'held equals the running balance of the ledger')
  const open = first<{ credits: number; poses: number }>(
    sql,
    `SELECT COALESCE(SUM(credits - charged - released), 0) AS credits, COALESCE(SUM(quota_poses), 0) AS poses
     FROM hold WHERE closed_at IS NULL`,
  )!
  assert(held === open.credits, 'held equals what open holds have left')
  const reserved = number(sql, 'SELECT COALESCE(SUM(held), 0) FROM quota_day')
  assert(reserved === open.poses, 'quota held equals what open holds have left')
  const owed = number(sql, 'SELECT COALESCE(SUM(owed), 0) FROM purchase WHERE owed > 0')
  assert(owed === last.owed, 'owed equals the running balance of the ledger')
  assert(owed === 0 || available === 0, 'who owes has nothing available')
}
