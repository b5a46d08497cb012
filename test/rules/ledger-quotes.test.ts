import { describe, expect, test } from 'vitest'
import { lastBalances } from '../../durable-objects/user/entries'
import { makeQuote, type QuoteAsk, termsOf } from '../../durable-objects/user/quotes'
import { all, first } from '../../durable-objects/user/rows'
import { start } from '../../durable-objects/user/start'
import { withNodeSql } from '../support/node-sql'
import {
  askFor,
  DAY_MS,
  DONE,
  giveQuota,
  grantOf,
  HOUR_MS,
  journal,
  MINUTE_MS,
  makePictures,
  openAccount,
  pay,
  startJob,
  T0,
} from './ledger-fixtures'

const LIMITS = { posesPerHour: 60, generatesPerMinute: 5 }
const LIFETIME_MS = 15 * MINUTE_MS
const MIDNIGHT = Date.UTC(2026, 10, 20, 17)

const quoteAsk = (ask: Partial<QuoteAsk> = {}): QuoteAsk => ({
  ...{ id: 'quo_1', app: 'pose-generator', fingerprint: 'three boxes', pictures: 3, limits: LIMITS },
  ...{ price: { poseCredits: 30, backgroundCredits: 10 }, ...ask },
})
const quoteFor = (sql: SqlStorage, ask: Partial<QuoteAsk> = {}, now = T0) => makeQuote(sql, quoteAsk(ask), now)

/** A start that names the quote, for what it was made for unless the test says otherwise. */
const startQuoted = (sql: SqlStorage, wish: Parameters<typeof askFor>[0] = {}, now = T0, fingerprint = 'three boxes') =>
  start(sql, askFor({ poses: 3, quote: { id: 'quo_1', fingerprint }, ...wish }), now)

describe('what a quote says', () => {
  test('the price of every picture, the balance, and how long it binds; nothing is reserved', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      const { limits, ...quote } = quoteFor(sql)
      expect(quote).toEqual({
        ...{ id: 'quo_1', fund: 'credits', pictures: 3, poseCredits: 30, backgroundCredits: 10, credits: 120 },
        ...{ available: 200, expiresAt: T0 + LIFETIME_MS },
      })
      const byName = limits.sort((a, b) => (a.limit < b.limit ? -1 : 1))
      expect(byName).toEqual([
        { limit: 'credits', allowsPictures: 5, binds: true, resetsAt: null },
        { limit: 'generatesPerMinute', allowsPictures: 500, binds: false, resetsAt: null },
        { limit: 'picturesPerGeneration', allowsPictures: 500, binds: false, resetsAt: null },
        { limit: 'posesPerHour', allowsPictures: 60, binds: false, resetsAt: T0 + HOUR_MS },
      ])
      expect(lastBalances(sql)).toEqual({ available: 200, held: 0, owed: 0 })
      expect(journal(sql)).toHaveLength(1)
    }))

  test('by a plan the pose is free, the background is not, and the day may bind', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      giveQuota(sql, 4)
      const quote = quoteFor(sql)
      expect(quote).toMatchObject({ fund: 'unlimited', poseCredits: 0, backgroundCredits: 10, credits: 30 })
      expect(quote.limits).toContainEqual({ limit: 'dailyQuota', allowsPictures: 4, binds: true, resetsAt: MIDNIGHT })
      expect(quote.limits).toContainEqual({ limit: 'credits', allowsPictures: 20, binds: false, resetsAt: null })
    }))

  test('credits do not limit what costs none', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      giveQuota(sql, 4)
      const quote = quoteFor(sql, { price: { poseCredits: 30, backgroundCredits: 0 } })
      expect(quote).toMatchObject({ fund: 'unlimited', credits: 0 })
      expect(quote.limits.map(({ limit }) => limit)).not.toContain('credits')
    }))

  test('who owes gets nothing, by credits or by a plan', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      startJob(sql, { poses: 3 })
      makePictures(sql, 'job', [DONE, DONE, DONE])
      pay(sql, 0)
      giveQuota(sql, 4)
      const nothing = { limit: 'credits', allowsPictures: 0, binds: true, resetsAt: null }
      expect(quoteFor(sql).limits).toContainEqual(nothing)
      expect(quoteFor(sql, { id: 'quo_2', fund: 'credits' }).limits).toContainEqual(nothing)
      const free = { poseCredits: 30, backgroundCredits: 0 }
      expect(quoteFor(sql, { id: 'quo_3', price: free }).limits).toContainEqual(nothing)
    }))

  test('a quota that is wanted for later is left alone', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      giveQuota(sql, 4)
      expect(quoteFor(sql, { fund: 'credits' })).toMatchObject({ fund: 'credits', credits: 120 })
    }))

  test('what the hour has used is not offered again, and the tightest limit binds', () =>
    withNodeSql((sql) => {
      openAccount(sql, 1_000)
      startJob(sql, { poses: 2 })
      const { limits } = quoteFor(sql, { limits: { posesPerHour: 3, generatesPerMinute: 5 } })
      expect(limits.filter(({ binds }) => binds)).toEqual([
        { limit: 'posesPerHour', allowsPictures: 1, binds: true, resetsAt: T0 + HOUR_MS },
      ])
    }))

  test('of two limits that are as tight one binds', () =>
    withNodeSql((sql) => {
      openAccount(sql, 40)
      giveQuota(sql, 4)
      const { limits } = quoteFor(sql)
      expect(limits.filter(({ allowsPictures }) => allowsPictures === 4)).toHaveLength(2)
      expect(limits.filter(({ binds }) => binds)).toHaveLength(1)
    }))

  test('what has expired is not available', () =>
    withNodeSql((sql) => {
      openAccount(sql, 40)
      grantOf(sql, { key: 'gift', expiresAt: T0 + 1 })
      expect(quoteFor(sql, {}, T0 + 1)).toMatchObject({ available: 40 })
    }))

  test.each([0, -1, 1.5])('nothing is quoted for %d pictures', (pictures) =>
    withNodeSql((sql) => {
      openAccount(sql)
      expect(() => quoteFor(sql, { pictures })).toThrow('a quote is for pictures')
    }),
  )
})

describe('what a quote binds to', () => {
  test('the quoted price holds when prices go up in between', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      quoteFor(sql)
      const dearer = { price: { poseCredits: 60, backgroundCredits: 20 } }
      expect(startQuoted(sql, dearer, T0 + LIFETIME_MS - 1)).toMatchObject({ ok: true, job: { creditsHeld: 120 } })
    }))

  test('a quote pays for one generation', () =>
    withNodeSql((sql) => {
      openAccount(sql, 500)
      quoteFor(sql)
      quoteFor(sql, { id: 'quo_2' })
      expect(startQuoted(sql)).toMatchObject({ ok: true })
      expect(all(sql, 'SELECT id, used_by FROM quote ORDER BY id')).toEqual([
        { id: 'quo_1', used_by: 'job' },
        { id: 'quo_2', used_by: null },
      ])
      expect(startQuoted(sql, { key: 'again' })).toEqual({ ok: false, code: 'QUOTE_USED' })
      expect(startQuoted(sql)).toMatchObject({ ok: true, replayed: true })
    }))

  test('after fifteen minutes it binds nobody', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      quoteFor(sql)
      expect(startQuoted(sql, {}, T0 + LIFETIME_MS)).toEqual({ ok: false, code: 'QUOTE_EXPIRED' })
    }))

  test('it binds for the request that it was made for', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      quoteFor(sql)
      expect(startQuoted(sql, {}, T0, 'four boxes')).toEqual({ ok: false, code: 'QUOTE_MISMATCH' })
      const ask = askFor({ poses: 3, quote: { id: 'quo_1', fingerprint: 'three boxes' } })
      expect(
        start(
          sql,
          { ...ask, job: { ...ask.job, app: 'backgrounds', params: { wish: { mode: 'transparent', shadow: false } } } },
          T0,
        ),
      ).toEqual({
        ...{ ok: false, code: 'QUOTE_MISMATCH' },
      })
      expect(startQuoted(sql, { poses: 4 })).toEqual({ ok: false, code: 'QUOTE_MISMATCH' })
      expect(startQuoted(sql, { quote: { id: 'quo_9', fingerprint: 'three boxes' } })).toEqual({
        ...{ ok: false, code: 'QUOTE_UNKNOWN' },
      })
      expect(startQuoted(sql)).toMatchObject({ ok: true })
    }))

  test('a quote in credits leaves the quota alone when a plan came in between', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      quoteFor(sql)
      giveQuota(sql, 10)
      expect(startQuoted(sql)).toMatchObject({ ok: true, job: { fund: 'credits', creditsHeld: 120 } })
      expect(all(sql, 'SELECT * FROM quota_day')).toEqual([])
    }))

  test('a quote by a plan that ended meanwhile binds nobody: there is no quota to keep it with', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      giveQuota(sql, 10, T0 + MINUTE_MS)
      quoteFor(sql)
      expect(startQuoted(sql, {}, T0 + MINUTE_MS)).toEqual({ ok: false, code: 'QUOTE_EXPIRED' })
      expect(startQuoted(sql, {}, T0 + MINUTE_MS - 1)).toMatchObject({ ok: true, job: { fund: 'unlimited' } })
    }))

  test('a quote by a plan whose money went back binds nobody', () =>
    withNodeSql((sql) => {
      openAccount(sql, 200)
      const plan = { paymentId: 'pay_2', productId: 'basic', dailyQuota: 50, cycleMonths: 1, credits: 0 }
      pay(sql, 10_000, plan)
      quoteFor(sql)
      pay(sql, 0, plan)
      expect(startQuoted(sql)).toEqual({ ok: false, code: 'QUOTE_EXPIRED' })
    }))

  test('a quote does not stretch a balance or a day', () =>
    withNodeSql((sql) => {
      openAccount(sql, 100)
      quoteFor(sql)
      const refusal = { ok: false, code: 'INSUFFICIENT_CREDITS', required: 120, available: 100, owed: 0 }
      expect(startQuoted(sql)).toEqual(refusal)
      giveQuota(sql, 2)
      quoteFor(sql, { id: 'quo_2', price: { poseCredits: 30, backgroundCredits: 0 } })
      expect(startQuoted(sql, { quote: { id: 'quo_2', fingerprint: 'three boxes' } })).toEqual({
        ...{ ok: false, code: 'QUOTA_EXCEEDED', required: 3, remaining: 2, resetsAt: MIDNIGHT },
      })
      expect(first(sql, "SELECT used_by FROM quote WHERE id = 'quo_1'")).toEqual({ used_by: null })
    }))
})

test('the fund of a request: a plan in force, unless credits are asked for', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    const price = { poseCredits: 30, backgroundCredits: 10 }
    expect(termsOf(sql, { price }, T0)).toEqual({ fund: 'credits', ...price })
    giveQuota(sql, 10, T0 + DAY_MS)
    expect(termsOf(sql, { price }, T0)).toEqual({ fund: 'unlimited', poseCredits: 0, backgroundCredits: 10 })
    expect(termsOf(sql, { price, fund: 'credits' }, T0)).toEqual({ fund: 'credits', ...price })
    expect(termsOf(sql, { price }, T0 + DAY_MS)).toEqual({ fund: 'credits', ...price })
  }))

test('old quotes go, those that still bind stay however many there are', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    const id = (n: number) => `quo_${String(n).padStart(4, '0')}`
    for (let n = 0; n < 120; n++) quoteFor(sql, { id: id(n) })
    expect(all(sql, 'SELECT id FROM quote')).toHaveLength(120)
    quoteFor(sql, { id: id(120) }, T0 + LIFETIME_MS)
    const kept = all<{ id: string }>(sql, 'SELECT id FROM quote ORDER BY id')
    expect([kept.length, kept[0]?.id]).toEqual([100, id(21)])
  }))
