import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HALVE_EVERY_MS, MAX_PAUSE_MS, SUCCESSES_PER_SLOT } from '../../../durable-objects/provider/slots'
import { HOUR_MS, LIMITS, MINUTE_MS, type Provider, SECOND_MS, T0, withProvider } from './fixtures'

const goes = (provider: Provider, leaseIds: string[], now: number, limits = LIMITS): number =>
  leaseIds.filter((leaseId) => provider.admit(leaseId, { limits }, now).go).length
const ids = (count: number, name = 'l') => Array.from({ length: count }, (_, n) => `${name}${n}`)

describe('slots', () => {
  test('as many pictures at once as the settings allow, and one more whenever one ends', () =>
    withProvider((provider) => {
      expect(goes(provider, ids(10), T0)).toBe(4)
      provider.settle('l0', 'ok', T0 + 1)
      expect(goes(provider, ids(10, 'm'), T0 + 1)).toBe(1)
    }))

  test('asked again, a picture under way keeps its slot and takes no second', () =>
    withProvider((provider) => {
      expect(goes(provider, ['a', 'a', 'a', 'b', 'a'], T0)).toBe(5)
      expect(provider.status(T0).slots.inUse).toBe(2)
      const renewed = T0 + 2 * MINUTE_MS
      provider.admit('a', { leaseMs: 3 * MINUTE_MS }, renewed)
      expect(provider.status(renewed + 2 * MINUTE_MS).slots.inUse).toBe(1)
    }))

  test('a picture that is submitted once more has a second slot, and waits in line only once', () =>
    withProvider((provider) => {
      for (const leaseId of ['a:1', 'a:2', 'b', 'c']) provider.admit(leaseId, { place: leaseId[0]! }, T0)
      expect(provider.status(T0).slots.inUse).toBe(4)
      for (let n = 0; n < 5; n++) provider.admit(`d:${n}`, { place: 'd' }, T0 + n)
      expect(provider.status(T0 + 5).slots.waiting).toBe(1)
      provider.settle('a:1', 'ok', T0 + 6)
      expect(provider.admit('d:5', { place: 'd' }, T0 + 6)).toEqual({ go: true })
      expect(provider.status(T0 + 6).slots.waiting).toBe(0)
    }))

  test('a slot that nobody gave back comes back by itself', () =>
    withProvider((provider) => {
      for (const leaseId of ids(4)) provider.admit(leaseId, { leaseMs: MINUTE_MS }, T0)
      expect(goes(provider, ['next'], T0 + MINUTE_MS - 1)).toBe(0)
      expect(goes(provider, ['next'], T0 + MINUTE_MS)).toBe(1)
    }))

  test('more or fewer slots in the settings are so at once; nobody loses one that he has', () =>
    withProvider((provider) => {
      expect(goes(provider, ids(10), T0, { ...LIMITS, slots: 8 })).toBe(8)
      expect(goes(provider, ids(8), T0, { ...LIMITS, slots: 2 })).toBe(8)
      expect(goes(provider, ['new'], T0, { ...LIMITS, slots: 2 })).toBe(0)
      expect(goes(provider, ['new'], T0, { ...LIMITS, slots: 9 })).toBe(1)
    }))
})

describe('a provider that says: too many', () => {
  const wide = { ...LIMITS, slots: 16 }
  const limitOf = (provider: Provider, now: number) => provider.status(now, wide).slots.limit
  /** One call under the wide limits that ends so. */
  const call = (provider: Provider, leaseId: string, outcome: 'ok' | 'RATE_LIMITED', now: number, retryAfterMs = 0) => {
    expect(provider.admit(leaseId, { limits: wide }, now)).toEqual({ go: true })
    provider.settle(leaseId, outcome, now, { retryAfterMs })
  }

  test('gets half as much, once in ten seconds however often it says so, and never less than one', () =>
    withProvider((provider) => {
      const limits: number[] = []
      for (let n = 0; n < 6; n++) {
        const now = T0 + n * HALVE_EVERY_MS
        call(provider, `a${n}`, 'RATE_LIMITED', now)
        call(provider, `b${n}`, 'RATE_LIMITED', now + HALVE_EVERY_MS - 1)
        limits.push(limitOf(provider, now))
      }
      expect(limits).toEqual([8, 4, 2, 1, 1, 1])
      expect(provider.status(T0 + MINUTE_MS, wide).circuit).toBe('closed')
    }))

  test('gets one more for each twenty pictures, up to what the settings allow', () =>
    withProvider((provider) => {
      call(provider, 'refused', 'RATE_LIMITED', T0)
      for (let n = 0; n < SUCCESSES_PER_SLOT - 1; n++) call(provider, `a${n}`, 'ok', T0)
      expect(limitOf(provider, T0)).toBe(8)
      call(provider, 'twentieth', 'ok', T0)
      expect(limitOf(provider, T0)).toBe(9)
      for (let n = 0; n < 20 * SUCCESSES_PER_SLOT; n++) call(provider, `b${n}`, 'ok', T0)
      expect(limitOf(provider, T0)).toBe(16)
    }))

  test('is left in peace for as long as it asked, except by who has a slot; for a minute at most', () =>
    withProvider((provider) => {
      provider.admit('under-way', { limits: wide }, T0)
      call(provider, 'refused', 'RATE_LIMITED', T0, 25 * SECOND_MS)
      expect(provider.admit('next', { limits: wide }, T0 + SECOND_MS)).toEqual({
        ...{ go: false, reason: 'busy', retryAfterMs: 24 * SECOND_MS, downSince: null },
      })
      expect(provider.admit('under-way', { limits: wide }, T0 + SECOND_MS)).toEqual({ go: true })
      call(provider, 'after', 'RATE_LIMITED', T0 + 25 * SECOND_MS, HOUR_MS)
      expect(provider.admit('next', {}, T0 + 26 * SECOND_MS)).toMatchObject({ retryAfterMs: MAX_PAUSE_MS - SECOND_MS })
      expect(provider.admit('next', {}, T0 + 25 * SECOND_MS + MAX_PAUSE_MS)).toEqual({ go: true })
    }))

  test('a shorter Retry-After does not end a longer one', () =>
    withProvider((provider) => {
      for (const leaseId of ['a', 'b']) provider.admit(leaseId, {}, T0)
      provider.settle('a', 'RATE_LIMITED', T0, { retryAfterMs: 30 * SECOND_MS })
      provider.settle('b', 'RATE_LIMITED', T0, { retryAfterMs: SECOND_MS })
      expect(provider.admit('next', {}, T0 + 29 * SECOND_MS)).toMatchObject({ go: false, reason: 'busy' })
    }))

  test('what was learnt of its true limit stays when the settings change', () =>
    withProvider((provider) => {
      call(provider, 'refused', 'RATE_LIMITED', T0)
      for (const [slots, limit] of [
        [16, 8],
        [20, 8],
        [8, 8],
        [4, 4],
      ] as const) {
        provider.admit(`with-${slots}`, { limits: { ...LIMITS, slots } }, T0)
        provider.settle(`with-${slots}`, 'COLD', T0)
        expect(provider.status(T0, { ...LIMITS, slots }).slots).toMatchObject({ limit, max: slots })
      }
    }))
})

describe('submissions in a minute', () => {
  test('never more than allowed in any 60 seconds, and as many again soon after', () =>
    withProvider((provider) => {
      const limits = { ...LIMITS, slots: 100, perMinute: 30 }
      const at: number[] = []
      for (let ms = 0; ms < 5 * MINUTE_MS; ms += 50) {
        // Most of a burst falls into the end of one bucket of five seconds.
        const now = T0 + ms + 4_000
        if (!provider.admit(`l${ms}`, { limits }, now).go) continue
        provider.settle(`l${ms}`, 'ok', now)
        at.push(now)
      }
      for (const from of at)
        expect(at.filter((time) => time >= from && time < from + MINUTE_MS).length).toBeLessThanOrEqual(30)
      expect(at.length).toBeGreaterThanOrEqual(30 * 4)
    }))

  test('who comes too early is told to come again, and renewing is no submission', () =>
    withProvider((provider) => {
      const limits = { ...LIMITS, perMinute: 2 }
      expect(goes(provider, ['a', 'b', 'a', 'b', 'c'], T0, limits)).toBe(4)
      const answer = provider.admit('c', { limits }, T0 + 30 * SECOND_MS)
      expect(answer).toMatchObject({ go: false, reason: 'busy', retryAfterMs: 10 * SECOND_MS })
      expect(goes(provider, ['c'], T0 + 65 * SECOND_MS, limits)).toBe(1)
    }))
})

type Step =
  | { kind: 'admit'; owner: string; lease: number; leaseMs: number }
  | { kind: 'settle'; lease: number; outcome: 'ok' | 'RATE_LIMITED' | 'TIMEOUT' | 'CANCELLED' }
  | { kind: 'pass'; ms: number }

const lease = fc.nat(30)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('admit' as const),
      owner: fc.constantFrom('a', 'b', 'c'),
      lease,
      leaseMs: fc.integer({ min: 1_000, max: 60_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      lease,
      outcome: fc.constantFrom('ok', 'RATE_LIMITED', 'TIMEOUT', 'CANCELLED'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 40_000 }) }) },
)

test(
  'whatever is asked and answered in whatever order, no more slots are in use than there are, and the cap holds',
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 6 }), (steps, slots) =>
        withProvider((provider) => {
          const limits = { slots, perMinute: 40, dailyMicroUsd: 20_000 }
          const living = new Map<string, number>()
          let now = T0
          let cost = 0
          for (const next of steps) {
            if (next.kind === 'pass') now += next.ms
            for (const [id, until] of living) if (until <= now) living.delete(id)
            if (next.kind === 'admit') {
              const id = `l${next.lease}`
              const isMine = living.has(id)
              const { limit } = provider.status(now, limits).slots
              const { owner, leaseMs } = next
              const { go } = provider.admit(id, { owner, leaseMs, limits, estimateMicroUsd: 1_000 }, now)
              if (isMine) expect(go).toBe(true)
              else if (go) expect(living.size).toBeLessThan(limit)
              if (go) living.set(id, Math.max(living.get(id) ?? 0, now + leaseMs))
            }
            if (next.kind === 'settle') {
              const { outcome } = next
              if (living.delete(`l${next.lease}`) && outcome === 'ok') cost += 1_000
              provider.settle(`l${next.lease}`, outcome, now, { costMicroUsd: outcome === 'ok' ? 1_000 : 0 })
            }
            const shown = provider.status(now, limits)
            expect(shown.slots.inUse).toBe(living.size)
            expect(shown.slots.inUse).toBeLessThanOrEqual(slots)
            expect(shown.spentTodayMicroUsd).toBeLessThanOrEqual(limits.dailyMicroUsd)
            expect(shown.spentTodayMicroUsd).toBeGreaterThanOrEqual(cost + 1_000 * living.size)
          }
        }),
      ),
      { numRuns: 60 },
    ),
  60_000,
)
