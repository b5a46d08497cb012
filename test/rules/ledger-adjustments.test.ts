import { describe, expect, test } from 'vitest'
import { adjust, refundJob } from '../../durable-objects/user/adjustments'
import { lastBalances } from '../../durable-objects/user/entries'
import { assertBooks, refund } from '../../durable-objects/user/ledger'
import { all, first } from '../../durable-objects/user/rows'
import { start } from '../../durable-objects/user/start'
import { withNodeSql } from '../support/node-sql'
import {
  askFor,
  DAY_MS,
  DONE,
  entryRows,
  FAILED,
  grantOf,
  grantRow,
  HOUR_MS,
  journal,
  MEMO,
  makePictures,
  openAccount,
  pay,
  startJob,
  T0,
} from './ledger-fixtures'

const give = (sql: SqlStorage, key: string, credits: number, now = T0) => adjust(sql, { key, credits, memo: MEMO }, now)
const giveBack = (sql: SqlStorage, key: string, credits: number, now = T0, jobId = 'job') =>
  refundJob(sql, { key, jobId, credits, memo: MEMO }, now)
const lastEvent = (sql: SqlStorage) =>
  first<{ type: string; generation_id: string | null; data: string }>(
    sql,
    'SELECT type, generation_id, data FROM event ORDER BY seq DESC LIMIT 1',
  )!

describe('adjusting', () => {
  test('an admin adds credits once per key, with who, when and why in the books', () =>
    withNodeSql((sql) => {
      openAccount(sql, 50)
      const balances = { available: 120, held: 0, owed: 0 }
      expect(give(sql, 'adj_1', 70)).toEqual({ ok: true, applied: true, balances })
      expect(give(sql, 'adj_1', 70)).toEqual({ ok: true, applied: false, balances })
      expect(journal(sql, 2)).toEqual(['grant 70 source:adjustment>available adjustment:adj_1'])
      const { key, reference, memo } = entryRows(sql).at(-1)!
      expect([key, reference, JSON.parse(memo!)]).toEqual(['grant:adjustment:adj_1', 'adjustment:adj_1', MEMO])
      expect(first(sql, "SELECT category, expires_at FROM credit_grant WHERE source = 'adjustment'")).toEqual({
        ...{ category: 'promo', expires_at: null },
      })
      expect(lastEvent(sql)).toEqual({
        ...{ type: 'credits_changed', generation_id: null, data: '{"available":120,"held":0}' },
      })
    }))

  test('an admin takes credits once per key, in burn order', () =>
    withNodeSql((sql) => {
      openAccount(sql, 50)
      grantOf(sql, { key: 'pack', source: 'topup', category: 'paid', credits: 40 })
      const balances = { available: 20, held: 0, owed: 0 }
      expect(give(sql, 'adj_2', -70)).toEqual({ ok: true, applied: true, balances })
      expect(give(sql, 'adj_2', -70)).toEqual({ ok: true, applied: false, balances })
      expect(journal(sql, 3)).toEqual([
        'reversal 50 available>source:adjustment welcome',
        'reversal 20 available>source:adjustment pack',
      ])
      expect(entryRows(sql).at(-1)).toMatchObject({ key: 'reversal:adjustment:adj_2:1', reference: 'adjustment:adj_2' })
      expect(JSON.parse(entryRows(sql).at(-1)!.memo!)).toEqual(MEMO)
      expect(grantRow(sql, 'pack')).toMatchObject({ available: 20, reversed: 20 })
      assertBooks(sql)
    }))

  test('an admin takes all that is there, but never more: nobody owes by an adjustment', () =>
    withNodeSql((sql) => {
      openAccount(sql, 50)
      expect(give(sql, 'adj_3', -51)).toEqual({ ok: false, code: 'INSUFFICIENT_CREDITS', available: 50 })
      expect(journal(sql)).toHaveLength(1)
      expect(give(sql, 'adj_3', -50)).toMatchObject({ ok: true, applied: true, balances: { available: 0, owed: 0 } })
    }))

  test('what has expired is not there to be taken', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      grantOf(sql, { credits: 50, expiresAt: T0 + HOUR_MS })
      expect(give(sql, 'adj_4', -10, T0 + HOUR_MS)).toMatchObject({ ok: false, available: 0 })
    }))

  test('one key is one adjustment, also for the other direction', () =>
    withNodeSql((sql) => {
      openAccount(sql, 50)
      give(sql, 'adj_5', -10)
      expect(give(sql, 'adj_5', 10)).toMatchObject({ applied: false, balances: { available: 40 } })
      give(sql, 'adj_6', 10)
      expect(give(sql, 'adj_6', -10)).toMatchObject({ applied: false, balances: { available: 50 } })
    }))

  test('a gift may have an end', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      adjust(sql, { key: 'gift', credits: 70, expiresAt: T0 + HOUR_MS, memo: MEMO }, T0)
      expect(first(sql, 'SELECT expires_at FROM credit_grant')).toEqual({ expires_at: T0 + HOUR_MS })
    }))

  test('added credits pay first what is owed', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      startJob(sql, { poses: 3 })
      makePictures(sql, 'job', [DONE, DONE, DONE])
      pay(sql, 0)
      expect(give(sql, 'adj_7', 100)).toMatchObject({ balances: { available: 10, owed: 0 } })
    }))

  test.each([0, 0.5, Number.NaN])('an adjustment by %d is a mistake', (credits) =>
    withNodeSql((sql) => {
      openAccount(sql, 50)
      expect(() => give(sql, 'adj_8', credits)).toThrow('an adjustment is a whole number and not zero')
    }),
  )
})

describe('refunding', () => {
  /** Three pictures for 90 credits: 40 of a gift, then 50 of a pack. */
  function openMadeJob(sql: SqlStorage, giftEnds: number | null = null): void {
    openAccount(sql)
    grantOf(sql, { key: 'gift', credits: 40, source: 'promo', expiresAt: giftEnds })
    grantOf(sql, { key: 'pack', credits: 60, source: 'topup', category: 'paid' })
    startJob(sql, { poses: 3 })
    makePictures(sql, 'job', [DONE, DONE, DONE])
  }

  test('of 90 charged, 30 and 30 come back, then 60 are too many (A15)', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      expect(giveBack(sql, 'r1', 30)).toEqual({ ok: true, applied: true, refundable: 60 })
      expect(giveBack(sql, 'r2', 30)).toEqual({ ok: true, applied: true, refundable: 30 })
      expect(giveBack(sql, 'r3', 60)).toEqual({ ok: false, code: 'EXCEEDS_CHARGE', refundable: 30 })
      expect(giveBack(sql, 'r4', 30)).toEqual({ ok: true, applied: true, refundable: 0 })
      expect(giveBack(sql, 'r5', 1)).toMatchObject({ ok: false, refundable: 0 })
      expect(lastBalances(sql)).toEqual({ available: 100, held: 0, owed: 0 })
      assertBooks(sql)
    }))

  test('twenty refunds of one generation by one key are one refund (A14)', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      const answers = Array.from({ length: 20 }, () => giveBack(sql, 'r1', 90))
      expect(answers.filter((answer) => answer.ok && answer.applied)).toHaveLength(1)
      expect(answers.at(-1)).toEqual({ ok: true, applied: false, refundable: 0 })
      expect(lastBalances(sql).available).toBe(100)
    }))

  test('twenty refunds under keys of their own never exceed the charge (A14)', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      const answers = Array.from({ length: 20 }, (_, n) => giveBack(sql, `r${n}`, 90))
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
      expect(lastBalances(sql).available).toBe(100)
    }))

  test('credits come back to the grants that paid, last burnt first', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      const before = entryRows(sql).length
      giveBack(sql, 'r1', 30)
      giveBack(sql, 'r2', 40)
      expect(journal(sql, before + 1)).toEqual([
        'refund 30 spent>available pack',
        'refund 20 spent>available pack',
        'refund 20 spent>available gift',
      ])
      expect(entryRows(sql).slice(-2)).toMatchObject([
        { key: 'refund:r2:0', reference: 'job', at: T0 },
        { key: 'refund:r2:1', reference: 'job' },
      ])
      expect(JSON.parse(entryRows(sql).at(-1)!.memo!)).toEqual(MEMO)
      expect(grantRow(sql, 'gift')).toMatchObject({ available: 20, spent: 20 })
      expect(grantRow(sql, 'pack')).toMatchObject({ available: 60, spent: 0 })
      expect(first(sql, 'SELECT refunded FROM hold')).toEqual({ refunded: 70 })
      expect(lastEvent(sql)).toEqual({
        ...{ type: 'credits_changed', generation_id: 'job', data: '{"available":80,"held":0}' },
      })
    }))

  test('what comes back to a grant that has expired expires at once', () =>
    withNodeSql((sql) => {
      openMadeJob(sql, T0 + HOUR_MS)
      giveBack(sql, 'r1', 90, T0 + HOUR_MS)
      expect(grantRow(sql, 'gift')).toMatchObject({ available: 0, spent: 0, expired: 40 })
      expect(lastBalances(sql).available).toBe(60)
      assertBooks(sql)
    }))

  test('what comes back pays first what is owed', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      startJob(sql, { poses: 3 })
      makePictures(sql, 'job', [DONE, DONE, DONE])
      pay(sql, 0)
      giveBack(sql, 'r1', 30)
      expect(lastBalances(sql)).toEqual({ available: 0, held: 0, owed: 60 })
      giveBack(sql, 'r2', 60)
      expect(lastBalances(sql)).toEqual({ available: 0, held: 0, owed: 0 })
      assertBooks(sql)
    }))

  test('only what was charged can come back: failed pictures cost nothing', () =>
    withNodeSql((sql) => {
      openAccount(sql, 90)
      startJob(sql, { poses: 3 })
      makePictures(sql, 'job', [DONE, FAILED])
      expect(giveBack(sql, 'r1', 31)).toEqual({ ok: false, code: 'EXCEEDS_CHARGE', refundable: 30 })
      expect(giveBack(sql, 'r1', 30)).toEqual({ ok: true, applied: true, refundable: 0 })
    }))

  test('each job has its own charge, and an unknown one has none', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      grantOf(sql, { credits: 50 })
      startJob(sql, { key: 'other', poses: 2 })
      makePictures(sql, 'other', [DONE, DONE])
      expect(giveBack(sql, 'r1', 60, T0, 'other')).toEqual({ ok: true, applied: true, refundable: 0 })
      expect(giveBack(sql, 'r2', 90)).toEqual({ ok: true, applied: true, refundable: 0 })
      expect(giveBack(sql, 'r3', 1, T0, 'nobody')).toEqual({ ok: false, code: 'UNKNOWN_JOB', refundable: 0 })
      expect(all(sql, 'SELECT job_id, refunded FROM hold ORDER BY job_id')).toEqual([
        { job_id: 'job', refunded: 90 },
        { job_id: 'other', refunded: 60 },
      ])
    }))

  test('a refund brings the job to D1 again, so that lists show it', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      sql.exec('UPDATE job SET project_due_at = NULL')
      giveBack(sql, 'r1', 30, T0 + DAY_MS)
      expect(first(sql, 'SELECT project_due_at FROM job')).toEqual({ project_due_at: T0 + DAY_MS })
    }))

  test.each([0, -30, 0.5])('a refund of %d credits is a mistake', (credits) =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      expect(() => giveBack(sql, 'r1', credits)).toThrow('a refund is a positive whole number')
    }),
  )

  test('a charge that the entries do not bear out is not refunded', () =>
    withNodeSql((sql) => {
      openAccount(sql, 90)
      startJob(sql, { poses: 3 })
      sql.exec('UPDATE hold SET charged = 30')
      expect(() => refund(sql, { key: 'r', jobId: 'job', credits: 30, memo: MEMO }, T0)).toThrow(
        'what a job was charged is what its entries say',
      )
    }))

  test('what came back can be spent again', () =>
    withNodeSql((sql) => {
      openMadeJob(sql)
      expect(start(sql, askFor({ key: 'again', poses: 3 }), T0)).toMatchObject({
        ok: false,
        required: 90,
        available: 10,
      })
      giveBack(sql, 'r1', 90)
      expect(start(sql, askFor({ key: 'again', poses: 3 }), T0)).toMatchObject({ ok: true })
    }))
})
