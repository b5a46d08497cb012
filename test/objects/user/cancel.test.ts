import { expect, test } from 'vitest'
import { cancelJob } from '../../../durable-objects/user/cancel'
import { findJob, hasOpenJobs, unmadeTasks, viewJob } from '../../../durable-objects/user/jobs'
import { assertBooks } from '../../../durable-objects/user/ledger'
import { all } from '../../../durable-objects/user/rows'
import { claim, finish } from '../../../durable-objects/user/tasks'
import {
  attemptOf,
  books,
  done,
  eventTypes,
  failed,
  LEASE_MS,
  openAccount,
  openJob,
  retry,
  startJob,
  T0,
  tableCounts,
  withSql,
} from '../../support/jobs'

const states = (sql: SqlStorage) =>
  all<{ state: string }>(sql, 'SELECT state FROM task ORDER BY position').map((row) => row.state)

test('cancelling returns what nobody works on at once and ends the job', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 10 })
    expect(hasOpenJobs(sql, 'prj_test')).toBe(true)
    expect(job.cancel()).toBe('cancelled')
    expect(job.view()).toMatchObject({ status: 'cancelled', cancelled: 10, creditsReleased: 300, endedAt: T0 })
    expect(books(sql)).toMatchObject({ available: 300, held: 0 })
    expect(eventTypes(sql).slice(1)).toEqual(['pose_generation_cancelled', 'credits_changed'])
    expect(hasOpenJobs(sql, 'prj_test')).toBe(false)
    expect(attemptOf(job.claim())).toBe('ended')
    expect(job.finish(done())).toEqual({ state: 'cancelled' })
  }))

test('cancelling twice is cancelling once, and what has ended stays ended', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    job.claim()
    job.cancel()
    const before = [tableCounts(sql), books(sql)]
    expect(job.cancel()).toBe('cancelled')
    job.finish(done())
    expect(job.cancel()).toBe('cancelled')
    expect(before[1]).toMatchObject({ held: 30 })
    const { id } = startJob(sql)
    claim(sql, { jobId: id, position: 0 }, LEASE_MS, T0)
    finish(sql, { jobId: id, position: 0 }, 1, done(), T0)
    expect(cancelJob(sql, id, T0)).toBe('ended')
  }))

test.each([
  { title: 'made', outcome: done(), charged: 30, state: 'done' },
  { title: 'failed', outcome: failed(), charged: 0, state: 'failed' },
  { title: 'to be retried', outcome: retry(), charged: 0, state: 'cancelled' },
])('what a consumer holds while the job is cancelled ends as it ends: $title', ({ outcome, charged, state }) =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 3 })
    job.claim(1)
    job.cancel()
    expect(states(sql)).toEqual(['cancelled', 'leased', 'cancelled'])
    expect(books(sql)).toMatchObject({ available: 270, held: 30 })
    expect(job.view()).toMatchObject({ status: 'cancelled', endedAt: null })
    expect(job.finish(outcome, 1)).toEqual({ state })
    expect(job.view()).toMatchObject({
      status: 'cancelled',
      creditsCharged: charged,
      creditsReleased: 90 - charged,
      endedAt: T0,
    })
    expect(eventTypes(sql).slice(-2)).toEqual(['pose_generation_cancelled', 'credits_changed'])
  }),
)

test('a picture is not begun again after its job was cancelled', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    job.cancel()
    expect(attemptOf(job.claim(0, T0 + LEASE_MS))).toBe('gave_up')
    expect(job.view()).toMatchObject({
      status: 'cancelled',
      creditsCharged: 0,
      creditsReleased: 30,
      endedAt: T0 + LEASE_MS,
    })
    expect(unmadeTasks(sql, job.jobId)).toMatchObject([{ state: 'cancelled', errorCode: null }])
  }))

test('cancel against finish, a hundred times in either order: charged and released are the hold (A19)', () =>
  withSql((sql) => {
    openAccount(sql, 30_000)
    for (let n = 0; n < 100; n++) {
      const { id: jobId } = startJob(sql, { poses: 2, key: `k${n}` })
      const key = { jobId, position: n % 2 }
      claim(sql, key, LEASE_MS, T0)
      const turns = [() => cancelJob(sql, jobId, T0), () => finish(sql, key, 1, n % 3 ? done() : failed(), T0)]
      for (const turn of n % 5 < 3 ? turns : turns.reverse()) turn()
      const { creditsHeld, creditsCharged, creditsReleased, status } = viewJob(sql, findJob(sql, jobId)!, T0)
      expect([creditsHeld, status]).toEqual([creditsCharged + creditsReleased, 'cancelled'])
      assertBooks(sql)
    }
    expect(books(sql)).toMatchObject({ held: 0 })
  }))
