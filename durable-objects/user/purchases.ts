import type { Memo, PlanView } from '../../src/credits/types'
import { assert } from '../../src/kernel/assert'
import { lastBalances } from './entries'
import { appendEvent } from './events'
import { grant } from './ledger'
import { setPaidPeriod, viewPlans } from './plans'
import { owe, takeBack } from './reversals'
import { first } from './rows'
import { tellBalances } from './tell-balances'

/**
 * `keptRupiah` is what we were paid for the order and have not given back; the rest says what was bought. `checkNo` is
 * the turn in which the gateway was asked.
 */
export type ConvergeAsk = {
  paymentId: string
  productId: string
  gateway: string
  amountRupiah: number
  keptRupiah: number
  credits: number
  dailyQuota: number
  cycleMonths: number
  source: 'topup' | 'plan'
  checkNo: number
  memo: Memo
}

export type ConvergeAnswer =
  | { stale: true }
  | { stale: false; again: boolean; credited: number; change: number; owed: number; plans: PlanView[] }

export type CheckTurn = { go: true; checkNo: number } | { go: false }

type CheckRow = { check_no: number; leased_until: number | null; again: number }
const findCheck = (sql: SqlStorage, paymentId: string) =>
  first<CheckRow>(sql, 'SELECT * FROM payment_check WHERE payment_id = ?', paymentId)

/**
 * The turn to ask the gateway about an order. One at a time, so that an answer read earlier never undoes one read
 * later. Whoever finds the turn taken may go: the one who has it is told to ask once more.
 */
export function beginCheck(sql: SqlStorage, paymentId: string, leaseMs: number, now: number): CheckTurn {
  const check = findCheck(sql, paymentId)
  if (check?.leased_until != null && check.leased_until > now) {
    sql.exec('UPDATE payment_check SET again = 1 WHERE payment_id = ?', paymentId)
    return { go: false }
  }
  const checkNo = (check?.check_no ?? 0) + 1
  sql.exec(
    `INSERT INTO payment_check(payment_id, check_no, leased_until) VALUES (?1, ?2, ?3)
     ON CONFLICT(payment_id) DO UPDATE SET check_no = ?2, leased_until = ?3, again = 0`,
    ...[paymentId, checkNo, now + leaseMs],
  )
  return { go: true, checkNo }
}

/** Gives a turn back that came to nothing. A turn that was overtaken has nothing to give. */
export function endCheck(sql: SqlStorage, paymentId: string, checkNo: number): void {
  sql.exec(
    'UPDATE payment_check SET leased_until = NULL WHERE payment_id = ? AND check_no = ?',
    ...[paymentId, checkNo],
  )
}

type Purchase = { target: number; grants: number; reversals: number }

/**
 * Brings the ledger to what the order should have credited: posts the difference, whatever was posted before and in
 * whatever order the news came. Partial refunds keep the same share of the credits, rounded down. A share that was
 * spent already is owed.
 */
export function converge(sql: SqlStorage, ask: ConvergeAsk, now: number): ConvergeAnswer {
  const check = findCheck(sql, ask.paymentId)
  if (check?.check_no !== ask.checkNo) return { stale: true }
  endCheck(sql, ask.paymentId, ask.checkNo)
  const { credits, amountRupiah, keptRupiah } = ask
  assert(amountRupiah > 0 && keptRupiah >= 0 && keptRupiah <= amountRupiah, 'nobody keeps more than was paid')
  assert(Number.isSafeInteger(credits * amountRupiah), 'credits times rupiah is exact')
  const target = Math.floor((credits * keptRupiah) / amountRupiah)
  sql.exec(
    `INSERT INTO purchase(payment_id, product_id, gateway, credits, target, grants, granted, reversals, reversed, owed)
     VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING`,
    ...[ask.paymentId, ask.productId, ask.gateway, credits],
  )
  const purchase = first<Purchase>(sql, 'SELECT * FROM purchase WHERE payment_id = ?', ask.paymentId)!
  const change = target - purchase.target
  if (change > 0) creditMore(sql, ask, purchase, change, now)
  if (change < 0) creditLess(sql, ask, purchase, -change, now)
  const plansChanged = ask.cycleMonths > 0 && setPaidPeriod(sql, ask, keptRupiah > 0, now)
  if (change !== 0) tellBalances(sql, null, now)
  const plans = viewPlans(sql, now)
  if (plansChanged) appendEvent(sql, 'subscription_changed', null, { productId: ask.productId }, now)
  return { stale: false, again: check.again === 1, credited: target, change, owed: lastBalances(sql).owed, plans }
}

function creditMore(sql: SqlStorage, ask: ConvergeAsk, purchase: Purchase, credits: number, now: number): void {
  const reference = `payment:${ask.paymentId}`
  const nth = purchase.grants + 1
  sql.exec(
    'UPDATE purchase SET target = target + ?1, granted = granted + ?1, grants = ?2 WHERE payment_id = ?3',
    ...[credits, nth, ask.paymentId],
  )
  const key = nth === 1 ? reference : `${reference}:${nth}`
  const { source, memo } = ask
  const granted = grant(sql, { key, reference, source, category: 'paid', credits, expiresAt: null, memo }, now)
  assert(granted, 'an order is credited under a new key each time')
}

function creditLess(sql: SqlStorage, ask: ConvergeAsk, purchase: Purchase, credits: number, now: number): void {
  const reference = `payment:${ask.paymentId}`
  const nth = purchase.reversals + 1
  const reversal = {
    ...{ key: `${reference}:${nth}`, source: ask.source, credits, reference },
    ...{ firstGrants: reference, memo: ask.memo },
  }
  const missing = takeBack(sql, reversal, now)
  sql.exec(
    `UPDATE purchase SET target = target - ?1, reversed = reversed + ?1, reversals = ?2, owed = owed + ?3
     WHERE payment_id = ?4`,
    ...[credits, nth, missing, ask.paymentId],
  )
  if (missing > 0) owe(sql, { ...reversal, credits: missing }, now)
}
