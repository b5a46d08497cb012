import type { JobWork, TaskPlan } from '../../src/generations/types'
import { assert } from '../../src/kernel/assert'
import {
  MAX_RUN_CHARACTERS,
  MAX_TASK_TRIES,
  REDRIVE_AFTER_MS,
  SMALL_SHOOT_PICTURES,
  SMALL_SHOOT_SHARE,
} from '../../src/kernel/limits'
import { type EventImage, JOB_EVENTS } from '../../src/progress/events'
import { appendEvent } from './events'
import { findJob, type JobRow, toTaskPlan, touchJob, workOf } from './jobs'
import { DRAIN_LAG_MS } from './outbox'
import { number } from './rows'
import { endTask, type FinishAnswer, progressData } from './task-end'
import { findTask, isEnded, isUpstream, type TaskKey, type TaskRow } from './task-rows'

type Go = {
  go: true
  attempt: number
  /** Tries that ended badly so far. */
  tries: number
  task: TaskPlan
  /** The project that the job belongs to; '' for a job without. */
  projectId: string
  createdAt: number
  run: string | null
  share: number
}

/** `run`: what the runner kept at an earlier attempt. `share`: of the providers' slots, against other sellers. */
export type Claim =
  | (Go & JobWork)
  | { go: false; reason: 'unknown' | 'leased' | 'gave_up' | 'overtaken' }
  /** `run`: a job upstream that nobody waits for any more. */
  | { go: false; reason: 'ended'; run: string | null }

/**
 * What a consumer made of a task. `retry` and `waiting` give the lease back: the same message comes again after
 * `delayMs`. A retry counts as a failed try unless it says otherwise; waiting (for a job upstream, for a turn) never does.
 */
export type Outcome =
  | { kind: 'done'; backgroundDone: boolean; image: EventImage }
  | { kind: 'failed'; code: string }
  | { kind: 'retry'; code: string; delayMs: number; run?: string; counted?: boolean }
  | { kind: 'waiting'; delayMs: number; run: string; isDown: boolean }

export type ClaimOptions = { pollLeaseMs?: number; after?: number | undefined }

/** Of all jobs of the user, so that nobody gains by cutting a large one into small ones; files need no provider. */
const openPictures = (sql: SqlStorage): number =>
  number(
    sql,
    `SELECT COALESCE(SUM(total - completed - failed - cancelled), 0) FROM job INDEXED BY job_open
     WHERE ended_at IS NULL AND give_up_at > 0 AND app <> 'exports'`,
  )

/**
 * Gives a consumer a lease of `leaseMs` on a task, of `pollLeaseMs` if it only has to ask upstream; its attempt number
 * fences off earlier holders. `after` is the attempt that the message continues, if it says so.
 */
export function claim(
  sql: SqlStorage,
  key: TaskKey,
  leaseMs: number,
  now: number,
  { pollLeaseMs = leaseMs, after }: ClaimOptions = {},
): Claim {
  const task = findTask(sql, key)
  const job = task && findJob(sql, key.jobId)
  if (!task || !job) return { go: false, reason: 'unknown' }
  if (isEnded(task.state)) return { go: false, reason: 'ended', run: isUpstream(task) ? task.run : null }
  if (task.state === 'leased' && task.due_at! > now) return { go: false, reason: 'leased' }
  if (after !== undefined && after !== task.attempt) return { go: false, reason: 'overtaken' }
  const tries = task.tries + (task.state === 'leased' ? 1 : 0)
  // A lease that ran out after the job was cancelled is not begun again: nobody wants that picture any more.
  const hopeless = job.cancelled_at !== null ? 'CANCELLED' : tries >= MAX_TASK_TRIES ? 'GAVE_UP' : null
  if (hopeless) {
    endTask(sql, job, task, { state: 'failed', code: hopeless }, now)
    return { go: false, reason: 'gave_up' }
  }
  const attempt = task.attempt + 1
  const dueAt = now + (isUpstream(task) ? pollLeaseMs : leaseMs)
  sql.exec(
    // Its message arrived: the next one that gets lost is missed as soon as the first.
    "UPDATE task SET state = 'leased', attempt = ?, tries = ?, due_at = ?, sendings = 1 WHERE job_id = ? AND position = ?",
    ...[attempt, tries, dueAt, key.jobId, key.position],
  )
  if (job.started_at === null) {
    sql.exec('UPDATE job SET started_at = ? WHERE id = ?', now, job.id)
    touchJob(sql, job.id, now + DRAIN_LAG_MS)
  }
  const { run } = task
  return {
    ...{ go: true, attempt, tries, run, task: toTaskPlan(task), ...workOf(job) },
    ...{ projectId: job.project_id, createdAt: job.created_at },
    share: job.task_window * (openPictures(sql) <= SMALL_SHOOT_PICTURES ? SMALL_SHOOT_SHARE : 1),
  }
}

/**
 * Keeps what the runner must not forget in a crash, while it holds the lease. False: it holds none any more, or the job
 * was cancelled; whatever it has begun upstream is not wanted.
 */
export function keepRun(sql: SqlStorage, key: TaskKey, attempt: number, run: string): boolean {
  assertRun(run)
  const task = findTask(sql, key)
  if (task?.state !== 'leased' || task.attempt !== attempt) return false
  if (findJob(sql, key.jobId)!.cancelled_at !== null) return false
  sql.exec('UPDATE task SET run = ? WHERE job_id = ? AND position = ?', run, key.jobId, key.position)
  return true
}

/** An ended task's job upstream was cancelled there, or is over: nobody need look after it again. */
export function forgetRun(sql: SqlStorage, key: TaskKey): void {
  const task = findTask(sql, key)
  if (task && isEnded(task.state))
    sql.exec('UPDATE task SET run = NULL WHERE job_id = ? AND position = ?', key.jobId, key.position)
}

const assertRun = (run: string): void => assert(run.length <= MAX_RUN_CHARACTERS, 'the state of a run is small')

/** Ends a task, or gives it back. Exactly once in effect: a second call changes nothing and gets the first answer. */
export function finish(sql: SqlStorage, key: TaskKey, attempt: number, outcome: Outcome, now: number): FinishAnswer {
  const task = findTask(sql, key)
  const job = task && findJob(sql, key.jobId)
  if (!task || !job) return { state: 'unknown' }
  if (isEnded(task.state)) return { state: task.state }
  if (task.attempt !== attempt) return { state: 'stale' }
  if (outcome.kind === 'done') return endTask(sql, job, task, { state: 'done', ...outcome }, now)
  if (outcome.kind === 'failed') return endTask(sql, job, task, { state: 'failed', code: outcome.code }, now)
  return giveBack(sql, job, task, outcome, now)
}

type Unfinished = Extract<Outcome, { kind: 'retry' | 'waiting' }>

/** The task waits for its message again, unless it has failed too often or nobody wants it any more. */
function giveBack(sql: SqlStorage, job: JobRow, task: TaskRow, outcome: Unfinished, now: number): FinishAnswer {
  const run = outcome.run ?? task.run
  if (run !== null) assertRun(run)
  const retried = outcome.kind === 'retry' ? outcome : null
  const tries = task.tries + (retried && (retried.counted ?? true) ? 1 : 0)
  const isOver = job.cancelled_at !== null ? 'CANCELLED' : tries >= MAX_TASK_TRIES ? 'GAVE_UP' : null
  if (isOver)
    return endTask(
      sql,
      job,
      { ...task, run },
      { state: 'failed', code: isOver === 'CANCELLED' ? isOver : (retried?.code ?? isOver) },
      now,
    )
  sql.exec(
    "UPDATE task SET state = 'queued', due_at = ?, error_code = ?, tries = ?, run = ? WHERE job_id = ? AND position = ?",
    ...[now + outcome.delayMs + REDRIVE_AFTER_MS, retried?.code ?? null, tries, run, job.id, task.position],
  )
  if (outcome.kind === 'waiting' && outcome.isDown && job.delayed_at === null) {
    sql.exec('UPDATE job SET delayed_at = ? WHERE id = ?', now, job.id)
    const { delayed } = JOB_EVENTS[job.app]
    if (delayed) appendEvent(sql, delayed, job.id, progressData(sql, job.id, now), now)
  }
  return { state: 'retrying' }
}

/** Fails a task whoever holds it: its message ran out of tries, or its lease ran out for good. */
export function failTask(sql: SqlStorage, key: TaskKey, code: string, now: number): FinishAnswer {
  const task = findTask(sql, key)
  const job = task && findJob(sql, key.jobId)
  if (!task || !job) return { state: 'unknown' }
  return isEnded(task.state) ? { state: task.state } : endTask(sql, job, task, { state: 'failed', code }, now)
}
