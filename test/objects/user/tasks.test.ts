import { expect, test } from 'vitest'
import { cancelJob } from '../../../durable-objects/user/cancel'
import { entriesAfter } from '../../../durable-objects/user/entries'
import { eventsAfter } from '../../../durable-objects/user/events'
import { failedTasks, unmadeTasks } from '../../../durable-objects/user/jobs'
import { all } from '../../../durable-objects/user/rows'
import { claim, failTask, finish } from '../../../durable-objects/user/tasks'
import { MAX_TASK_TRIES, REDRIVE_AFTER_MS } from '../../../src/kernel/limits'
import {
  attemptOf,
  books,
  done,
  eventTypes,
  failed,
  LEASE_MS,
  openJob,
  retry,
  startJob,
  T0,
  tableCounts,
  withSql,
} from '../../support/jobs'

test('a claim gives a consumer everything it needs', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    expect(job.claim(1, T0 + 5)).toMatchObject({
      ...{ go: true, attempt: 1, createdAt: T0, params: { widthPx: 256 } },
      task: { variationKey: 'pose-v1', name: 'Pose 1', prompt: 'holding a box', seed: 1, poseId: null },
    })
    expect(job.view(T0 + 5)).toMatchObject({ status: 'processing', startedAt: T0 + 5 })
  }))

test('a job whose every picture is made is charged for each of them and completed', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    for (const position of [0, 1]) {
      job.claim(position)
      expect(job.finish(done(), position)).toEqual({ state: 'done' })
    }
    expect(job.view()).toMatchObject({ status: 'completed', completed: 2, creditsCharged: 60, creditsReleased: 0 })
    expect(books(sql)).toMatchObject({ available: 240, held: 0, spent: 60 })
    expect(eventTypes(sql).slice(1)).toEqual([
      ...['pose_generation_progress', 'pose_generation_progress', 'pose_generation_complete', 'credits_changed'],
    ])
  }))

test('of ten pictures of which three fail, seven are charged (A12)', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 10, taskWindow: 10 })
    for (let position = 0; position < 10; position++) {
      job.claim(position)
      job.finish(position < 3 ? failed('MODERATED_IN') : done(), position)
    }
    expect(job.view()).toMatchObject({
      status: 'partial',
      completed: 7,
      failed: 3,
      creditsCharged: 210,
      creditsReleased: 90,
    })
    expect(books(sql)).toMatchObject({ available: 90, spent: 210, held: 0 })
    expect(failedTasks(sql, job.jobId)).toHaveLength(3)
    expect(unmadeTasks(sql, job.jobId)[0]).toMatchObject({ position: 0, state: 'failed', errorCode: 'MODERATED_IN' })
  }))

test('when every picture fails, every credit comes back and the job has failed (A16)', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    for (const position of [0, 1]) {
      job.claim(position)
      expect(job.finish(failed(), position)).toEqual({ state: 'failed' })
    }
    expect(job.view()).toMatchObject({ status: 'failed', creditsReleased: 60 })
    expect(books(sql)).toMatchObject({ available: 300, spent: 0 })
    expect(eventTypes(sql)).toContain('pose_generation_failed')
  }))

test('a background that was asked for but not made is not charged (A13)', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2, background: true })
    job.claim(0)
    job.finish(done(false), 0)
    job.claim(1)
    job.finish(done(true), 1)
    expect(job.view()).toMatchObject({ creditsHeld: 80, creditsCharged: 70, creditsReleased: 10 })
    expect(books(sql)).toMatchObject({ available: 230, spent: 70 })
  }))

test('a second finish changes nothing and gets the first answer (A9, A20)', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    job.finish(done())
    const before = [tableCounts(sql), books(sql), entriesAfter(sql, 0, 100), job.view()]
    for (const outcome of [done(), failed(), retry()]) expect(job.finish(outcome)).toEqual({ state: 'done' })
    expect(failTask(sql, job.key(), 'GAVE_UP', T0)).toEqual({ state: 'done' })
    expect(attemptOf(job.claim())).toBe('ended')
    expect([tableCounts(sql), books(sql), entriesAfter(sql, 0, 100), job.view()]).toEqual(before)
  }))

test('of two consumers with one task, one gets it', () =>
  withSql((sql) => {
    const job = openJob(sql)
    expect(attemptOf(job.claim())).toBe(1)
    expect(attemptOf(job.claim())).toBe('leased')
    expect(attemptOf(job.claim(0, T0 + LEASE_MS - 1))).toBe('leased')
  }))

test('a consumer whose lease ran out and was taken over can no longer end the task (A18)', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    expect(attemptOf(job.claim(0, T0 + LEASE_MS))).toBe(2)
    expect(job.finish(done(), 0, 1, T0 + LEASE_MS)).toEqual({ state: 'stale' })
    expect(job.finish(failed(), 0, 1, T0 + LEASE_MS)).toEqual({ state: 'stale' })
    expect(books(sql).held).toBe(30)
    expect(job.finish(done(), 0, 2, T0 + LEASE_MS + 1)).toEqual({ state: 'done' })
  }))

test('a late consumer whose lease nobody took over is still welcome', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    expect(job.finish(done(), 0, 1, T0 + 10 * LEASE_MS)).toEqual({ state: 'done' })
  }))

test('what the provider asks to retry goes back, and is found again if its message is lost', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    expect(job.finish(retry(3_000))).toEqual({ state: 'retrying' })
    expect(all(sql, 'SELECT state, due_at, error_code FROM task')).toEqual([
      { state: 'queued', due_at: T0 + 3_000 + REDRIVE_AFTER_MS, error_code: 'UPSTREAM_5XX' },
    ])
    expect(books(sql).held).toBe(30)
    expect(attemptOf(job.claim(0, T0 + 3_000))).toBe(2)
  }))

test('the last attempt cannot ask for another', () =>
  withSql((sql) => {
    const job = openJob(sql)
    for (let attempt = 1; attempt < MAX_TASK_TRIES; attempt++) {
      expect(attemptOf(job.claim())).toBe(attempt)
      expect(job.finish(retry(), 0, attempt)).toEqual({ state: 'retrying' })
    }
    job.claim()
    expect(job.finish(retry(), 0, MAX_TASK_TRIES)).toEqual({ state: 'failed' })
    expect(books(sql)).toMatchObject({ available: 300, held: 0 })
  }))

test('a task that was claimed too often without an end is given up (A17)', () =>
  withSql((sql) => {
    const job = openJob(sql)
    let now = T0
    for (let attempt = 1; attempt <= MAX_TASK_TRIES; attempt++, now += LEASE_MS)
      expect(attemptOf(job.claim(0, now))).toBe(attempt)
    expect(attemptOf(job.claim(0, now))).toBe('gave_up')
    expect(job.view()).toMatchObject({ status: 'failed', creditsReleased: 30 })
    expect(unmadeTasks(sql, job.jobId)).toMatchObject([{ errorCode: 'GAVE_UP' }])
  }))

test('a task whose message is dead fails, whoever holds it (A18)', () =>
  withSql((sql) => {
    const job = openJob(sql)
    job.claim()
    expect(failTask(sql, job.key(), 'GAVE_UP', T0)).toEqual({ state: 'failed' })
    expect(job.finish(done())).toEqual({ state: 'failed' })
    expect(books(sql)).toMatchObject({ available: 300, spent: 0 })
  }))

test('tasks and jobs that nobody knows are unknown', () =>
  withSql((sql) => {
    const job = openJob(sql)
    const strangers = [job.key(1), { jobId: 'gen_none', position: 0 }]
    for (const key of strangers) {
      expect(claim(sql, key, LEASE_MS, T0)).toEqual({ go: false, reason: 'unknown' })
      expect(finish(sql, key, 1, done(), T0)).toEqual({ state: 'unknown' })
      expect(failTask(sql, key, 'GAVE_UP', T0)).toEqual({ state: 'unknown' })
    }
    expect(cancelJob(sql, 'gen_none', T0)).toBe('unknown')
  }))

test('progress says what is being made and how long the rest will take', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 4 })
    expect(job.view()).toMatchObject({ currentPose: 'Pose 0', remainingMs: null })
    job.claim(0)
    job.finish(done(), 0, 1, T0 + 2_000)
    expect(job.view(T0 + 2_000)).toMatchObject({ currentPose: 'Pose 1', remainingMs: 6_000 })
    const event = eventsAfter(sql, 1, 1)![0]
    expect(event).toMatchObject({
      ...{
        seq: 2,
        v: 1,
        type: 'pose_generation_progress',
        generationId: job.jobId,
        at: new Date(T0 + 2_000).toISOString(),
      },
      data: {
        ...{ progress: 25, posesCompleted: 1, posesFailed: 0, posesTotal: 4, currentPose: 'Pose 1' },
        ...{ estimatedTimeRemaining: 6, creditCharged: 30, creditReleased: 0, status: 'processing' },
        image: { id: 'img_test', status: 'completed', variationKey: 'pose-v0', name: 'Pose 0' },
      },
    })
  }))

test('a new job is estimated from the last one, and an ended one takes no more time', () =>
  withSql((sql) => {
    const job = openJob(sql, { poses: 2 })
    for (const position of [0, 1]) {
      job.claim(position)
      job.finish(done(), position, 1, T0 + 4_000)
    }
    expect(job.view(T0 + 4_000)).toMatchObject({ currentPose: null, remainingMs: 0 })
    expect(startJob(sql, { poses: 3 }, T0 + 5_000)).toMatchObject({ remainingMs: 6_000 })
  }))
