import { expect, test } from 'vitest'
import { cancelJob } from '../../../durable-objects/user/cancel'
import { nextDue } from '../../../durable-objects/user/due'
import { findJob, viewJob } from '../../../durable-objects/user/jobs'
import { assertBooks } from '../../../durable-objects/user/ledger'
import { giveUp, promote, redrive, type Sending } from '../../../durable-objects/user/queueing'
import { all } from '../../../durable-objects/user/rows'
import { claim, finish } from '../../../durable-objects/user/tasks'
import {
  JOB_GIVE_UP_MS,
  MAX_SEND_BATCH,
  MAX_TASK_TRIES,
  REDRIVE_AFTER_MS,
  REDRIVE_MAX_MS,
} from '../../../src/kernel/limits'
import { books, done, openAccount, retry, SECOND_MS, startJob, T0, withSql } from '../../support/jobs'

const LEASE_MS = 25 * SECOND_MS
const positions = (sendings: Sending[]) => sendings.map(({ position }) => position)

test('at most a window of tasks is in the queue, and the next goes as one ends', () =>
  withSql((sql) => {
    openAccount(sql, 3_000)
    const { id: jobId } = startJob(sql, { poses: 20, taskWindow: 8, requestId: 'req_1' })
    const sent = promote(sql, T0)
    expect(positions(sent)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(sent[0]).toEqual({ jobId, position: 0, requestId: 'req_1' })
    expect(promote(sql, T0)).toEqual([])
    // Taken is not ended: a claimed task keeps its place in the window.
    claim(sql, { jobId, position: 0 }, LEASE_MS, T0)
    expect(promote(sql, T0)).toEqual([])
    finish(sql, { jobId, position: 0 }, 1, done(), T0)
    expect(positions(promote(sql, T0))).toEqual([8])
  }))

test('pictures that wait for another try leave room for others, up to four windows', () =>
  withSql((sql) => {
    openAccount(sql, 3_000)
    const { id: jobId } = startJob(sql, { poses: 40, taskWindow: 2 })
    const sent: number[] = []
    for (let going = positions(promote(sql, T0)); going.length > 0; going = positions(promote(sql, T0)))
      for (const position of going) {
        sent.push(position)
        claim(sql, { jobId, position }, LEASE_MS, T0)
        finish(sql, { jobId, position }, 1, retry(), T0)
      }
    expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    // Taken up again it keeps somebody busy: its place is in the window.
    claim(sql, { jobId, position: 0 }, LEASE_MS, T0 + SECOND_MS)
    finish(sql, { jobId, position: 0 }, 2, done(), T0 + SECOND_MS)
    expect(positions(promote(sql, T0 + SECOND_MS))).toEqual([8])
  }))

test('the oldest job goes first, the next one gets what room is left', () =>
  withSql((sql) => {
    openAccount(sql, 3_000)
    const older = startJob(sql, { poses: 3, taskWindow: 5 })
    const newer = startJob(sql, { poses: 4, taskWindow: 5 })
    expect(promote(sql, T0).map(({ jobId, position }) => [jobId, position])).toEqual([
      ...[0, 1, 2].map((position) => [older.id, position]),
      ...[0, 1].map((position) => [newer.id, position]),
    ])
    cancelJob(sql, older.id, T0)
    expect(positions(promote(sql, T0))).toEqual([2, 3])
  }))

test('a cancelled job sends nothing more', () =>
  withSql((sql) => {
    openAccount(sql, 3_000)
    const { id: jobId } = startJob(sql, { poses: 20 })
    promote(sql, T0)
    claim(sql, { jobId, position: 0 }, LEASE_MS, T0)
    cancelJob(sql, jobId, T0)
    expect(promote(sql, T0)).toEqual([])
    expect(redrive(sql, T0 + REDRIVE_AFTER_MS)).toEqual([])
  }))

test('a message that nobody claimed is sent again, each time after twice the wait (A8)', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    startJob(sql)
    promote(sql, T0)
    const waits: number[] = []
    for (let now = T0, due = nextTask(sql); waits.length < 8; due = nextTask(sql)) {
      expect(redrive(sql, due - 1)).toEqual([])
      expect(positions(redrive(sql, due))).toEqual([0])
      waits.push((due - now) / REDRIVE_AFTER_MS)
      now = due
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
    expect(30 * REDRIVE_AFTER_MS).toBe(REDRIVE_MAX_MS)
    expect(books(sql).held).toBe(30)
  }))

test('a picture whose message was lost often is missed soon again, once somebody had it', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    const { id: jobId } = startJob(sql)
    promote(sql, T0)
    let now = T0
    for (let n = 0; n < 6; n++) {
      now = nextTask(sql)
      redrive(sql, now)
    }
    claim(sql, { jobId, position: 0 }, LEASE_MS, now)
    now += LEASE_MS
    expect(positions(redrive(sql, now))).toEqual([0])
    expect(nextTask(sql) - now).toBe(2 * REDRIVE_AFTER_MS)
  }))

const nextTask = (sql: SqlStorage) => all<{ due_at: number }>(sql, 'SELECT MIN(due_at) AS due_at FROM task')[0]!.due_at

test('a lease that ran out is sent again, and the dead consumer cannot end it (A18)', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    const { id: jobId } = startJob(sql)
    promote(sql, T0)
    const key = { jobId, position: 0 }
    claim(sql, key, LEASE_MS, T0)
    expect(redrive(sql, T0 + LEASE_MS - 1)).toEqual([])
    expect(positions(redrive(sql, T0 + LEASE_MS))).toEqual([0])
    expect(claim(sql, key, LEASE_MS, T0 + LEASE_MS)).toMatchObject({ go: true, attempt: 2 })
    expect(finish(sql, key, 1, done(), T0 + LEASE_MS)).toEqual({ state: 'stale' })
  }))

test('the last lease that ran out fails the task and returns its credits (A17)', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    const { id: jobId } = startJob(sql)
    promote(sql, T0)
    sql.exec('UPDATE task SET tries = ?', MAX_TASK_TRIES - 1)
    claim(sql, { jobId, position: 0 }, LEASE_MS, T0)
    expect(redrive(sql, T0 + LEASE_MS)).toEqual([])
    expect(viewJob(sql, findJob(sql, jobId)!, T0)).toMatchObject({ status: 'failed', creditsReleased: 30 })
    expect(all(sql, 'SELECT error_code FROM task')).toEqual([{ error_code: 'LEASE_EXPIRED' }])
  }))

test('a consumer that died with a cancelled job does not bring its picture back', () =>
  withSql((sql) => {
    openAccount(sql, 60)
    const { id: jobId } = startJob(sql, { poses: 2 })
    promote(sql, T0)
    claim(sql, { jobId, position: 0 }, LEASE_MS, T0)
    cancelJob(sql, jobId, T0)
    expect(redrive(sql, T0 + LEASE_MS)).toEqual([])
    expect(viewJob(sql, findJob(sql, jobId)!, T0)).toMatchObject({ status: 'cancelled', creditsReleased: 60 })
    expect(books(sql)).toMatchObject({ available: 60, held: 0, spent: 0 })
  }))

test('recovery goes in batches, the rest stays due', () =>
  withSql((sql) => {
    openAccount(sql, 9_000)
    startJob(sql, { poses: 250, taskWindow: 250 })
    promote(sql, T0)
    const now = T0 + REDRIVE_AFTER_MS
    expect([redrive(sql, now), redrive(sql, now), redrive(sql, now)].map((sent) => sent.length)).toEqual([
      ...[MAX_SEND_BATCH, MAX_SEND_BATCH, 250 - 2 * MAX_SEND_BATCH],
    ])
    expect(redrive(sql, now)).toEqual([])
  }))

test('a job that outlived every hope fails and returns what it holds', () =>
  withSql((sql) => {
    openAccount(sql, 300)
    const { id: jobId } = startJob(sql, { poses: 10, taskWindow: 4 })
    promote(sql, T0)
    claim(sql, { jobId, position: 0 }, LEASE_MS, T0)
    finish(sql, { jobId, position: 0 }, 1, done(), T0)
    claim(sql, { jobId, position: 1 }, LEASE_MS, T0)
    giveUp(sql, T0 + JOB_GIVE_UP_MS - 1)
    expect(books(sql).held).toBe(270)
    giveUp(sql, T0 + JOB_GIVE_UP_MS)
    expect(viewJob(sql, findJob(sql, jobId)!, T0)).toMatchObject({
      ...{ status: 'partial', completed: 1, failed: 9, creditsCharged: 30, creditsReleased: 270 },
    })
    expect(promote(sql, T0 + JOB_GIVE_UP_MS)).toEqual([])
    assertBooks(sql)
  }))

test('an open job wakes its object for its end, even with nothing in the queue and everything told', () =>
  withSql((sql) => {
    openAccount(sql, 30)
    startJob(sql)
    sql.exec('UPDATE job SET project_due_at = NULL')
    sql.exec('UPDATE owner SET mirrored_seq = (SELECT MAX(seq) FROM entry)')
    expect(nextDue(sql, 0)).toBe(T0 + JOB_GIVE_UP_MS)
  }))

test('an object with nothing to do sleeps', () =>
  withSql((sql) => {
    expect(nextDue(sql, 0)).toBeNull()
    openAccount(sql)
    expect(nextDue(sql, 0)).toBeNull()
  }))
