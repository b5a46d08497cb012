import { describe, expect, test } from 'vitest'
import { callOnce, HOUR_MS, MINUTE_MS, type Provider, SECOND_MS, T0, withProvider } from './fixtures'

/** A picture that took so long. */
function make(provider: Provider, leaseId: string, tookMs: number, now = T0): void {
  provider.admit(leaseId, {}, now)
  provider.settle(leaseId, 'ok', now, { tookMs })
}

describe('figures', () => {
  test('nothing is known of a provider that nobody asked', () =>
    withProvider((provider) => {
      expect(provider.status(T0)).toEqual({
        ...{ circuit: 'closed', openUntil: null, downSince: null, spentTodayMicroUsd: 0, dailyMicroUsd: 1_000_000_000 },
        slots: { limit: 4, max: 4, inUse: 0, waiting: 0 },
        ...{ p50Ms: null, p90Ms: null, lastHour: { ok: 0, failed: 0 }, lastErrors: [] },
      })
    }))

  test('half and nine tenths of the last 200 pictures were faster than told', () =>
    withProvider((provider) => {
      for (let n = 1; n <= 10; n++) make(provider, `few-${n}`, n * SECOND_MS)
      expect(provider.status(T0)).toMatchObject({ p50Ms: 5_000, p90Ms: 9_000 })
      for (let n = 1; n <= 200; n++) make(provider, `many-${n}`, n)
      expect(provider.status(T0)).toMatchObject({ p50Ms: 100, p90Ms: 180 })
    }))

  test('the last hour, without what was called off', () =>
    withProvider((provider) => {
      callOnce(provider, 'old', 'ok', T0)
      for (let n = 0; n < 5; n++) callOnce(provider, `ok-${n}`, 'ok', T0 + 30 * MINUTE_MS)
      for (const outcome of ['COLD', 'MODERATED_IN', 'NETWORK', 'CANCELLED'] as const)
        callOnce(provider, outcome, outcome, T0 + 40 * MINUTE_MS)
      expect(provider.status(T0 + 50 * MINUTE_MS).lastHour).toEqual({ ok: 6, failed: 3 })
      expect(provider.status(T0 + HOUR_MS + SECOND_MS).lastHour).toEqual({ ok: 5, failed: 3 })
      expect(provider.status(T0 + 2 * HOUR_MS).lastHour).toEqual({ ok: 0, failed: 0 })
    }))

  test('the last 20 errors, newest first, cut to 300 characters', () =>
    withProvider((provider) => {
      for (let n = 0; n < 30; n++) {
        const now = T0 + n * HOUR_MS
        provider.admit(`l${n}`, {}, now)
        provider.settle(`l${n}`, 'COLD', now, { detail: `${n} `.padEnd(400, 'x') })
      }
      const { lastErrors } = provider.status(T0 + 30 * HOUR_MS)
      expect(lastErrors).toHaveLength(20)
      expect(lastErrors[0]).toEqual({ at: T0 + 29 * HOUR_MS, code: 'COLD', detail: '29 '.padEnd(300, 'x') })
      expect(lastErrors.at(-1)!.at).toBe(T0 + 10 * HOUR_MS)
    }))

  test('a settlement of a picture that nobody let through changes nothing', () =>
    withProvider((provider) => {
      const before = provider.status(T0)
      for (let n = 0; n < 20; n++) provider.settle(`stranger-${n}`, 'AUTH', T0, { costMicroUsd: 5 })
      expect(provider.status(T0)).toEqual(before)
    }))
})
