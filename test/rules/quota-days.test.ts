import { describe, expect, test } from 'vitest'
import { cancelJob } from '../../durable-objects/user/cancel'
import { lastBalances } from '../../durable-objects/user/entries'
import { assertBooks } from '../../durable-objects/user/ledger'
import { holdQuota, quotaDay, settleQuota, unlimitedView, wibDay } from '../../durable-objects/user/quota'
import { all } from '../../durable-objects/user/rows'
import { start } from '../../durable-objects/user/start'
import { withNodeSql } from '../support/node-sql'
import {
  askFor,
  DAY_MS,
  DONE,
  FAILED,
  giveQuota,
  HOUR_MS,
  makePicture,
  makePictures,
  NO_BACKGROUND,
  openAccount,
  startJob,
  T0,
} from './ledger-fixtures'

/** 20 November 2026, 23:59:59.999 in Jakarta, is one millisecond before this. */
const MIDNIGHT = Date.UTC(2026, 10, 20, 17)

function openSeller(sql: SqlStorage, dailyQuota = 100, credits = 0): void {
  openAccount(sql, credits)
  giveQuota(sql, dailyQuota)
}
const days = (sql: SqlStorage) => all(sql, 'SELECT day - ? AS day, used, held FROM quota_day ORDER BY day', wibDay(T0))

test('a day of quota begins at midnight in Jakarta, 17:00 UTC, exactly once (B5)', () => {
  expect(wibDay(MIDNIGHT - 1)).toBe(wibDay(T0))
  expect(wibDay(MIDNIGHT)).toBe(wibDay(T0) + 1)
  expect(wibDay(MIDNIGHT + DAY_MS - 1)).toBe(wibDay(T0) + 1)
  expect(wibDay(-7 * HOUR_MS)).toBe(0)
  expect(wibDay(-7 * HOUR_MS - 1)).toBe(-1)
})

test('fifty requests around midnight use each day once (B5)', () =>
  withNodeSql((sql) => {
    openSeller(sql)
    const accepted = Array.from({ length: 50 }, (_, n) =>
      start(sql, askFor({ key: `job${n}`, poses: 8 }), n < 25 ? MIDNIGHT - 1 : MIDNIGHT),
    ).filter(({ ok }) => ok)
    expect(accepted).toHaveLength(24)
    expect(days(sql)).toEqual([
      { day: 0, used: 0, held: 96 },
      { day: 1, used: 0, held: 96 },
    ])
    expect(unlimitedView(sql, MIDNIGHT)).toEqual({
      ...{ active: true, dailyQuota: 100, used: 96, remaining: 4, resetsAt: MIDNIGHT + DAY_MS },
      expiresAt: T0 + 300 * DAY_MS,
    })
  }))

test('pictures that are being made count as used', () =>
  withNodeSql((sql) => {
    openSeller(sql)
    expect(unlimitedView(sql, T0)).toMatchObject({ used: 0, remaining: 100, resetsAt: MIDNIGHT })
    startJob(sql, { poses: 10 })
    makePictures(sql, 'job', [DONE, FAILED, DONE])
    expect(unlimitedView(sql, T0)).toMatchObject({ used: 9, remaining: 91 })
    expect(days(sql)).toEqual([{ day: 0, used: 2, held: 7 }])
    assertBooks(sql)
  }))

test('the last picture of a day fits, the one after it does not, and says what is left (B2)', () =>
  withNodeSql((sql) => {
    openSeller(sql, 10)
    startJob(sql, { poses: 9 })
    const refusal = { ok: false, code: 'QUOTA_EXCEEDED', required: 2, remaining: 1, resetsAt: MIDNIGHT }
    expect(start(sql, askFor({ key: 'two', poses: 2 }), T0)).toEqual(refusal)
    startJob(sql, { key: 'one' })
    expect(start(sql, askFor({ key: 'more' }), T0)).toMatchObject({ required: 1, remaining: 0 })
  }))

test('more than a whole day is refused on a new day too (B2)', () =>
  withNodeSql((sql) => {
    openSeller(sql, 100)
    startJob(sql, { poses: 100 })
    expect(start(sql, askFor({ key: 'big', poses: 101 }), MIDNIGHT)).toMatchObject({ required: 101, remaining: 100 })
  }))

test('a clock that steps back opens no day again and gives none twice (B4)', () =>
  withNodeSql((sql) => {
    openSeller(sql)
    startJob(sql, { poses: 60 })
    for (const now of [T0 - DAY_MS, T0 - 2 * DAY_MS]) {
      expect(quotaDay(sql, now)).toBe(wibDay(T0))
      expect(unlimitedView(sql, now)).toMatchObject({ used: 60, remaining: 40, resetsAt: MIDNIGHT })
      expect(start(sql, askFor({ key: 'again', poses: 41 }), now)).toMatchObject({ code: 'QUOTA_EXCEEDED' })
    }
    startJob(sql, { key: 'back', poses: 40 }, T0 - DAY_MS)
    expect(days(sql)).toEqual([{ day: 0, used: 0, held: 100 }])
    expect(quotaDay(sql, MIDNIGHT)).toBe(wibDay(T0) + 1)
  }))

test('thirty days away are one reset (B6)', () =>
  withNodeSql((sql) => {
    openSeller(sql)
    startJob(sql, { poses: 100 })
    expect(unlimitedView(sql, T0 + 30 * DAY_MS)).toMatchObject({ used: 0, remaining: 100 })
    expect(days(sql)).toHaveLength(1)
  }))

test('a failed or cancelled picture gives its place back to the day it was taken from (B7)', () =>
  withNodeSql((sql) => {
    openSeller(sql)
    startJob(sql, { poses: 5 }, MIDNIGHT - 1)
    makePicture(sql, { jobId: 'job', position: 0 }, DONE, MIDNIGHT - 1)
    startJob(sql, { key: 'today', poses: 3 }, MIDNIGHT)
    makePicture(sql, { jobId: 'job', position: 1 }, FAILED, MIDNIGHT)
    makePicture(sql, { jobId: 'job', position: 2 }, DONE, MIDNIGHT)
    cancelJob(sql, 'job', MIDNIGHT)
    expect(days(sql)).toEqual([
      { day: 0, used: 2, held: 0 },
      { day: 1, used: 0, held: 3 },
    ])
    expect(unlimitedView(sql, MIDNIGHT)).toMatchObject({ used: 3, remaining: 97 })
  }))

test('started work ends by quota when the plan ends under it, the next needs credits (B8)', () =>
  withNodeSql((sql) => {
    openAccount(sql, 30)
    const end = T0 + HOUR_MS
    giveQuota(sql, 10, end)
    startJob(sql, { poses: 2 })
    expect(unlimitedView(sql, end - 1)?.active).toBe(true)
    expect(unlimitedView(sql, end)).toMatchObject({ active: false, dailyQuota: 10, used: 2, expiresAt: end })
    for (const position of [0, 1]) makePicture(sql, { jobId: 'job', position }, DONE, end)
    expect(lastBalances(sql).available).toBe(30)
    const refusal = { ok: false, code: 'INSUFFICIENT_CREDITS', required: 60, available: 30, owed: 0 }
    expect(start(sql, askFor({ key: 'next', poses: 2 }), end)).toEqual(refusal)
    expect(startJob(sql, { key: 'one' }, end)).toMatchObject({ fund: 'credits', creditsHeld: 30 })
  }))

test('a background costs credits by quota too, and a picture without one nothing (A13)', () =>
  withNodeSql((sql) => {
    openSeller(sql, 10, 25)
    expect(start(sql, askFor({ poses: 3, background: true }), T0)).toMatchObject({ required: 30, available: 25 })
    expect(startJob(sql, { poses: 2, background: true })).toMatchObject({ fund: 'unlimited', creditsHeld: 20 })
    makePictures(sql, 'job', [DONE, NO_BACKGROUND])
    expect(lastBalances(sql)).toEqual({ available: 15, held: 0, owed: 0 })
    expect(days(sql)).toEqual([{ day: 0, used: 2, held: 0 }])
  }))

describe('in credits', () => {
  test('a pose that came without its background costs the pose alone (A13)', () =>
    withNodeSql((sql) => {
      openAccount(sql, 100)
      startJob(sql, { poses: 2, background: true })
      makePictures(sql, 'job', [DONE, NO_BACKGROUND])
      expect(lastBalances(sql)).toEqual({ available: 30, held: 0, owed: 0 })
    }))

  test('seven of ten pictures are charged, three are released once (A12)', () =>
    withNodeSql((sql) => {
      openAccount(sql, 300)
      startJob(sql, { poses: 10 })
      const outcomes = Array.from({ length: 10 }, (_, n) => (n % 4 === 1 ? FAILED : DONE))
      makePictures(sql, 'job', outcomes)
      expect(lastBalances(sql)).toEqual({ available: 90, held: 0, owed: 0 })
      expect(all(sql, 'SELECT credits, charged, released FROM hold')).toEqual([
        { credits: 300, charged: 210, released: 90 },
      ])
      assertBooks(sql)
    }))
})

test('quota is held for and settled with one job, whatever others do', () =>
  withNodeSql((sql) => {
    openSeller(sql)
    startJob(sql, { poses: 3 })
    startJob(sql, { key: 'other', poses: 4 })
    settleQuota(sql, 'job', 2, 'used')
    settleQuota(sql, 'job', 1, 'released')
    expect(days(sql)).toEqual([{ day: 0, used: 2, held: 4 }])
    expect(all(sql, 'SELECT job_id, quota_poses FROM hold ORDER BY job_id')).toEqual([
      { job_id: 'job', quota_poses: 0 },
      { job_id: 'other', quota_poses: 4 },
    ])
    expect(() => settleQuota(sql, 'other', 5, 'used')).toThrow('CHECK')
    holdQuota(sql, 'job', 1, MIDNIGHT)
    expect(days(sql)).toHaveLength(2)
  }))

test('somebody who never had a plan has no quota', () =>
  withNodeSql((sql) => {
    openAccount(sql, 30)
    expect(unlimitedView(sql, T0)).toBeNull()
    expect(startJob(sql)).toMatchObject({ fund: 'credits' })
  }))
