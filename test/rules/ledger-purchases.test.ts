import { describe, expect, test } from 'vitest'
import { lastBalances } from '../../durable-objects/user/entries'
import { assertBooks, release } from '../../durable-objects/user/ledger'
import { beginCheck, type ConvergeAnswer, converge, endCheck } from '../../durable-objects/user/purchases'
import { all, first } from '../../durable-objects/user/rows'
import { start } from '../../durable-objects/user/start'
import { withNodeSql } from '../support/node-sql'
import {
  askFor,
  DONE,
  entryRows,
  FAILED,
  grantOf,
  grantRow,
  HOUR_MS,
  journal,
  MEMO,
  MINUTE_MS,
  makePicture,
  makePictures,
  openAccount,
  orderOf,
  pay,
  startJob,
  T0,
} from './ledger-fixtures'

const money = (answer: ConvergeAnswer) =>
  answer.stale ? 'stale' : [answer.credited, answer.change, answer.owed].join(' ')
const purchase = (sql: SqlStorage, id = 'pay_1') =>
  first(
    sql,
    'SELECT credits, target, grants, granted, reversals, reversed, owed FROM purchase WHERE payment_id = ?',
    id,
  )
const events = (sql: SqlStorage) =>
  all<{ type: string; data: string }>(sql, 'SELECT type, data FROM event ORDER BY seq').map(
    ({ type, data }) => `${type} ${data}`,
  )

/** Everything that 100 paid credits can buy is bought and spent but for 10. */
function spendMost(sql: SqlStorage): void {
  pay(sql, 10_000)
  startJob(sql, { poses: 3 })
  makePictures(sql, 'job', [DONE, DONE, DONE])
}

describe('an order converges', () => {
  test('a paid order credits its owner once, however often it is looked at', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(money(pay(sql, 10_000))).toBe('100 100 0')
      for (let again = 0; again < 100; again++) expect(money(pay(sql, 10_000))).toBe('100 0 0')
      expect(journal(sql)).toEqual(['grant 100 source:topup>available payment:pay_1'])
      const { key, reference, memo } = entryRows(sql)[0]!
      expect([key, reference]).toEqual(['grant:payment:pay_1', 'payment:pay_1'])
      expect(JSON.parse(memo!)).toEqual(MEMO)
      expect(first(sql, 'SELECT source, category, expires_at FROM credit_grant')).toEqual({
        ...{ source: 'topup', category: 'paid', expires_at: null },
      })
      expect(events(sql)).toEqual(['credits_changed {"available":100,"held":0}'])
    }))

  test('an order that is not paid is known and credits nothing', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(money(pay(sql, 0))).toBe('0 0 0')
      expect(purchase(sql)).toEqual({
        ...{ credits: 100, target: 0, grants: 0, granted: 0, reversals: 0, reversed: 0, owed: 0 },
      })
      expect(events(sql)).toEqual([])
    }))

  test('a partial, then a full refund take exactly their share back (C13)', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      expect(money(pay(sql, 6_667))).toBe('66 -34 0')
      expect(money(pay(sql, 6_667))).toBe('66 0 0')
      expect(money(pay(sql, 0))).toBe('0 -66 0')
      expect(money(pay(sql, 0))).toBe('0 0 0')
      expect(journal(sql, 2)).toEqual([
        'reversal 34 available>source:topup payment:pay_1',
        'reversal 66 available>source:topup payment:pay_1',
      ])
      expect(entryRows(sql).slice(1)).toMatchObject([
        { key: 'reversal:payment:pay_1:1:0', reference: 'payment:pay_1', at: T0 },
        { key: 'reversal:payment:pay_1:2:0', reference: 'payment:pay_1' },
      ])
      expect(JSON.parse(entryRows(sql)[1]!.memo!)).toEqual(MEMO)
      expect(purchase(sql)).toEqual({
        ...{ credits: 100, target: 0, grants: 1, granted: 100, reversals: 2, reversed: 100, owed: 0 },
      })
      assertBooks(sql)
    }))

  test('the share of what was kept is rounded down to whole credits', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(money(pay(sql, 99))).toBe('0 0 0')
      expect(money(pay(sql, 100))).toBe('1 1 0')
      expect(money(pay(sql, 9_999))).toBe('99 98 0')
      expect(money(pay(sql, 10_000))).toBe('100 1 0')
    }))

  test('paid again after a refund is credited again, under a name of its own', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      pay(sql, 0)
      expect(money(pay(sql, 10_000, {}, T0 + HOUR_MS))).toBe('100 100 0')
      expect(journal(sql, 3)).toEqual(['grant 100 source:topup>available payment:pay_1:2'])
      expect(entryRows(sql)[2]).toMatchObject({ reference: 'payment:pay_1', at: T0 + HOUR_MS })
      expect(purchase(sql)).toMatchObject({ target: 100, grants: 2, granted: 200, reversed: 100 })
    }))

  test('a reversal takes the credits of that order first, whatever burns first (C13)', () =>
    withNodeSql((sql) => {
      openAccount(sql, 40)
      pay(sql, 10_000, { paymentId: 'pay_10' })
      pay(sql, 5_000)
      pay(sql, 10_000)
      const before = entryRows(sql).length
      expect(money(pay(sql, 0))).toBe('0 -100 0')
      expect(journal(sql, before + 1)).toEqual([
        'reversal 50 available>source:topup payment:pay_1',
        'reversal 50 available>source:topup payment:pay_1:2',
      ])
      expect(grantRow(sql, 'welcome')).toMatchObject({ available: 40, reversed: 0 })
      expect(grantRow(sql, 'payment:pay_10')).toMatchObject({ available: 100, reversed: 0 })
    }))

  test('what is missing of the order is taken from the rest in burn order', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      spendMost(sql)
      grantOf(sql, { key: 'plan', source: 'plan', credits: 50 })
      grantOf(sql, { key: 'gift', source: 'promo', credits: 30 })
      const before = entryRows(sql).length
      expect(money(pay(sql, 0))).toBe('0 -100 10')
      expect(journal(sql, before + 1)).toEqual([
        'reversal 10 available>source:topup payment:pay_1',
        'reversal 30 available>source:topup gift',
        'reversal 50 available>source:topup plan',
        'reversal 10 receivable>source:topup payment:pay_1',
      ])
      expect(entryRows(sql).at(-1)).toMatchObject({ key: 'reversal:payment:pay_1:1:owed', reference: 'payment:pay_1' })
      expect(JSON.parse(entryRows(sql).at(-1)!.memo!)).toEqual(MEMO)
      expect(entryRows(sql).at(-2)).toMatchObject({ key: 'reversal:payment:pay_1:1:2', reference: 'payment:pay_1' })
    }))

  test('credits of a plan come from the plan and go back to it', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      const plan = { source: 'plan', cycleMonths: 1, productId: 'monthly' } as const
      pay(sql, 10_000, plan)
      pay(sql, 0, plan)
      expect(journal(sql)).toEqual([
        'grant 100 source:plan>available payment:pay_1',
        'reversal 100 available>source:plan payment:pay_1',
      ])
    }))

  test.each([
    ['more was kept than paid', { keptRupiah: 10_001 }],
    ['less than nothing was kept', { keptRupiah: -1 }],
    ['the price is nothing', { amountRupiah: 0, keptRupiah: 0 }],
  ])('an order where %s is a mistake', (_, ask) =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(() => pay(sql, 0, ask)).toThrow('nobody keeps more than was paid')
    }),
  )

  test('numbers too large to be multiplied exactly are a mistake', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      const amountRupiah = Number.MAX_SAFE_INTEGER
      expect(() => pay(sql, amountRupiah, { credits: 2, amountRupiah })).toThrow('credits times rupiah is exact')
      expect(money(pay(sql, amountRupiah, { credits: 1, amountRupiah, paymentId: 'pay_2' }))).toBe('1 1 0')
    }))
})

describe('owing', () => {
  test('credits taken back after they were spent are owed, and nothing starts until they are paid (C12)', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      spendMost(sql)
      expect(money(pay(sql, 0))).toBe('0 -100 90')
      expect(lastBalances(sql)).toEqual({ available: 0, held: 0, owed: 90 })
      expect(purchase(sql)).toMatchObject({ target: 0, reversed: 100, owed: 90 })
      expect(events(sql).at(-1)).toBe('credits_changed {"available":0,"held":0,"owed":90}')
      expect(start(sql, askFor({ key: 'next' }), T0)).toEqual({
        ...{ ok: false, code: 'INSUFFICIENT_CREDITS', required: 30, available: 0, owed: 90 },
      })
      assertBooks(sql)
    }))

  test('the next credits pay the debt before anything else (C12)', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      spendMost(sql)
      pay(sql, 0)
      const before = entryRows(sql).length
      expect(money(pay(sql, 10_000, { paymentId: 'pay_2' }, T0 + MINUTE_MS))).toBe('100 100 0')
      expect(journal(sql, before + 1)).toEqual([
        'grant 100 source:topup>available payment:pay_2',
        'recovery 90 available>receivable payment:pay_2',
      ])
      expect(entryRows(sql).at(-1)).toMatchObject({
        ...{ key: `recovery:${before + 2}`, reference: 'payment:pay_1', at: T0 + MINUTE_MS },
      })
      expect(grantRow(sql, 'payment:pay_2')).toEqual({ available: 10, held: 0, spent: 0, expired: 0, reversed: 90 })
      expect(purchase(sql)).toMatchObject({ owed: 0, reversed: 100 })
      assertBooks(sql)
    }))

  test('a debt is paid bit by bit', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      spendMost(sql)
      pay(sql, 0)
      grantOf(sql, { key: 'a', credits: 50 })
      grantOf(sql, { key: 'b', credits: 30 })
      expect(lastBalances(sql)).toEqual({ available: 0, held: 0, owed: 10 })
      grantOf(sql, { key: 'c', credits: 30 })
      expect(lastBalances(sql)).toEqual({ available: 20, held: 0, owed: 0 })
      assertBooks(sql)
    }))

  test('several debts are paid oldest order first', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      for (const paymentId of ['pay_2', 'pay_1']) pay(sql, 3_000, { paymentId })
      startJob(sql, { poses: 2 })
      makePictures(sql, 'job', [DONE, DONE])
      for (const paymentId of ['pay_2', 'pay_1']) pay(sql, 0, { paymentId })
      grantOf(sql, { key: 'a', credits: 40 })
      expect(all(sql, 'SELECT payment_id, owed FROM purchase ORDER BY payment_id')).toEqual([
        { payment_id: 'pay_1', owed: 0 },
        { payment_id: 'pay_2', owed: 20 },
      ])
      assertBooks(sql)
    }))

  test('a debt is paid out of several grants in burn order', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      startJob(sql, { poses: 3, key: 'held' })
      grantOf(sql, { key: 'pack', source: 'topup', category: 'paid', credits: 80 })
      startJob(sql, { poses: 3, key: 'other' })
      pay(sql, 0)
      expect(lastBalances(sql)).toEqual({ available: 0, held: 180, owed: 100 })
      const before = entryRows(sql).length
      for (const jobId of ['held', 'other'])
        for (const position of [0, 1, 2]) makePicture(sql, { jobId, position }, FAILED)
      expect(lastBalances(sql)).toEqual({ available: 80, held: 0, owed: 0 })
      expect(journal(sql, before + 1).filter((line) => line.startsWith('recovery'))).toEqual([
        'recovery 30 available>receivable payment:pay_1',
        'recovery 30 available>receivable payment:pay_1',
        'recovery 30 available>receivable payment:pay_1',
        'recovery 10 available>receivable pack',
      ])
      assertBooks(sql)
    }))

  test('what is held stays with its job when its credits are taken back, and pays the debt if it is released', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      startJob(sql, { poses: 3 })
      expect(money(pay(sql, 0))).toBe('0 -100 90')
      expect(lastBalances(sql)).toEqual({ available: 0, held: 90, owed: 90 })
      makePictures(sql, 'job', [DONE, FAILED])
      expect(lastBalances(sql)).toEqual({ available: 0, held: 30, owed: 60 })
      release(sql, 'job', 'rest', 30, T0)
      expect(lastBalances(sql)).toEqual({ available: 0, held: 0, owed: 30 })
    }))

  test('paid again after the debt was made: the order owes nothing more', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      spendMost(sql)
      pay(sql, 0)
      expect(money(pay(sql, 10_000))).toBe('100 100 0')
      expect(lastBalances(sql)).toEqual({ available: 10, held: 0, owed: 0 })
      expect(purchase(sql)).toMatchObject({ target: 100, granted: 200, reversed: 100, owed: 0 })
      assertBooks(sql)
    }))
})

describe('one check of an order at a time', () => {
  const at = (sql: SqlStorage, now: number, id = 'pay_1') => beginCheck(sql, id, MINUTE_MS, now)

  test('while somebody asks the gateway nobody else does, and they are told to ask again', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(at(sql, T0)).toEqual({ go: true, checkNo: 1 })
      expect(at(sql, T0, 'pay_2')).toEqual({ go: true, checkNo: 1 })
      expect(at(sql, T0 + 1)).toEqual({ go: false })
      const ask = { ...orderOf('pay_1'), checkNo: 1 }
      expect(converge(sql, ask, T0 + 2)).toMatchObject({ again: true })
      expect(converge(sql, { ...orderOf('pay_2'), checkNo: 1 }, T0 + 2)).toMatchObject({ again: false })
      expect(at(sql, T0 + 3)).toEqual({ go: true, checkNo: 2 })
      expect(converge(sql, { ...ask, checkNo: 2 }, T0 + 4)).toMatchObject({ again: false })
    }))

  test('a turn ends with its lease: whoever comes then may ask', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      at(sql, T0)
      expect(at(sql, T0 + MINUTE_MS - 1)).toEqual({ go: false })
      expect(at(sql, T0 + MINUTE_MS)).toEqual({ go: true, checkNo: 2 })
      expect(at(sql, T0 + 2 * MINUTE_MS)).toEqual({ go: true, checkNo: 3 })
    }))

  test('what was read from the gateway before a later reading began counts for nothing', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      at(sql, T0)
      at(sql, T0 + MINUTE_MS)
      expect(converge(sql, { ...orderOf('pay_1'), checkNo: 1 }, T0 + MINUTE_MS)).toEqual({ stale: true })
      expect(journal(sql)).toEqual([])
      expect(at(sql, T0 + MINUTE_MS + 1)).toEqual({ go: false })
      expect(converge(sql, { ...orderOf('pay_1'), checkNo: 2 }, T0 + MINUTE_MS)).toMatchObject({ credited: 100 })
    }))

  test('nobody converges an order without a turn', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(converge(sql, orderOf('pay_1'), T0)).toEqual({ stale: true })
    }))

  test('a turn that came to nothing is given back, one that was overtaken is not', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      at(sql, T0)
      at(sql, T0, 'pay_2')
      endCheck(sql, 'pay_1', 1)
      expect(at(sql, T0, 'pay_2')).toEqual({ go: false })
      expect(at(sql, T0)).toEqual({ go: true, checkNo: 2 })
      endCheck(sql, 'pay_1', 1)
      expect(at(sql, T0)).toEqual({ go: false })
    }))
})

test('a paid plan opens a period, a refunded one takes it away, and the seller is told both times', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    const plan = { credits: 0, dailyQuota: 50, cycleMonths: 1, productId: 'basic', source: 'plan' } as const
    const opened = pay(sql, 10_000, plan)
    expect(opened).toMatchObject({ credited: 0, change: 0, plans: [{ productId: 'basic', status: 'active' }] })
    pay(sql, 10_000, plan)
    expect(pay(sql, 1, plan)).toMatchObject({ plans: [{ status: 'active' }] })
    expect(pay(sql, 0, plan)).toMatchObject({ plans: [{ status: 'expired' }] })
    expect(events(sql)).toEqual(Array(2).fill('subscription_changed {"productId":"basic"}'))
  }))

test('a pack of credits opens no period', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    expect(pay(sql, 10_000)).toMatchObject({ plans: [] })
    expect(all(sql, 'SELECT id FROM plan_period')).toEqual([])
  }))
