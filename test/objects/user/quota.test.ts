import { expect, test } from 'vitest'
import { cancelJob } from '../../../durable-objects/user/cancel'
import { quotaDay, unlimitedView, wibDay } from '../../../durable-objects/user/quota'
import { all } from '../../../durable-objects/user/rows'
import { openSession } from '../../../durable-objects/user/sessions'
import { start } from '../../../durable-objects/user/start'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { availableCredits } from '../../support/available-credits'
import {
  DAY_MS,
  done,
  failed,
  giveQuota,
  MINUTE_MS,
  openAccount,
  SECOND_MS,
  startAsk,
  startJob,
  withSql,
} from '../../support/jobs'

/** 20 November 2026, 23:59:59 in Jakarta. */
const LAST_SECOND = Date.UTC(2026, 10, 20, 16, 59, 59)
const MIDNIGHT = LAST_SECOND + SECOND_MS
const NOON = LAST_SECOND - 12 * 60 * MINUTE_MS

/** A user of the unlimited tier: signed in since yesterday, `credits` besides. */
function openUnlimited(
  sql: SqlStorage,
  { dailyQuota = 100, credits = 0, expiresAt = null as number | null } = {},
): void {
  openAccount(sql, credits, NOON - DAY_MS)
  giveQuota(sql, { dailyQuota, expiresAt })
}

const ask = (sql: SqlStorage, poses: number, now: number, background = false) =>
  start(sql, startAsk({ poses, background }), now)

const remaining = (sql: SqlStorage, now: number) => unlimitedView(sql, now)?.remaining

/** Makes one picture of a job; `at` is when it ends. */
function make(sql: SqlStorage, jobId: string, position: number, outcome = done(), at = NOON): void {
  const claimed = claim(sql, { jobId, position }, MINUTE_MS, at)
  if (!claimed.go) throw new Error(claimed.reason)
  finish(sql, { jobId, position }, claimed.attempt, outcome, at)
}

test('a day ends at midnight in Jakarta, which is 17:00 UTC', () => {
  expect(wibDay(MIDNIGHT) - wibDay(LAST_SECOND)).toBe(1)
  expect(wibDay(MIDNIGHT - 1)).toBe(wibDay(LAST_SECOND))
  expect(wibDay(MIDNIGHT + DAY_MS - 1)).toBe(wibDay(MIDNIGHT))
  expect(wibDay(-7 * 60 * MINUTE_MS)).toBe(0)
})

test('the quota comes back at midnight, once, and in full (B5)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    startJob(sql, { poses: 60 }, LAST_SECOND)
    expect(unlimitedView(sql, LAST_SECOND)).toEqual({
      ...{ active: true, dailyQuota: 100, used: 60, remaining: 40, resetsAt: MIDNIGHT, expiresAt: null },
    })
    expect(ask(sql, 41, LAST_SECOND)).toEqual({
      ...{ ok: false, code: 'QUOTA_EXCEEDED', required: 41, remaining: 40, resetsAt: MIDNIGHT },
    })
    const accepted = Array.from({ length: 50 }, () => ask(sql, 3, MIDNIGHT)).filter((answer) => answer.ok)
    expect(accepted).toHaveLength(33)
    expect(unlimitedView(sql, MIDNIGHT)).toMatchObject({ used: 99, remaining: 1, resetsAt: MIDNIGHT + DAY_MS })
  }))

test('the quota is never exceeded by many requests at its edge (B1)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    startJob(sql, { poses: 99 }, NOON)
    const accepted = Array.from({ length: 20 }, () => ask(sql, 1, NOON)).filter((answer) => answer.ok)
    expect(accepted).toHaveLength(1)
    expect(remaining(sql, NOON)).toBe(0)
  }))

test('the first request of a new day is refused when it alone is more than the quota (B2)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    startJob(sql, { poses: 100 }, LAST_SECOND)
    expect(ask(sql, 101, MIDNIGHT)).toMatchObject({ code: 'QUOTA_EXCEEDED', required: 101, remaining: 100 })
    expect(remaining(sql, MIDNIGHT)).toBe(100)
  }))

test('a clock that steps back gives nothing (B4)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    startJob(sql, { poses: 100 }, NOON)
    for (const now of [NOON - DAY_MS, NOON - 2 * DAY_MS]) {
      expect(quotaDay(sql, now)).toBe(wibDay(NOON))
      expect(ask(sql, 1, now)).toMatchObject({ code: 'QUOTA_EXCEEDED', remaining: 0, resetsAt: MIDNIGHT })
    }
    expect(remaining(sql, MIDNIGHT)).toBe(100)
  }))

test('thirty days away are one reset (B6)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    startJob(sql, { poses: 100 }, NOON)
    const later = NOON + 30 * DAY_MS
    expect(remaining(sql, later)).toBe(100)
    openSession(sql, { id: 'ses_back', refreshHash: 'hash', userAgent: 'Firefox' }, later)
    startJob(sql, { sessionId: 'ses_back' }, later)
    expect(remaining(sql, later)).toBe(99)
    expect(all(sql, 'SELECT day FROM quota_day ORDER BY day')).toEqual([{ day: wibDay(NOON) }, { day: wibDay(later) }])
  }))

test('failed pictures return to the day that they were taken from (B7)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    const job = startJob(sql, { poses: 10 }, LAST_SECOND)
    make(sql, job.id, 0, done(), LAST_SECOND)
    startJob(sql, { poses: 5 }, MIDNIGHT)
    make(sql, job.id, 1, failed(), MIDNIGHT)
    make(sql, job.id, 2, done(), MIDNIGHT)
    const days = () => all(sql, 'SELECT used, held FROM quota_day ORDER BY day')
    const today = { used: 0, held: 5 }
    expect(days()).toEqual([{ used: 2, held: 7 }, today])
    expect(remaining(sql, MIDNIGHT)).toBe(95)
    cancelJob(sql, job.id, MIDNIGHT)
    expect(days()).toEqual([{ used: 2, held: 0 }, today])
    expect(all(sql, 'SELECT quota_poses FROM hold WHERE job_id = ?', job.id)).toEqual([{ quota_poses: 0 }])
  }))

test('a background costs credits in the unlimited tier too, the pose does not', () =>
  withSql((sql) => {
    openUnlimited(sql, { credits: 25 })
    expect(ask(sql, 3, NOON, true)).toMatchObject({
      ok: false,
      code: 'INSUFFICIENT_CREDITS',
      required: 30,
      available: 25,
    })
    const job = startJob(sql, { poses: 2, background: true }, NOON)
    expect(job).toMatchObject({ fund: 'unlimited', creditsHeld: 20 })
    make(sql, job.id, 0, done(true))
    make(sql, job.id, 1, done(false))
    expect(availableCredits(sql)).toBe(15)
    expect(remaining(sql, NOON)).toBe(98)
  }))

test('started work finishes by quota when the plan ends under it, the next one needs credits (B8)', () =>
  withSql((sql) => {
    const end = NOON + MINUTE_MS
    openUnlimited(sql, { credits: 30, expiresAt: end })
    const job = startJob(sql, { poses: 2 }, NOON)
    expect(unlimitedView(sql, end - 1)?.active).toBe(true)
    expect(unlimitedView(sql, end)?.active).toBe(false)
    make(sql, job.id, 0, done(), end)
    make(sql, job.id, 1, done(), end)
    expect(availableCredits(sql)).toBe(30)
    expect(ask(sql, 2, end)).toMatchObject({ code: 'INSUFFICIENT_CREDITS', required: 60, available: 30 })
    expect(startJob(sql, {}, end)).toMatchObject({ fund: 'credits', creditsHeld: 30 })
  }))

test('going up and down between plans gives no extra quota (B9)', () =>
  withSql((sql) => {
    openUnlimited(sql)
    for (let turn = 0; turn < 10; turn++) {
      giveQuota(sql, { dailyQuota: 50, expiresAt: null })
      ask(sql, 10, NOON)
      giveQuota(sql, { dailyQuota: 100, expiresAt: null })
      ask(sql, 10, NOON)
    }
    expect(unlimitedView(sql, NOON)).toMatchObject({ used: 100, remaining: 0 })
    giveQuota(sql, { dailyQuota: 50, expiresAt: null })
    expect(unlimitedView(sql, NOON)).toMatchObject({ used: 100, remaining: 0 })
  }))

test('a plan that only grants credits has no quota', () =>
  withSql((sql) => {
    giveQuota(sql, { dailyQuota: 0, expiresAt: null })
    expect(unlimitedView(sql, NOON)).toBeNull()
  }))
