import type { GrantSource, Memo } from '../../src/credits/types'
import { BURN_ORDER, type Grant } from './burn-order'
import { post } from './entries'
import { all, number } from './rows'

/** Credits to take back under a key that happens once. `firstGrants` is a grant, and those named `<it>:<n>`. */
export type ReversalAsk = {
  key: string
  source: GrantSource
  credits: number
  reference: string
  firstGrants: string
  memo: Memo
}

/**
 * Takes `credits` out of what is available: first from the grants of the thing that is reversed, then in burn order.
 * What is held stays with its jobs. Answers how many credits were not there.
 */
export function takeBack(sql: SqlStorage, ask: ReversalAsk, now: number): number {
  let wanted = ask.credits
  const grants = all<Grant>(
    sql,
    `SELECT id, available FROM credit_grant WHERE available > 0
     ORDER BY (id = ?1 OR substr(id, 1, length(?1) + 1) = ?1 || ':') DESC, ${BURN_ORDER}`,
    ask.firstGrants,
  )
  for (const [index, { id, available }] of grants.entries()) {
    if (wanted === 0) break
    const part = Math.min(wanted, available)
    sql.exec('UPDATE credit_grant SET available = available - ?1, reversed = reversed + ?1 WHERE id = ?2', part, id)
    const posting = { kind: 'reversal', from: 'available', grantId: id, reference: ask.reference } as const
    const key = `reversal:${ask.key}:${index}`
    post(sql, { ...posting, key, to: `source:${ask.source}`, credits: part, memo: ask.memo }, now)
    wanted -= part
  }
  return wanted
}

/** Posts what could not be taken back as owed. The caller keeps the debt's row in step. */
export function owe(sql: SqlStorage, ask: ReversalAsk, now: number): void {
  const posting = { kind: 'reversal', from: 'receivable', grantId: ask.firstGrants, reference: ask.reference } as const
  const key = `reversal:${ask.key}:owed`
  post(sql, { ...posting, key, to: `source:${ask.source}`, credits: ask.credits, memo: ask.memo }, now)
}

/** Pays what is owed out of what is available, oldest order first. Called wherever credits become available. */
export function recover(sql: SqlStorage, now: number): void {
  const debts = all<{ payment_id: string; owed: number }>(
    sql,
    'SELECT payment_id, owed FROM purchase WHERE owed > 0 ORDER BY payment_id',
  )
  for (const { payment_id, owed } of debts) {
    let wanted = owed
    for (const { id, available } of all<Grant>(
      sql,
      `SELECT id, available FROM credit_grant WHERE available > 0 ORDER BY ${BURN_ORDER}`,
    )) {
      if (wanted === 0) break
      const part = Math.min(wanted, available)
      sql.exec('UPDATE credit_grant SET available = available - ?1, reversed = reversed + ?1 WHERE id = ?2', part, id)
      sql.exec('UPDATE purchase SET owed = owed - ? WHERE payment_id = ?', part, payment_id)
      const posting = { kind: 'recovery', from: 'available', to: 'receivable', grantId: id } as const
      const n = number(sql, 'SELECT COALESCE(MAX(seq), 0) FROM entry')
      post(sql, { ...posting, key: `recovery:${n + 1}`, reference: `payment:${payment_id}`, credits: part }, now)
      wanted -= part
    }
  }
}
