import { describe, expect, test } from 'vitest'
import { lastBalances } from '../../durable-objects/user/entries'
import {
  assertBooks,
  charge,
  closeHold,
  expireDue,
  nextExpiry,
  openHold,
  release,
} from '../../durable-objects/user/ledger'
import { all, first } from '../../durable-objects/user/rows'
import type { GrantAsk } from '../../src/credits/types'
import { availableCredits } from '../support/available-credits'
import { withNodeSql } from '../support/node-sql'
import { DAY_MS, entryRows, grantOf, grantRow, HOUR_MS, journal, MEMO, T0 } from './ledger-fixtures'

const holdRow = (sql: SqlStorage, jobId = 'job') =>
  first(sql, 'SELECT credits, charged, released, refunded, closed_at FROM hold WHERE job_id = ?', jobId)

const partsOf = (sql: SqlStorage, jobId = 'job') =>
  all<{ grant_id: string; held: number }>(
    sql,
    'SELECT grant_id, held FROM hold_part WHERE job_id = ? ORDER BY position',
    jobId,
  ).map(({ grant_id, held }) => `${held} ${grant_id}`)

describe('granting', () => {
  test('credits arrive once however often they are granted', () =>
    withNodeSql((sql) => {
      expect(availableCredits(sql)).toBe(0)
      expect(grantOf(sql, { credits: 100 })).toBe(true)
      expect(grantOf(sql, { credits: 100 })).toBe(false)
      expect(availableCredits(sql)).toBe(100)
      expect(journal(sql)).toEqual(['grant 100 source:welcome>available welcome'])
    }))

  test('an entry says what it belongs to, and who asked why', () =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'payment:pay_1:2', source: 'topup', reference: 'payment:pay_1', memo: MEMO })
      grantOf(sql)
      expect(entryRows(sql)).toMatchObject([
        { key: 'grant:payment:pay_1:2', grant_id: 'payment:pay_1:2', reference: 'payment:pay_1', at: T0 },
        { key: 'grant:welcome', grant_id: 'welcome', reference: 'welcome', memo: null },
      ])
      expect(JSON.parse(entryRows(sql)[0]!.memo!)).toEqual(MEMO)
    }))

  test('a grant remembers its source, category, size and end', () =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'pack', source: 'topup', category: 'paid', credits: 70, expiresAt: T0 + DAY_MS })
      expect(first(sql, 'SELECT * FROM credit_grant')).toEqual({
        ...{ id: 'pack', source: 'topup', category: 'paid', priority: 60, credits: 70, available: 70 },
        ...{ held: 0, spent: 0, expired: 0, reversed: 0, expires_at: T0 + DAY_MS, created_at: T0 },
      })
    }))

  test.each([0, -1, 0.5, Number.NaN, 2 ** 53])('nobody is granted %d credits', (credits) =>
    withNodeSql((sql) => {
      expect(() => grantOf(sql, { credits })).toThrow('a grant is a positive whole number')
      expect(entryRows(sql)).toEqual([])
    }),
  )
})

describe('burn order', () => {
  const paid = { category: 'paid', source: 'topup' } as const
  const promo = { category: 'promo', source: 'adjustment' } as const
  const soon = T0 + HOUR_MS
  /** Which of two grants burns first; the other was there before it. */
  const cases: [string, Partial<GrantAsk>, Partial<GrantAsk>][] = [
    ['a gift before what was paid for', { source: 'promo' }, { ...promo, expiresAt: soon }],
    ['credits of a plan before a pack', { source: 'plan', category: 'paid' }, paid],
    ['a gift before credits of a plan', { source: 'welcome' }, { source: 'plan' }],
    ['what expires first', { ...paid, expiresAt: soon }, { ...promo, expiresAt: soon + 1 }],
    ['what expires before what does not', { ...paid, expiresAt: soon }, promo],
    ['promo before paid of the same priority and end', promo, paid],
  ]
  test.each(cases)('%s is spent first (A25)', (_, first, second) =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'a', ...second }, T0 - 1)
      grantOf(sql, { key: 'b', ...first }, T0)
      openHold(sql, 'job', 150, T0)
      expect(partsOf(sql)).toEqual(['100 b', '50 a'])
    }),
  )

  test('the older of two equal grants is spent first, then the one with the lower id (A25)', () =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'b' }, T0)
      grantOf(sql, { key: 'c' }, T0 - 1)
      grantOf(sql, { key: 'a' }, T0)
      openHold(sql, 'job', 300, T0)
      expect(partsOf(sql)).toEqual(['100 c', '100 a', '100 b'])
    }))
})

describe('holding', () => {
  test('a hold takes only what it needs, and grants used up are passed over', () =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'a', credits: 30 })
      grantOf(sql, { key: 'b', credits: 50 })
      openHold(sql, 'one', 30, T0)
      openHold(sql, 'two', 20, T0)
      expect(partsOf(sql, 'one')).toEqual(['30 a'])
      expect(partsOf(sql, 'two')).toEqual(['20 b'])
      expect(journal(sql, 3)).toEqual(['hold 30 available>held a', 'hold 20 available>held b'])
      expect(entryRows(sql).slice(2)).toMatchObject([
        { key: 'hold:one:0', reference: 'one', at: T0 },
        { key: 'hold:two:0', reference: 'two' },
      ])
      expect(lastBalances(sql)).toEqual({ available: 30, held: 50, owed: 0 })
      expect([grantRow(sql, 'a'), grantRow(sql, 'b')]).toMatchObject([
        { available: 0, held: 30 },
        { available: 30, held: 20 },
      ])
    }))

  test('a job that costs nothing holds nothing', () =>
    withNodeSql((sql) => {
      grantOf(sql)
      openHold(sql, 'job', 0, T0)
      expect(holdRow(sql)).toEqual({ credits: 0, charged: 0, released: 0, refunded: 0, closed_at: null })
      expect(partsOf(sql)).toEqual([])
    }))

  test.each([-1, 0.5, Number.NaN])('a hold of %d credits is a mistake', (credits) =>
    withNodeSql((sql) => {
      grantOf(sql)
      expect(() => openHold(sql, 'job', credits, T0)).toThrow('a hold is a whole number')
    }),
  )

  test('a hold beyond what is available is refused whole', () =>
    withNodeSql((sql, { transaction }) => {
      grantOf(sql, { credits: 29 })
      expect(() => transaction(() => openHold(sql, 'job', 30, T0))).toThrow('a hold never exceeds what is available')
      expect(lastBalances(sql)).toEqual({ available: 29, held: 0, owed: 0 })
      expect(holdRow(sql)).toBeUndefined()
    }))
})

describe('settling', () => {
  /** 70 credits held: 30 of grant a, then 40 of grant b. */
  function openTwoGrants(sql: SqlStorage, expiresAt: number | null = null): void {
    grantOf(sql, { key: 'a', credits: 30, source: 'promo', expiresAt })
    grantOf(sql, { key: 'b', credits: 60, source: 'topup' })
    openHold(sql, 'job', 70, T0)
  }

  test('a charge spends the grants that burn first', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      charge(sql, 'job', 'job:v0', 20, T0)
      charge(sql, 'job', 'job:v1', 20, T0 + 1)
      expect(journal(sql, 5)).toEqual(['settle 20 held>spent a', 'settle 10 held>spent a', 'settle 10 held>spent b'])
      expect(entryRows(sql).slice(4)).toMatchObject([
        { key: 'settle:job:v0:0', reference: 'job', at: T0 },
        { key: 'settle:job:v1:0', reference: 'job', at: T0 + 1 },
        { key: 'settle:job:v1:1', reference: 'job', at: T0 + 1 },
      ])
      expect(holdRow(sql)).toMatchObject({ credits: 70, charged: 40, released: 0 })
      expect([grantRow(sql, 'a'), grantRow(sql, 'b')]).toMatchObject([
        { held: 0, spent: 30 },
        { held: 30, spent: 10, available: 20 },
      ])
      assertBooks(sql)
    }))

  test('a release goes back to the grants it came from, last burnt first', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      release(sql, 'job', 'job:v0', 30, T0)
      release(sql, 'job', 'job:v1', 20, T0)
      expect(journal(sql, 5)).toEqual([
        'release 30 held>available b',
        'release 10 held>available b',
        'release 10 held>available a',
      ])
      expect(entryRows(sql).at(-1)).toMatchObject({ key: 'release:job:v1:0', reference: 'job' })
      expect(entryRows(sql).at(-2)).toMatchObject({ key: 'release:job:v1:1' })
      expect(holdRow(sql)).toMatchObject({ charged: 0, released: 50 })
      expect([grantRow(sql, 'a'), grantRow(sql, 'b')]).toMatchObject([
        { available: 10, held: 20 },
        { available: 60, held: 0 },
      ])
      assertBooks(sql)
    }))

  test('what returns to a grant that expired meanwhile returns and then expires, both in the books (A26)', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql, T0 + HOUR_MS)
      release(sql, 'job', 'job:v0', 50, T0 + HOUR_MS)
      expect(journal(sql, 5)).toEqual([
        'release 40 held>available b',
        'release 10 held>available a',
        'expire 10 available>expired a',
      ])
      expect(grantRow(sql, 'a')).toEqual({ available: 0, held: 20, spent: 0, expired: 10, reversed: 0 })
      charge(sql, 'job', 'job:v1', 20, T0 + DAY_MS)
      expect(grantRow(sql, 'a')).toMatchObject({ held: 0, spent: 20 })
      assertBooks(sql)
    }))

  test('a moment before its end a grant still takes back what it gave', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql, T0 + HOUR_MS)
      release(sql, 'job', 'job:v0', 70, T0 + HOUR_MS - 1)
      expect(grantRow(sql, 'a')).toMatchObject({ available: 30, expired: 0 })
    }))

  test('a picture is charged and released once: the same key again is an error that changes nothing', () =>
    withNodeSql((sql, { transaction }) => {
      openTwoGrants(sql)
      charge(sql, 'job', 'job:v0', 10, T0)
      release(sql, 'job', 'job:v0', 10, T0)
      const before = journal(sql)
      expect(() => transaction(() => charge(sql, 'job', 'job:v0', 10, T0))).toThrow('entries are append-only')
      expect(() => transaction(() => release(sql, 'job', 'job:v0', 10, T0))).toThrow('entries are append-only')
      expect(journal(sql)).toEqual(before)
      assertBooks(sql)
    }))

  test.each([-1, 0.5])('a share of %d credits is a mistake', (credits) =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      expect(() => charge(sql, 'job', 'k', credits, T0)).toThrow('a share of a hold is a whole number')
      expect(() => release(sql, 'job', 'k', credits, T0)).toThrow('a share of a hold is a whole number')
    }),
  )

  test('a share of nothing is nothing', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      charge(sql, 'job', 'k', 0, T0)
      expect(journal(sql, 5)).toEqual([])
    }))

  test('more than a hold has left can neither be charged nor released', () =>
    withNodeSql((sql, { transaction }) => {
      openTwoGrants(sql)
      charge(sql, 'job', 'job:v0', 60, T0)
      for (const take of [charge, release])
        expect(() => transaction(() => take(sql, 'job', 'k', 11, T0))).toThrow('a share never exceeds its hold')
      expect(lastBalances(sql)).toEqual({ available: 20, held: 10, owed: 0 })
    }))

  test('one job never spends what another holds', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      openHold(sql, 'other', 20, T0)
      expect(() => charge(sql, 'other', 'k', 21, T0)).toThrow('a share never exceeds its hold')
    }))

  test('a hold closes when every credit of it was charged or released', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      charge(sql, 'job', 'job:v0', 30, T0)
      expect(() => closeHold(sql, 'job', T0)).toThrow('CHECK')
      release(sql, 'job', 'job:v1', 40, T0)
      closeHold(sql, 'job', T0 + 5)
      closeHold(sql, 'job', T0 + 9)
      expect(holdRow(sql)).toMatchObject({ charged: 30, released: 40, closed_at: T0 + 5 })
      expect(partsOf(sql)).toEqual([])
    }))

  test('a hold whose parts and sums disagree does not close, and other holds stay', () =>
    withNodeSql((sql) => {
      openTwoGrants(sql)
      openHold(sql, 'other', 20, T0)
      sql.exec("UPDATE hold SET charged = 70 WHERE job_id = 'job'")
      expect(() => closeHold(sql, 'job', T0)).toThrow('a closed hold keeps nothing')
      release(sql, 'other', 'k', 20, T0)
      closeHold(sql, 'other', T0)
      expect(partsOf(sql)).toEqual(['30 a', '40 b'])
    }))
})

describe('expiry', () => {
  test('what is available at the end of a grant expires by an entry of its own (A25)', () =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'a', credits: 50, expiresAt: T0 + HOUR_MS })
      grantOf(sql, { key: 'b', credits: 20, expiresAt: T0 + 2 * HOUR_MS })
      grantOf(sql, { key: 'c', credits: 10 })
      openHold(sql, 'job', 30, T0)
      expect(nextExpiry(sql)).toBe(T0 + HOUR_MS)
      expireDue(sql, T0 + HOUR_MS - 1)
      expect(availableCredits(sql)).toBe(50)
      expireDue(sql, T0 + HOUR_MS)
      expect(journal(sql, 5)).toEqual(['expire 20 available>expired a'])
      expect(entryRows(sql).at(-1)).toMatchObject({ key: 'expire:a:5', reference: 'a', at: T0 + HOUR_MS })
      expect(grantRow(sql, 'a')).toEqual({ available: 0, held: 30, spent: 0, expired: 20, reversed: 0 })
      expect(nextExpiry(sql)).toBe(T0 + 2 * HOUR_MS)
      expireDue(sql, T0 + DAY_MS)
      expect(nextExpiry(sql)).toBeNull()
      expect(availableCredits(sql)).toBe(10)
      assertBooks(sql)
    }))

  test('an expiry that was posted is not posted again', () =>
    withNodeSql((sql) => {
      grantOf(sql, { expiresAt: T0 })
      expireDue(sql, T0)
      expireDue(sql, T0 + DAY_MS)
      expect(journal(sql)).toHaveLength(2)
    }))

  test('a grant can lose credits by age more than once, as its holds end', () =>
    withNodeSql((sql) => {
      grantOf(sql, { key: 'a', credits: 60, expiresAt: T0 + 1 })
      openHold(sql, 'job', 60, T0)
      release(sql, 'job', 'v0', 30, T0 + 1)
      release(sql, 'job', 'v1', 30, T0 + 2)
      expect(grantRow(sql, 'a')).toMatchObject({ available: 0, held: 0, expired: 60 })
      expect(entryRows(sql).map(({ key }) => key)).toEqual([
        ...['grant:a', 'hold:job:0', 'release:v0:0', 'expire:a:4', 'release:v1:0', 'expire:a:6'],
      ])
    }))
})
