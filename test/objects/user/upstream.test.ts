import { expect, test } from 'vitest'
import { redrive } from '../../../durable-objects/user/queueing'
import { all } from '../../../durable-objects/user/rows'
import { claim, forgetRun, keepRun, type Outcome } from '../../../durable-objects/user/tasks'
import { MAX_RUN_CHARACTERS, MAX_TASK_TRIES } from '../../../src/kernel/limits'
import { attemptOf, books, done, failed, LEASE_MS, openJob, retry, SECOND_MS, T0, withSql } from '../../support/jobs'

const POLL_LEASE_MS = 12 * SECOND_MS

/** What a runner keeps of a job that goes on upstream; without a number, of one that does not. */
const run = (upstreamId?: string): string => JSON.stringify({ handle: upstreamId ? { json: upstreamId } : null })

const waiting = (state = run()): Outcome => ({
  ...{ kind: 'waiting', delayMs: SECOND_MS, isDown: false },
  run: state,
})

const rowsOf = (sql: SqlStorage) => all<{ tries: number; run: string | null }>(sql, 'SELECT tries, run FROM task')

/** A job of one picture that was begun upstream under number 7. */
function begun(sql: SqlStorage) {
  const job = openJob(sql)
  job.claim()
  expect(keepRun(sql, job.key(), 1, run('7'))).toBe(true)
  return job
}

test('what was begun upstream is known to the next consumer after a crash', () =>
  withSql((sql) => {
    const job = begun(sql)
    expect(job.claim(0, T0 + LEASE_MS)).toMatchObject({ go: true, attempt: 2, run: run('7') })
  }))

test('the first consumer of a picture finds nothing begun', () =>
  withSql((sql) => {
    expect(openJob(sql).claim()).toMatchObject({ go: true, run: null })
  }))

test('a consumer whose lease was taken over keeps nothing', () =>
  withSql((sql) => {
    const job = begun(sql)
    expect(attemptOf(job.claim(0, T0 + LEASE_MS))).toBe(2)
    expect(keepRun(sql, job.key(), 1, run('8'))).toBe(false)
    expect(rowsOf(sql)).toEqual([{ tries: 1, run: run('7') }])
  }))

test('nothing is kept for a picture that is not being made: queued, ended, or unknown', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    expect(keepRun(sql, job.key(), 0, run('7'))).toBe(false)
    job.claim(1)
    job.finish(done(), 1)
    expect(keepRun(sql, job.key(1), 1, run('7'))).toBe(false)
    expect(keepRun(sql, job.key(9), 1, run('7'))).toBe(false)
    expect(rowsOf(sql).map((row) => row.run)).toEqual([null, null])
  }))

test('a picture whose shoot was cancelled while it was submitted is told so, and keeps nothing', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    job.cancel()
    expect(keepRun(sql, job.key(), 1, run('7'))).toBe(false)
  }))

test('a job upstream of a cancelled shoot is handed out until somebody has cancelled it there', () =>
  withSql((sql) => {
    const job = begun(sql)
    expect(job.finish(waiting(run('7')))).toEqual({ state: 'retrying' })
    job.cancel()
    const handedOut = { go: false, reason: 'ended', run: run('7') }
    expect(job.claim()).toEqual(handedOut)
    // Whoever got it died before it was cancelled: the next message gets it again.
    expect(job.claim()).toEqual(handedOut)
    forgetRun(sql, job.key())
    expect(job.claim()).toEqual({ go: false, reason: 'ended', run: null })
    expect(books(sql)).toMatchObject({ available: 300, held: 0, spent: 0 })
  }))

test('the same when it is cancelled during a poll', () =>
  withSql((sql) => {
    const job = begun(sql)
    job.cancel()
    expect(job.finish(waiting(run('7')))).toEqual({ state: 'cancelled' })
    expect(job.view()).toMatchObject({ status: 'cancelled', failed: 0, cancelled: 1 })
    expect(job.claim()).toEqual({ go: false, reason: 'ended', run: run('7') })
    expect(books(sql)).toMatchObject({ available: 300, held: 0, spent: 0 })
  }))

test('a picture that is there, or that failed without anything upstream, leaves nothing to look after', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    job.claim(0)
    keepRun(sql, job.key(0), 1, run('7'))
    job.finish(done(), 0)
    job.claim(1)
    job.finish(waiting(run()), 1)
    job.claim(1)
    job.finish(failed(), 1, 2)
    for (const position of [0, 1]) expect(job.claim(position)).toEqual({ go: false, reason: 'ended', run: null })
  }))

test('forgetting a picture that is still being made forgets nothing', () =>
  withSql((sql) => {
    const job = begun(sql)
    forgetRun(sql, job.key())
    expect(rowsOf(sql)).toEqual([{ tries: 0, run: run('7') }])
  }))

test('asking upstream more than twenty times is no try, and never gives a picture up', () =>
  withSql((sql) => {
    const job = begun(sql)
    const polls = 5 * MAX_TASK_TRIES
    for (let attempt = 1; attempt <= polls; attempt++) {
      expect(job.finish(waiting(run('7')), 0, attempt, T0 + attempt)).toEqual({ state: 'retrying' })
      expect(attemptOf(job.claim(0, T0 + attempt))).toBe(attempt + 1)
    }
    expect(polls).toBeGreaterThan(20)
    expect(rowsOf(sql)).toEqual([{ tries: 0, run: run('7') }])
    expect(job.finish(done(), 0, polls + 1)).toEqual({ state: 'done' })
    expect(books(sql)).toMatchObject({ available: 270, spent: 30, held: 0 })
  }))

test('a retry that is nobody’s fault is no try either', () =>
  withSql((sql) => {
    const job = openJob(sql)
    for (let attempt = 1; attempt <= 3 * MAX_TASK_TRIES; attempt++) {
      expect(attemptOf(job.claim())).toBe(attempt)
      const patient: Outcome = { kind: 'retry', code: 'RATE_LIMITED', delayMs: SECOND_MS, counted: false }
      expect(job.finish(patient, 0, attempt)).toEqual({ state: 'retrying' })
    }
    expect(rowsOf(sql)).toMatchObject([{ tries: 0 }])
  }))

test('a retry that says nothing of it is a try, and the last of them ends the picture', () =>
  withSql((sql) => {
    const job = openJob(sql)
    for (let attempt = 1; attempt <= MAX_TASK_TRIES; attempt++) {
      job.claim()
      const state = attempt < MAX_TASK_TRIES ? 'retrying' : 'failed'
      expect(job.finish(retry(), 0, attempt)).toEqual({ state })
    }
  }))

test('a crash is a try, whether the next message or the alarm finds it', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    expect(attemptOf(job.claim(0, T0 + LEASE_MS))).toBe(2)
    expect(rowsOf(sql)).toMatchObject([{ tries: 1 }])
    expect(redrive(sql, T0 + 2 * LEASE_MS)).toHaveLength(1)
    expect(rowsOf(sql)).toMatchObject([{ tries: 2 }])
    // The alarm has counted the crash: the claim after it does not count it once more.
    expect(attemptOf(job.claim(0, T0 + 2 * LEASE_MS))).toBe(3)
    expect(rowsOf(sql)).toMatchObject([{ tries: 2 }])
  }))

test('whoever crashes at every try is given up, and what went on upstream is handed out', () =>
  withSql((sql) => {
    const job = begun(sql)
    for (let crashes = 1; crashes < MAX_TASK_TRIES; crashes++)
      expect(attemptOf(job.claim(0, T0 + crashes * LEASE_MS))).toBe(crashes + 1)
    const after = T0 + MAX_TASK_TRIES * LEASE_MS
    expect(job.claim(0, after)).toEqual({ go: false, reason: 'gave_up' })
    expect(job.claim(0, after)).toEqual({ go: false, reason: 'ended', run: run('7') })
    expect(books(sql)).toMatchObject({ available: 300, held: 0 })
  }))

test('who only asks upstream gets a shorter lease than who makes a picture', () =>
  withSql((sql) => {
    const job = openJob(sql)
    const leaseEnd = () => all<{ due_at: number }>(sql, 'SELECT due_at FROM task')[0]?.due_at
    claim(sql, job.key(), LEASE_MS, T0, { pollLeaseMs: POLL_LEASE_MS })
    expect(leaseEnd()).toBe(T0 + LEASE_MS)
    job.finish(waiting(run('7')))
    claim(sql, job.key(), LEASE_MS, T0, { pollLeaseMs: POLL_LEASE_MS })
    expect(leaseEnd()).toBe(T0 + POLL_LEASE_MS)
  }))

test('a state that is larger than its limit is refused, and what was kept stays', () =>
  withSql((sql) => {
    const job = begun(sql)
    const large = JSON.stringify({ handle: { json: 'x'.repeat(MAX_RUN_CHARACTERS) } })
    expect(() => keepRun(sql, job.key(), 1, large)).toThrow('the state of a run is small')
    expect(() => job.finish(waiting(large))).toThrow('the state of a run is small')
    expect(rowsOf(sql)).toEqual([{ tries: 0, run: run('7') }])
    const largest = JSON.stringify({ handle: null, pad: '' })
    const fits = largest.replace('""', `"${'x'.repeat(MAX_RUN_CHARACTERS - largest.length)}"`)
    expect(fits).toHaveLength(MAX_RUN_CHARACTERS)
    expect(keepRun(sql, job.key(), 1, fits)).toBe(true)
  }))

test('of two messages that continue one attempt the second is overtaken; one that the object sent itself is not', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    job.finish(waiting(run('7')))
    const continuing = () => claim(sql, job.key(), LEASE_MS, T0, { after: 1 })
    expect(continuing()).toMatchObject({ go: true, attempt: 2 })
    expect(continuing()).toEqual({ go: false, reason: 'leased' })
    job.finish(waiting(run('7')), 0, 2)
    expect(continuing()).toEqual({ go: false, reason: 'overtaken' })
    expect(job.claim()).toMatchObject({ go: true, attempt: 3 })
  }))
