import { expect, test } from 'vitest'
import { rateRefusal } from '../../../durable-objects/user/rate-limit'
import { start } from '../../../durable-objects/user/start'
import {
  failed,
  HOUR_MS,
  MINUTE_MS,
  openAccount,
  openJob,
  SECOND_MS,
  startAsk,
  startJob,
  T0,
  withSql,
} from '../../support/jobs'

const LIMITS = { posesPerHour: 100, generatesPerMinute: 3 }
const RICH = 1_000_000

/** Starts jobs of these sizes, one second after another. */
function startEach(sql: SqlStorage, sizes: number[], from = T0): void {
  for (const [index, poses] of sizes.entries()) startJob(sql, { poses }, from + index * SECOND_MS)
}

test('the fourth request within a minute waits until the first is a minute old', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    startEach(sql, [1, 1, 1])
    const now = T0 + 10 * SECOND_MS
    expect(rateRefusal(sql, 1, LIMITS, now)).toEqual({
      ...{ limit: 'generatesPerMinute', max: 3, remaining: 0, retryAfterMs: 50 * SECOND_MS },
    })
    expect(rateRefusal(sql, 1, LIMITS, T0 + MINUTE_MS - 1)).toMatchObject({ retryAfterMs: 1 })
    expect(rateRefusal(sql, 1, LIMITS, T0 + MINUTE_MS)).toBeNull()
  }))

test('when a limit was lowered, enough requests have to leave the window first', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    startEach(sql, [1, 1, 1, 1, 1])
    // Of the five, three must be gone: the third came two seconds after the first.
    expect(rateRefusal(sql, 1, LIMITS, T0 + 10 * SECOND_MS)?.retryAfterMs).toBe(52 * SECOND_MS)
    expect(rateRefusal(sql, 1, LIMITS, T0 + 62 * SECOND_MS)).toBeNull()
    expect(rateRefusal(sql, 1, LIMITS, T0 + 62 * SECOND_MS - 1)).not.toBeNull()
  }))

test('with a limit of nothing, nothing goes and the answer still says when to ask again', () =>
  withSql((sql) => {
    expect(rateRefusal(sql, 1, { posesPerHour: 1, generatesPerMinute: 0 }, T0)?.retryAfterMs).toBe(MINUTE_MS)
    expect(rateRefusal(sql, 1, { posesPerHour: 0, generatesPerMinute: 1 }, T0)).toEqual({
      ...{ limit: 'posesPerHour', max: 0, remaining: 0, retryAfterMs: HOUR_MS },
    })
  }))

test('pictures count, not requests: ten times ten fill an hour of a hundred', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    for (let n = 0; n < 10; n++) startJob(sql, { poses: 10 }, T0 + n * MINUTE_MS)
    const now = T0 + 10 * MINUTE_MS
    expect(rateRefusal(sql, 1, LIMITS, now)).toEqual({
      ...{ limit: 'posesPerHour', max: 100, remaining: 0, retryAfterMs: 50 * MINUTE_MS },
    })
    // Fifteen pictures need two of the older requests out of the window.
    expect(rateRefusal(sql, 15, LIMITS, now)?.retryAfterMs).toBe(51 * MINUTE_MS)
    expect(rateRefusal(sql, 15, LIMITS, T0 + 61 * MINUTE_MS)).toBeNull()
  }))

test('what still fits is accepted, one more is not, and the refusal says what is left', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    startJob(sql, { poses: 90 })
    const now = T0 + 2 * MINUTE_MS
    expect(rateRefusal(sql, 10, LIMITS, now)).toBeNull()
    expect(rateRefusal(sql, 11, LIMITS, now)).toMatchObject({ limit: 'posesPerHour', remaining: 10 })
  }))

test('more pictures than the limit are refused whatever the window holds', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    expect(rateRefusal(sql, 101, LIMITS, T0)).toMatchObject({ remaining: 100, retryAfterMs: HOUR_MS })
  }))

test('a refused request never makes the next one wait longer', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    const limits = { posesPerHour: 1_000, generatesPerMinute: 1 }
    expect(start(sql, startAsk({ limits }), T0).ok).toBe(true)
    for (let n = 1; n < 60; n++)
      expect(start(sql, startAsk({ limits }), T0 + n * SECOND_MS)).toMatchObject({ code: 'RATE_LIMITED' })
    expect(start(sql, startAsk({ limits }), T0 + MINUTE_MS).ok).toBe(true)
  }))

test('a replay is never limited', () =>
  withSql((sql) => {
    openAccount(sql, RICH)
    const ask = startAsk({ limits: { posesPerHour: 1, generatesPerMinute: 1 } })
    const first = start(sql, ask, T0)
    for (let n = 0; n < 20; n++)
      expect(start(sql, { ...ask, job: startAsk().job }, T0 + n)).toMatchObject({
        ok: true,
        replayed: true,
        job: first.ok && first.job,
      })
  }))

test('a picture that was called off while it was made, or is not fit to be seen, counts as ten', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 4 })
    const upstream = JSON.stringify({ handle: { json: '{}' } })
    for (const position of [0, 1, 2]) job.claim(position)
    job.finish(failed('MODERATED_OUT'), 0)
    job.finish({ kind: 'waiting', delayMs: 1_000, run: upstream, isDown: false }, 1)
    job.finish(failed('UPSTREAM_5XX'), 2)
    job.cancel()
    // Four pictures, of which two were begun for nothing: 2 + 2 x 10.
    const left = (posesPerHour: number) => rateRefusal(sql, 1, { posesPerHour, generatesPerMinute: 9 }, T0 + MINUTE_MS)
    expect(left(22)).toMatchObject({ limit: 'posesPerHour', remaining: 0 })
    expect(left(23)).toBeNull()
  }))

test('what nobody had begun is cancelled for nothing', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 4 })
    job.cancel()
    expect(rateRefusal(sql, 6, { posesPerHour: 10, generatesPerMinute: 9 }, T0 + MINUTE_MS)).toBeNull()
  }))
