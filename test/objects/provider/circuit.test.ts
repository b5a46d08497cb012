import { describe, expect, test } from 'vitest'
import {
  AUTH_OPEN_MS,
  FAILED_PROBES_TO_OPEN,
  MAX_FAILURES_IN_A_ROW,
  MAX_OPEN_MS,
  MAX_QUOTA_OPEN_MS,
  OPEN_MS,
  WINDOW_MS,
} from '../../../durable-objects/provider/circuit'
import { closeCircuit } from '../../../durable-objects/provider/reset'
import { callOnce, HOUR_MS, LIMITS, MINUTE_MS, type Provider, SECOND_MS, T0, withProvider } from './fixtures'

/** Fails so many calls in a row, a second apart; when the last one failed. */
function failTimes(provider: Provider, times: number, from = T0): number {
  for (let n = 0; n < times; n++)
    expect(callOnce(provider, `fail-${from}-${n}`, 'UPSTREAM_5XX', from + n * SECOND_MS)).toEqual({ go: true })
  return from + (times - 1) * SECOND_MS
}

const closed = { circuit: 'closed', openUntil: null, downSince: null }

describe('a provider that fails', () => {
  test('is left alone for 30 seconds after five failures in a row', () =>
    withProvider((provider) => {
      const last = failTimes(provider, MAX_FAILURES_IN_A_ROW)
      expect(provider.status(last)).toMatchObject({ circuit: 'open', openUntil: last + OPEN_MS, downSince: last })
      expect(provider.admit('next', {}, last + 10 * SECOND_MS)).toEqual({
        ...{ go: false, reason: 'open', retryAfterMs: 20 * SECOND_MS, downSince: last },
      })
    }))

  test('is left alone when half of ten calls in a minute failed, even though pictures came in between', () =>
    withProvider((provider) => {
      const outcomes = ['NETWORK', 'TIMEOUT', 'BAD_OUTPUT', 'LOST_JOB', 'ok', 'UNKNOWN', 'NETWORK', 'ok', 'ok'] as const
      for (const [n, outcome] of outcomes.entries()) callOnce(provider, `c${n}`, outcome, T0 + n * SECOND_MS)
      expect(provider.status(T0 + 9 * SECOND_MS)).toMatchObject(closed)
      callOnce(provider, 'tenth', 'NETWORK', T0 + 9 * SECOND_MS)
      expect(provider.status(T0 + 9 * SECOND_MS)).toMatchObject({ circuit: 'open' })
    }))

  test('is still asked when as many failures are spread over minutes', () =>
    withProvider((provider) => {
      for (let n = 0; n < 20; n++) callOnce(provider, `c${n}`, n % 2 ? 'ok' : 'NETWORK', T0 + n * 20 * SECOND_MS)
      expect(provider.status(T0 + 20 * 20 * SECOND_MS)).toMatchObject(closed)
    }))

  test.each(['RATE_LIMITED', 'COLD', 'MODERATED_IN', 'MODERATED_OUT', 'POSE_MISMATCH', 'INVALID'] as const)(
    '%s shows that it is there: no failure, and the end of a streak',
    (outcome) =>
      withProvider((provider) => {
        for (let n = 0; n < 50; n++) callOnce(provider, `c${n}`, outcome, T0)
        expect(provider.status(T0)).toMatchObject(closed)
        const later = T0 + WINDOW_MS
        failTimes(provider, 4, later)
        callOnce(provider, 'between', outcome, later + 4 * SECOND_MS)
        expect(provider.status(later + 4 * SECOND_MS)).toMatchObject(closed)
        failTimes(provider, MAX_FAILURES_IN_A_ROW - 1, later + 5 * SECOND_MS)
        expect(provider.status(later + 9 * SECOND_MS)).toMatchObject(closed)
        failTimes(provider, 1, later + 10 * SECOND_MS)
        expect(provider.status(later + 10 * SECOND_MS)).toMatchObject({ circuit: 'open' })
      }),
  )

  test('a picture that was called off says nothing of it', () =>
    withProvider((provider) => {
      failTimes(provider, 4)
      callOnce(provider, 'between', 'CANCELLED', T0 + 4 * SECOND_MS)
      failTimes(provider, 1, T0 + 5 * SECOND_MS)
      expect(provider.status(T0 + 5 * SECOND_MS)).toMatchObject({ circuit: 'open' })
    }))

  test('of a storm of "not now" among some failures it is not shut out', () =>
    withProvider((provider) => {
      const mix = ['RATE_LIMITED', 'NETWORK', 'ok', 'COLD', 'UPSTREAM_5XX', 'RATE_LIMITED', 'ok', 'BAD_OUTPUT'] as const
      for (let n = 0; n < 200; n++) {
        callOnce(provider, `c${n}`, mix[n % mix.length]!, T0 + n * 61 * SECOND_MS)
        expect(provider.status(T0 + n * 61 * SECOND_MS)).toMatchObject(closed)
      }
    }))

  test('three failed probes double the pause, up to five minutes, and it stays down since the first', () =>
    withProvider((provider) => {
      const down = failTimes(provider, MAX_FAILURES_IN_A_ROW)
      const pauses: number[] = []
      for (let n = 0, now = down; n < 7; n++) {
        now = provider.status(now).openUntil!
        expect(provider.status(now)).toMatchObject({ circuit: 'half-open', downSince: down })
        for (let probe = 0; probe < FAILED_PROBES_TO_OPEN; probe++) {
          expect(provider.status(now)).toMatchObject({ circuit: 'half-open' })
          expect(callOnce(provider, `probe-${n}-${probe}`, 'TIMEOUT', now)).toEqual({ go: true })
        }
        pauses.push(provider.status(now).openUntil! - now)
      }
      expect(pauses.map((ms) => ms / SECOND_MS)).toEqual([60, 120, 240, 300, 300, 300, 300])
      expect(MAX_OPEN_MS).toBe(300 * SECOND_MS)
    }))

  test('that is dead is found out within 10 calls, and asking each second for ten minutes makes under a tenth of the calls', () =>
    withProvider((provider) => {
      let calls = 0
      let callsUntilOpen: number | null = null
      for (let second = 0; second < 600; second++) {
        if (callOnce(provider, `c${second}`, 'NETWORK', T0 + second * SECOND_MS).go) calls++
        if (provider.status(T0 + second * SECOND_MS).circuit === 'open') callsUntilOpen ??= calls
      }
      expect(callsUntilOpen).toBe(5)
      // Five to open it, and three after each pause of 30, 60, 120 and 240 seconds.
      expect(calls).toBe(5 + 4 * FAILED_PROBES_TO_OPEN)
    }))

  test('that fails every second call is found out within 10 calls too', () =>
    withProvider((provider) => {
      let calls = 0
      while (provider.status(T0 + calls * SECOND_MS).circuit === 'closed' && calls < 100) {
        callOnce(provider, `c${calls}`, calls % 2 ? 'NETWORK' : 'ok', T0 + calls * SECOND_MS)
        calls++
      }
      expect(calls).toBe(10)
    }))
})

describe('a provider that comes back', () => {
  test('is asked by one at a time, and by all after two pictures in a row', () =>
    withProvider((provider) => {
      const now = failTimes(provider, MAX_FAILURES_IN_A_ROW) + OPEN_MS
      expect(provider.admit('probe', {}, now)).toEqual({ go: true })
      expect(provider.admit('other', { owner: 'budi' }, now)).toMatchObject({ go: false, reason: 'probing' })
      provider.settle('probe', 'ok', now + 8 * SECOND_MS)
      expect(provider.status(now + 8 * SECOND_MS)).toMatchObject({ circuit: 'half-open' })
      expect(provider.admit('other', { owner: 'budi' }, now + 8 * SECOND_MS)).toEqual({ go: true })
      expect(provider.admit('third', {}, now + 9 * SECOND_MS)).toMatchObject({ go: false, reason: 'probing' })
      provider.settle('other', 'ok', now + 16 * SECOND_MS)
      expect(provider.status(now + 16 * SECOND_MS)).toMatchObject(closed)
      for (const leaseId of ['a', 'b', 'c', 'd'])
        expect(provider.admit(leaseId, {}, now + 16 * SECOND_MS)).toEqual({ go: true })
    }))

  test('a picture and then failures is not coming back: it is down since then, and paused shortly', () =>
    withProvider((provider) => {
      const now = failTimes(provider, MAX_FAILURES_IN_A_ROW) + OPEN_MS
      callOnce(provider, 'first', 'ok', now)
      expect(provider.status(now)).toMatchObject({ circuit: 'half-open', downSince: null })
      for (const n of [1, 2]) callOnce(provider, `failed-${n}`, 'UPSTREAM_5XX', now + n * SECOND_MS)
      expect(provider.status(now + 2 * SECOND_MS)).toMatchObject({ circuit: 'half-open' })
      const again = now + 3 * SECOND_MS
      callOnce(provider, 'failed-3', 'UPSTREAM_5XX', again)
      expect(provider.status(again)).toMatchObject({ circuit: 'open', openUntil: again + OPEN_MS, downSince: again })
    }))

  test('one picture, a failure, and two pictures in a row: it is back', () =>
    withProvider((provider) => {
      const now = failTimes(provider, MAX_FAILURES_IN_A_ROW) + OPEN_MS
      for (const [n, outcome] of (['ok', 'NETWORK', 'ok', 'ok'] as const).entries()) {
        expect(provider.status(now)).toMatchObject({ circuit: 'half-open' })
        callOnce(provider, `probe-${n}`, outcome, now)
      }
      expect(provider.status(now)).toMatchObject(closed)
    }))

  test('starts anew: its old failures and its long pauses are forgotten', () =>
    withProvider((provider) => {
      let now = failTimes(provider, MAX_FAILURES_IN_A_ROW)
      for (const outcome of ['TIMEOUT', 'TIMEOUT', 'TIMEOUT', 'ok', 'ok'] as const) {
        now = Math.max(now, provider.status(now).openUntil!)
        callOnce(provider, crypto.randomUUID(), outcome, now)
      }
      callOnce(provider, 'again', 'ok', now)
      expect(provider.status(now)).toMatchObject(closed)
      const last = failTimes(provider, MAX_FAILURES_IN_A_ROW, now)
      expect(provider.status(last)).toMatchObject({ openUntil: last + OPEN_MS, downSince: last })
    }))

  test('is not held to what failed before, though the minute is not over', () =>
    withProvider((provider) => {
      closeCircuit(provider.sql, failTimes(provider, MAX_FAILURES_IN_A_ROW) + SECOND_MS)
      const later = T0 + 10 * SECOND_MS
      for (const [n, outcome] of (['ok', 'ok', 'ok', 'ok', 'NETWORK'] as const).entries())
        callOnce(provider, `later-${n}`, outcome, later)
      expect(provider.status(later)).toMatchObject(closed)
    }))

  test('is probed by whoever asks first, and who finds no slot then waits for what comes of it', () =>
    withProvider((provider) => {
      const stay = { leaseMs: HOUR_MS }
      for (const leaseId of ['s1', 's2', 's3']) provider.admit(leaseId, stay, T0)
      const now = failTimes(provider, MAX_FAILURES_IN_A_ROW - 1) + SECOND_MS
      provider.admit('last', stay, now)
      expect(provider.admit('waits', { owner: 'budi' }, now)).toMatchObject({ reason: 'busy' })
      provider.settle('last', 'TIMEOUT', now)
      const openUntil = now + OPEN_MS
      expect(provider.status(openUntil).circuit).toBe('half-open')
      const limits = { ...LIMITS, slots: 3 }
      expect(provider.admit('probe', { limits }, openUntil)).toMatchObject({ reason: 'probing', downSince: now })
      expect(provider.admit('probe', {}, openUntil)).toEqual({ go: true })
    }))

  test('a probe need not wait for who stands before it and has not come back yet', () =>
    withProvider((provider) => {
      const many = { leaseMs: HOUR_MS, limits: { ...LIMITS, slots: 7 } }
      const failing = ['c0', 'c1', 'c2', 'c3', 'c4']
      for (const leaseId of ['stays', 'refused', ...failing]) provider.admit(leaseId, many, T0)
      provider.settle('refused', 'RATE_LIMITED', T0, { retryAfterMs: OPEN_MS + 2 * SECOND_MS })
      const waits = provider.admit('b1', { ...many, owner: 'budi' }, T0)
      expect(waits).toMatchObject({ reason: 'busy', retryAfterMs: OPEN_MS + 2 * SECOND_MS })
      for (const leaseId of failing) provider.settle(leaseId, 'NETWORK', T0)
      const now = T0 + OPEN_MS + 3 * SECOND_MS
      expect(provider.status(now, many.limits)).toMatchObject({ circuit: 'half-open', slots: { inUse: 1, waiting: 1 } })
      expect(provider.admit('probe', many, now)).toEqual({ go: true })
    }))

  test('a probe that nobody settles blocks the next for as long as its lease lives', () =>
    withProvider((provider) => {
      const now = failTimes(provider, MAX_FAILURES_IN_A_ROW) + OPEN_MS
      expect(provider.admit('lost', { leaseMs: MINUTE_MS }, now)).toEqual({ go: true })
      expect(provider.admit('next', {}, now + MINUTE_MS - 1)).toMatchObject({ go: false, reason: 'probing' })
      expect(provider.admit('next', {}, now + MINUTE_MS)).toEqual({ go: true })
    }))
})

describe('what a settlement answers', () => {
  test('the failure that opens the circuit says so, and so do late ones and failed probes; a failure before it and what closes it do not', () =>
    withProvider((provider) => {
      for (let n = 0; n < 6; n++) provider.admit(`c${n}`, { limits: { ...LIMITS, slots: 6 } }, T0)
      const answers = [0, 1, 2, 3, 4, 5].map((n) => provider.settle(`c${n}`, 'NETWORK', T0).isOpen)
      expect(answers).toEqual([false, false, false, false, true, true])
      expect(provider.settle('c0', 'NETWORK', T0)).toEqual({ isOpen: true })
      const probe = (n: number, outcome: 'ok' | 'NETWORK') => {
        provider.admit(`probe-${n}`, {}, T0 + OPEN_MS)
        return provider.settle(`probe-${n}`, outcome, T0 + OPEN_MS).isOpen
      }
      expect([probe(1, 'NETWORK'), probe(2, 'ok'), probe(3, 'ok')]).toEqual([true, true, false])
    }))
})

describe('what was under way when the circuit opened', () => {
  test('does not prolong the pause when it fails late, nor does it close the circuit when it succeeds', () =>
    withProvider((provider) => {
      for (const leaseId of ['late-1', 'late-2', 'late-3']) provider.admit(leaseId, { leaseMs: HOUR_MS }, T0)
      const openUntil = failTimes(provider, MAX_FAILURES_IN_A_ROW) + OPEN_MS
      provider.settle('late-1', 'TIMEOUT', openUntil - 1)
      provider.settle('late-2', 'AUTH', openUntil + 1)
      provider.settle('late-3', 'ok', openUntil + 2)
      expect(provider.status(openUntil + 3)).toMatchObject({ circuit: 'half-open', openUntil })
      callOnce(provider, 'probe', 'ok', openUntil + 4)
      expect(provider.status(openUntil + 4)).toMatchObject({ circuit: 'half-open' })
    }))

  test('is not held against it after it has come back', () =>
    withProvider((provider) => {
      const limits = { ...LIMITS, slots: 30 }
      for (let n = 0; n < 12; n++) provider.admit(`late-${n}`, { leaseMs: HOUR_MS, limits }, T0)
      for (let n = 0; n < MAX_FAILURES_IN_A_ROW; n++) {
        provider.admit(`c${n}`, { limits }, T0)
        provider.settle(`c${n}`, 'NETWORK', T0)
      }
      const back = T0 + OPEN_MS
      for (const leaseId of ['p1', 'p2']) {
        provider.admit(leaseId, { limits }, back)
        provider.settle(leaseId, 'ok', back)
      }
      const later = back + 10 * SECOND_MS
      for (let n = 0; n < 12; n++) provider.settle(`late-${n}`, 'TIMEOUT', later)
      callOnce(provider, 'one', 'NETWORK', later)
      expect(provider.status(later)).toMatchObject(closed)
    }))

  test('keeps its slot and is renewed', () =>
    withProvider((provider) => {
      provider.admit('under-way', {}, T0)
      const now = failTimes(provider, MAX_FAILURES_IN_A_ROW)
      expect(provider.admit('under-way', {}, now)).toEqual({ go: true })
    }))
})

describe('an account', () => {
  test('without money is left alone until 00:00 UTC', () =>
    withProvider((provider) => {
      const night = T0 + 13 * HOUR_MS
      callOnce(provider, 'c', 'QUOTA', night)
      expect(provider.admit('next', {}, night + 1)).toMatchObject({ reason: 'open', downSince: night })
      expect(provider.status(night)).toMatchObject({ openUntil: Date.UTC(2027, 0, 16) })
    }))

  test('without money in the morning is tried again after six hours, and after six more', () =>
    withProvider((provider) => {
      callOnce(provider, 'c', 'QUOTA', T0)
      expect(provider.status(T0).openUntil).toBe(T0 + MAX_QUOTA_OPEN_MS)
      expect(MAX_QUOTA_OPEN_MS).toBe(6 * HOUR_MS)
      callOnce(provider, 'probe', 'QUOTA', T0 + MAX_QUOTA_OPEN_MS)
      expect(provider.status(T0 + MAX_QUOTA_OPEN_MS).openUntil).toBe(T0 + 12 * HOUR_MS)
    }))

  test('with a wrong key is left alone for 15 minutes', () =>
    withProvider((provider) => {
      callOnce(provider, 'c', 'AUTH', T0)
      expect(provider.status(T0)).toMatchObject({ circuit: 'open', openUntil: T0 + AUTH_OPEN_MS })
      expect(AUTH_OPEN_MS).toBe(15 * MINUTE_MS)
    }))
})

describe('an admin who closes the circuit', () => {
  test('lets everybody through at once, and what is still under way cannot open it again', () =>
    withProvider((provider) => {
      for (const leaseId of ['a', 'b']) provider.admit(leaseId, { leaseMs: HOUR_MS }, T0)
      callOnce(provider, 'c', 'QUOTA', T0)
      const call = provider.admit('during', {}, T0 + MAX_QUOTA_OPEN_MS)
      expect(call).toMatchObject({ go: true })
      closeCircuit(provider.sql, T0 + MAX_QUOTA_OPEN_MS)
      provider.settle('a', 'AUTH', T0 + MAX_QUOTA_OPEN_MS)
      provider.settle('during', 'QUOTA', T0 + MAX_QUOTA_OPEN_MS)
      expect(provider.status(T0 + MAX_QUOTA_OPEN_MS)).toMatchObject(closed)
      expect(provider.admit('next', {}, T0 + MAX_QUOTA_OPEN_MS)).toEqual({ go: true })
    }))

  test('still has a circuit that opens when the provider goes on failing', () =>
    withProvider((provider) => {
      closeCircuit(provider.sql, failTimes(provider, MAX_FAILURES_IN_A_ROW))
      const last = failTimes(provider, MAX_FAILURES_IN_A_ROW, T0 + MINUTE_MS)
      expect(provider.status(last)).toMatchObject({ circuit: 'open', downSince: last })
    }))
})
