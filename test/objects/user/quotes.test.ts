import { describe, expect, test } from 'vitest'
import { beginCheck, converge } from '../../../durable-objects/user/purchases'
import { makeQuote, type QuoteAsk } from '../../../durable-objects/user/quotes'
import { number } from '../../../durable-objects/user/rows'
import { start } from '../../../durable-objects/user/start'
import { newId } from '../../../src/kernel/ids'
import { QUOTE_LIFETIME_MS, QUOTES_KEPT } from '../../../src/kernel/limits'
import { entries, giveQuota, grantOf, HOUR_MS, openAccount, startAsk, startJob, T0, withSql } from '../../support/jobs'

const LIMITS = { posesPerHour: 100, generatesPerMinute: 3 }

const quoteAsk = (wish: Partial<QuoteAsk> = {}): QuoteAsk => ({
  ...{ id: newId('quote'), app: 'pose-generator', fingerprint: 'print', pictures: 2, limits: LIMITS },
  price: { poseCredits: 30, backgroundCredits: 0 },
  ...wish,
})

/** Starts what the quote is for, at prices of today that are another. */
const startWith = (sql: SqlStorage, id: string, now: number, fingerprint = 'print') =>
  start(
    sql,
    startAsk({ poses: 2, quote: { id, fingerprint }, limits: { posesPerHour: 1e6, generatesPerMinute: 1e6 } }),
    now,
  )

describe('a quote', () => {
  test('reserves nothing and writes nothing into the ledger', () =>
    withSql((sql) => {
      openAccount(sql, 100)
      const quote = makeQuote(sql, quoteAsk(), T0)
      expect(quote).toMatchObject({ fund: 'credits', credits: 60, available: 100, expiresAt: T0 + QUOTE_LIFETIME_MS })
      expect(entries(sql)).toHaveLength(1)
    }))

  test('binds to its last millisecond, and not one longer', () =>
    withSql((sql) => {
      openAccount(sql, 300)
      const [kept, late] = [makeQuote(sql, quoteAsk(), T0), makeQuote(sql, quoteAsk(), T0)]
      expect(startWith(sql, kept.id, T0 + QUOTE_LIFETIME_MS - 1)).toMatchObject({ ok: true })
      expect(startWith(sql, late.id, T0 + QUOTE_LIFETIME_MS)).toEqual({ ok: false, code: 'QUOTE_EXPIRED' })
    }))

  test('that failed for want of credits still binds when they are there', () =>
    withSql((sql) => {
      openAccount(sql, 10)
      const { id } = makeQuote(sql, quoteAsk({ price: { poseCredits: 4, backgroundCredits: 2 } }), T0)
      expect(startWith(sql, id, T0)).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 12, available: 10 })
      grantOf(sql, { key: 'gift', credits: 2 })
      expect(startWith(sql, id, T0)).toMatchObject({ ok: true, job: { creditsHeld: 12 } })
    }))

  test('of a plan is void when the plan has ended meanwhile', () =>
    withSql((sql) => {
      openAccount(sql, 300)
      giveQuota(sql, { dailyQuota: 10, expiresAt: T0 + 1_000 })
      const { id, fund, credits } = makeQuote(sql, quoteAsk(), T0)
      expect({ fund, credits }).toEqual({ fund: 'unlimited', credits: 0 })
      expect(startWith(sql, id, T0 + 1_000)).toEqual({ ok: false, code: 'QUOTE_EXPIRED' })
    }))

  test('in credits stays in credits when a plan begins meanwhile', () =>
    withSql((sql) => {
      openAccount(sql, 300)
      const { id } = makeQuote(sql, quoteAsk(), T0)
      giveQuota(sql, { dailyQuota: 10, expiresAt: null })
      expect(startWith(sql, id, T0)).toMatchObject({ ok: true, job: { fund: 'credits', creditsHeld: 60 } })
    }))

  test('is never given up while it binds, however many are asked for', () =>
    withSql((sql) => {
      openAccount(sql, 300)
      const first = makeQuote(sql, quoteAsk(), T0)
      for (let n = 0; n < QUOTES_KEPT + 20; n++) makeQuote(sql, quoteAsk(), T0 + n)
      expect(startWith(sql, first.id, T0 + 1_000)).toMatchObject({ ok: true })
      makeQuote(sql, quoteAsk(), T0 + HOUR_MS)
      expect(number(sql, 'SELECT COUNT(*) FROM quote')).toBe(QUOTES_KEPT)
    }))
})

describe('the limit that would bind', () => {
  const binding = (sql: SqlStorage, wish: Partial<QuoteAsk> = {}) => {
    const { limits } = makeQuote(sql, quoteAsk(wish), T0)
    expect(limits.filter(({ binds }) => binds)).toHaveLength(1)
    return limits.find(({ binds }) => binds)
  }

  test('is the credits when there are few', () =>
    withSql((sql) => {
      openAccount(sql, 100)
      expect(binding(sql)).toMatchObject({ limit: 'credits', allowsPictures: 3, resetsAt: null })
      expect(binding(sql, { price: { poseCredits: 30, backgroundCredits: 10 } })).toMatchObject({ allowsPictures: 2 })
    }))

  test('is the hour when there are many', () =>
    withSql((sql) => {
      openAccount(sql, 30_000)
      startJob(sql, { poses: 60 })
      expect(binding(sql)).toMatchObject({ limit: 'posesPerHour', allowsPictures: 40, resetsAt: T0 + HOUR_MS })
    }))

  test('is the minute when three were started in it', () =>
    withSql((sql) => {
      openAccount(sql, 30_000)
      for (let n = 0; n < 3; n++) startJob(sql)
      expect(binding(sql)).toMatchObject({ limit: 'generatesPerMinute', allowsPictures: 0 })
    }))

  test('is the day of a plan, unless credits are asked for', () =>
    withSql((sql) => {
      openAccount(sql, 1_000)
      giveQuota(sql, { dailyQuota: 5, expiresAt: null })
      expect(binding(sql)).toMatchObject({ limit: 'dailyQuota', allowsPictures: 5 })
      expect(binding(sql, { fund: 'credits' })).toMatchObject({ limit: 'credits', allowsPictures: 33 })
    }))

  test('is the debt of who owes, even where a plan would pay', () =>
    withSql((sql) => {
      openAccount(sql)
      giveQuota(sql, { dailyQuota: 50, expiresAt: null })
      owe(sql)
      expect(binding(sql)).toMatchObject({ limit: 'credits', allowsPictures: 0 })
      expect(start(sql, startAsk(), T0)).toMatchObject({ ok: false, code: 'INSUFFICIENT_CREDITS' })
    }))
})

/** An order of 60 credits that was paid, spent and charged back. */
function owe(sql: SqlStorage): void {
  const memo = { actor: 'gateway:simulated', requestId: 'req_test', reason: 'charged back' }
  for (const keptRupiah of [6_000, 0]) {
    const turn = beginCheck(sql, 'pay_test', HOUR_MS, T0)
    const product = { productId: 'pack', amountRupiah: 6_000, credits: 60, dailyQuota: 0, cycleMonths: 0 }
    const ask = { ...product, paymentId: 'pay_test', keptRupiah, gateway: 'simulated', source: 'topup' as const, memo }
    converge(sql, { ...ask, checkNo: turn.go ? turn.checkNo : 0 }, T0)
    if (keptRupiah > 0) startJob(sql, { poses: 2, fund: 'credits' })
  }
}
