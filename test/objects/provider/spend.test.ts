import { describe, expect, test } from 'vitest'
import { EXPIRED_KEPT_MS } from '../../../durable-objects/provider/leases'
import { HOUR_MS, LEASE_MS, LIMITS, MINUTE_MS, type Provider, SECOND_MS, T0, withProvider } from './fixtures'

/** Room for ten pictures of 5 cents a day. */
const limits = { ...LIMITS, slots: 20, dailyMicroUsd: 500_000 }
const CENTS_5 = 50_000
const MIDNIGHT = Date.UTC(2027, 0, 16)

const ask = (provider: Provider, leaseId: string, now = T0) =>
  provider.admit(leaseId, { limits, estimateMicroUsd: CENTS_5 }, now)
const spent = (provider: Provider, now = T0): number => provider.status(now, limits).spentTodayMicroUsd

/** So many pictures that cost what was estimated. */
function make(provider: Provider, count: number, now = T0): void {
  for (let n = 0; n < count; n++) {
    expect(ask(provider, `made-${now}-${n}`, now)).toEqual({ go: true })
    provider.settle(`made-${now}-${n}`, 'ok', now, { costMicroUsd: CENTS_5 })
  }
}

describe("the day's cap", () => {
  test('the eleventh picture of ten waits until 00:00 UTC, and goes then', () =>
    withProvider((provider) => {
      make(provider, 10)
      const answer = { go: false, reason: 'spent', retryAfterMs: MIDNIGHT - T0, downSince: null }
      expect(ask(provider, 'eleventh')).toEqual(answer)
      expect(ask(provider, 'eleventh', MIDNIGHT - 1)).toMatchObject({ reason: 'spent', retryAfterMs: 1 })
      expect(ask(provider, 'eleventh', MIDNIGHT)).toEqual({ go: true })
      expect(spent(provider, MIDNIGHT)).toBe(CENTS_5)
    }))

  test('pictures under way count with what they may cost', () =>
    withProvider((provider) => {
      for (let n = 0; n < 10; n++) expect(ask(provider, `l${n}`)).toEqual({ go: true })
      expect(spent(provider)).toBe(limits.dailyMicroUsd)
      // Not spent yet: should one of them fail, there is money again. So: in line, not until midnight.
      expect(ask(provider, 'eleventh')).toMatchObject({ go: false, reason: 'busy' })
      provider.settle('l0', 'UPSTREAM_5XX', T0)
      expect(spent(provider)).toBe(limits.dailyMicroUsd - CENTS_5)
      expect(ask(provider, 'eleventh')).toEqual({ go: true })
    }))

  test('what a picture really cost takes the place of the estimate, also of one that failed', () =>
    withProvider((provider) => {
      ask(provider, 'dear')
      provider.settle('dear', 'ok', T0, { costMicroUsd: 80_000 })
      ask(provider, 'billed')
      provider.settle('billed', 'BAD_OUTPUT', T0, { costMicroUsd: 30_000 })
      ask(provider, 'free')
      provider.settle('free', 'MODERATED_IN', T0)
      expect(spent(provider)).toBe(110_000)
    }))

  test('a cap of nothing lets nothing through that costs something', () =>
    withProvider((provider) => {
      const answer = provider.admit('a', { limits: { ...limits, dailyMicroUsd: 0 }, estimateMicroUsd: 1 }, T0)
      expect(answer).toMatchObject({ go: false, reason: 'spent' })
    }))

  test('what was begun before midnight and ends after it is of the new day', () =>
    withProvider((provider) => {
      ask(provider, 'late', MIDNIGHT - SECOND_MS)
      expect(spent(provider, MIDNIGHT)).toBe(CENTS_5)
      provider.settle('late', 'ok', MIDNIGHT + SECOND_MS, { costMicroUsd: 40_000 })
      expect(spent(provider, MIDNIGHT + SECOND_MS)).toBe(40_000)
    }))
})

test('a clock that steps back over midnight brings no second day of money, and loses none', () =>
  withProvider((provider) => {
    make(provider, 10, MIDNIGHT - SECOND_MS)
    make(provider, 2, MIDNIGHT + SECOND_MS)
    expect(ask(provider, 'back', MIDNIGHT - SECOND_MS)).toEqual({ go: true })
    provider.settle('back', 'ok', MIDNIGHT - SECOND_MS, { costMicroUsd: CENTS_5 })
    make(provider, 7, MIDNIGHT + 2 * SECOND_MS)
    expect(spent(provider, MIDNIGHT + 3 * SECOND_MS)).toBe(limits.dailyMicroUsd)
  }))

describe('a picture that goes on upstream and could not be called off', () => {
  test('keeps its slot for as long as such pictures take, and stays booked', () =>
    withProvider((provider) => {
      ask(provider, 'usual')
      provider.settle('usual', 'ok', T0, { tookMs: 20 * SECOND_MS, costMicroUsd: CENTS_5 })
      ask(provider, 'unwanted')
      provider.settle('unwanted', 'CANCELLED', T0, { goesOn: true, costMicroUsd: null })
      const inUse = (now: number) => provider.status(now, limits).slots.inUse
      expect([inUse(T0 + 39 * SECOND_MS), inUse(T0 + 40 * SECOND_MS)]).toEqual([1, 0])
      expect(spent(provider, T0 + HOUR_MS)).toBe(2 * CENTS_5)
      ask(provider, 'next', T0 + HOUR_MS)
      expect(spent(provider, T0 + HOUR_MS)).toBe(3 * CENTS_5)
    }))

  test('never keeps it longer than its lease', () =>
    withProvider((provider) => {
      ask(provider, 'unwanted')
      const late = T0 + LEASE_MS - SECOND_MS
      provider.settle('unwanted', 'CANCELLED', late, { goesOn: true, costMicroUsd: null })
      expect(provider.status(T0 + LEASE_MS, limits).slots.inUse).toBe(0)
    }))
})

describe('a picture that nobody settled', () => {
  test('stays booked: it may have been billed', () =>
    withProvider((provider) => {
      ask(provider, 'lost')
      expect(spent(provider, T0 + LEASE_MS)).toBe(CENTS_5)
      const forgotten = T0 + LEASE_MS + EXPIRED_KEPT_MS
      ask(provider, 'next', forgotten)
      expect(spent(provider, forgotten)).toBe(2 * CENTS_5)
      provider.settle('lost', 'ok', forgotten, { costMicroUsd: 70_000 })
      expect(spent(provider, forgotten)).toBe(2 * CENTS_5)
    }))

  test('and is settled late, counts once, with what it cost', () =>
    withProvider((provider) => {
      ask(provider, 'late')
      const late = T0 + LEASE_MS + 5 * MINUTE_MS
      for (let n = 0; n < 3; n++) provider.settle('late', 'ok', late, { costMicroUsd: 10_000 })
      expect(spent(provider, late)).toBe(10_000)
      expect(provider.status(late, limits)).toMatchObject({ lastHour: { ok: 1, failed: 0 } })
    }))

  test('and is begun anew, was paid twice', () =>
    withProvider((provider) => {
      ask(provider, 'again')
      ask(provider, 'again', T0 + LEASE_MS)
      provider.settle('again', 'ok', T0 + LEASE_MS + SECOND_MS, { costMicroUsd: CENTS_5 })
      expect(spent(provider, T0 + LEASE_MS + SECOND_MS)).toBe(2 * CENTS_5)
    }))

  test('yesterday is not held against today', () =>
    withProvider((provider) => {
      ask(provider, 'forgotten', MIDNIGHT - HOUR_MS)
      ask(provider, 'lost', MIDNIGHT - LEASE_MS)
      expect(spent(provider, MIDNIGHT)).toBe(0)
      make(provider, 10, MIDNIGHT)
      expect(spent(provider, MIDNIGHT)).toBe(limits.dailyMicroUsd)
    }))
})
