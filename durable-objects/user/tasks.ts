import type { JobParams, TaskPlan } from '../../src/generations/types'
import { MAX_TASK_ATTEMPTS, REDRIVE_AFTER_MS } from '../../src/kernel/limits'
import type { EventImage, EventType } from '../../src/progress/events'
import { appendEvent } from './events'
import { findJob, type JobRow, openTasks, paramsOf, statusOf, taskCredits, toTaskPlan, touchJob, viewJob } from './jobs'
import { charge, closeHold, release } from './ledger'
import { DRAIN_LAG_MS } from './outbox'
import { settleQuota } from './quota'
import { first } from './rows'
import { tellBalances } from './tell-balances'

type TaskRow = {
  job_id: string
  position: number
  variation_key: string
  image_id: string
  name: string
  pose_id: string | null
  prompt: string
  seed: number
  state: string
  attempt: number
  due_at: number | null
}

export type TaskKey = { jobId: string; position: number }

export type Claim =
  | { go: true; attempt: number; task: TaskPlan; params: JobParams; createdAt: number }
  | { go: false; reason: 'unknown' | 'ended' | 'leased' | 'gave_up' }

/** What a consumer made of a task. `retry` gives the lease back: the same message comes again after `delayMs`. */
export type Outcome =
  | { kind: 'done'; backgroundDone: boolean; image: EventImage }
  | { kind: 'failed'; code: string }
  | { kind: 'retry'; code: string; delayMs: number }

/** `settled`: what this call or an earlier one made of the task. `stale`: another attempt has the lease by now. */
export type FinishAnswer = { state: 'done' | 'failed' | 'cancelled' | 'retrying' | 'stale' | 'unknown' }

const findTask = (sql: SqlStorage, { jobId, position }: TaskKey): TaskRow | undefined =>
  first<TaskRow>(sql, 'SELECT * FROM task WHERE job_id = ? AND position = ?', jobId, position)

const isEnded = (state: string): state is 'done' | 'failed' | 'cancelled' =>
  state === 'done' || state === 'failed' || state === 'cancelled'

/** Gives a consumer a lease of `leaseMs` on a task; its attempt number fences off earlier holders. */
export function claim(sql: SqlStorage, key: TaskKey, leaseMs: number, now: number): Claim {
  const task = findTask(sql, key)
  const job = task && findJob(sql, key.jobId)
  if (!task || !job) return { go: false, reason: 'unknown' }
  if (isEnded(task.state)) return { go: false, reason: 'ended' }
  if (task.state === 'leased' && task.due_at! > now) return { go: false, reason: 'leased' }
  // A lease that ran out after the job was cancelled is not begun again: nobody wants that picture any more.
  const hopeless = job.cancelled_at !== null ? 'CANCELLED' : task.attempt >= MAX_TASK_ATTEMPTS ? 'GAVE_UP' : null
  if (hopeless) {
    endTask(sql, job, task, { state: 'failed', code: hopeless }, now)
    return { go: false, reason: 'gave_up' }
  }
  const attempt = task.attempt + 1
  sql.exec(
    "UPDATE task SET state = 'leased', attempt = ?, due_at = ? WHERE job_id = ? AND position = ?",
    ...[attempt, now + leaseMs, key.jobId, key.position],
  )
  if (job.started_at === null) {
    sql.exec('UPDATE job SET started_at = ? WHERE id = ?', now, job.id)
    touchJob(sql, job.id, now + DRAIN_LAG_MS)
  }
  return { go: true, attempt, task: toTaskPlan(task), params: paramsOf(job), createdAt: job.created_at }
}

/** Ends a task, or gives it back. Exactly once in effect: a second call changes nothing and gets the first answer. */
export function finish(sql: SqlStorage, key: TaskKey, attempt: number, outcome: Outcome, now: number): FinishAnswer {
  const task = findTask(sql, key)
  const job = task && findJob(sql, key.jobId)
  if (!task || !job) return { state: 'unknown' }
  if (isEnded(task.state)) return { state: task.state }
  if (task.attempt !== attempt) return { state: 'stale' }
  if (outcome.kind === 'done') return endTask(sql, job, task, { state: 'done', ...outcome }, now)
  const over = outcome.kind === 'failed' || task.attempt >= MAX_TASK_ATTEMPTS || job.cancelled_at !== null
  if (over) return endTask(sql, job, task, { state: 'failed', code: outcome.code }, now)
  sql.exec(
    "UPDATE task SET state = 'queued', due_at = ?, error_code = ? WHERE job_id = ? AND position = ?",
    ...[now + outcome.delayMs + REDRIVE_AFTER_MS, outcome.code, key.jobId, key.position],
  )
  return { state: 'retrying' }
}

/** Fails a task whoever holds it: its message ran out of tries, or its lease ran out for good. */
export function failTask(sql: SqlStorage, key: TaskKey, code: string, now: number): FinishAnswer {
  const task = findTask(sql, key)
  const job = task && findJob(sql, key.jobId)
  if (!task || !job) return { state: 'unknown' }
  return isEnded(task.state) ? { state: task.state } : endTask(sql, job, task, { state: 'failed', code }, now)
}

/**
 * Cancels what nobody works on yet and releases it at once. What a consumer holds is decided by whoever finishes
 * first: it is delivered and charged, or released. The job ends with the last of them.
 */
export function cancelJob(sql: SqlStorage, jobId: string, now: number): 'cancelled' | 'ended' | 'unknown' {
  const job = findJob(sql, jobId)
  if (!job) return 'unknown'
  if (job.ended_at !== null) return job.cancelled_at === null ? 'ended' : 'cancelled'
  if (job.cancelled_at !== null) return 'cancelled'
  sql.exec(
    "UPDATE task SET state = 'cancelled', due_at = NULL WHERE job_id = ? AND state IN ('pending', 'queued')",
    jobId,
  )
  const cancelled = openTasks(job) - leasedTasks(sql, jobId)
  if (cancelled > 0) {
    if (job.fund === 'unlimited') settleQuota(sql, jobId, cancelled, 'released')
    releaseCredits(sql, job, `${jobId}:cancel`, cancelled * taskCredits(job), now)
  }
  const inFlight = openTasks(job) > cancelled
  // The last event of the job tells of its credits; while pictures are in flight that is yet to come.
  if (cancelled > 0 && inFlight && taskCredits(job) > 0) tellBalances(sql, jobId, now)
  sql.exec('UPDATE job SET cancelled = cancelled + ?, cancelled_at = ? WHERE id = ?', cancelled, now, jobId)
  touchJob(sql, jobId, now)
  closeIfDone(sql, jobId, now)
  return 'cancelled'
}

const leasedTasks = (sql: SqlStorage, jobId: string): number =>
  Number(sql.exec("SELECT COUNT(*) AS n FROM task WHERE job_id = ? AND state = 'leased'", jobId).one().n)

type End = { state: 'done'; backgroundDone: boolean; image: EventImage } | { state: 'failed'; code: string }

function endTask(sql: SqlStorage, job: JobRow, task: TaskRow, end: End, now: number): FinishAnswer {
  sql.exec(
    'UPDATE task SET state = ?, due_at = NULL, error_code = ? WHERE job_id = ? AND position = ?',
    ...[end.state, end.state === 'failed' ? end.code : null, job.id, task.position],
  )
  const key = `${job.id}:${task.variation_key}`
  const charged = end.state === 'done' ? job.pose_credits + (end.backgroundDone ? job.background_credits : 0) : 0
  if (charged > 0) charge(sql, job.id, key, charged, now)
  releaseCredits(sql, job, key, taskCredits(job) - charged, now)
  if (job.fund === 'unlimited') settleQuota(sql, job.id, 1, end.state === 'done' ? 'used' : 'released')
  touchJob(sql, job.id, now + DRAIN_LAG_MS, end.state === 'done' ? 'completed' : 'failed')
  const image =
    end.state === 'done'
      ? { ...end.image, status: 'completed' }
      : { id: task.image_id, poseId: task.pose_id, status: 'failed', error: end.code }
  progress(sql, job.id, { variationKey: task.variation_key, name: task.name, ...image }, now)
  closeIfDone(sql, job.id, now)
  return { state: end.state }
}

function releaseCredits(sql: SqlStorage, job: JobRow, key: string, credits: number, now: number): void {
  if (credits > 0) release(sql, job.id, key, credits, now)
}

/** What every event of a job says; the names are the contract's. */
function progressData(sql: SqlStorage, jobId: string, now: number) {
  const view = viewJob(sql, findJob(sql, jobId)!, now)
  const ended = view.completed + view.failed + view.cancelled
  return {
    status: view.status,
    progress: Math.floor((100 * ended) / view.total),
    posesCompleted: view.completed,
    posesFailed: view.failed,
    posesCancelled: view.cancelled,
    posesTotal: view.total,
    currentPose: view.currentPose,
    estimatedTimeRemaining: view.remainingMs === null ? null : Math.ceil(view.remainingMs / 1000),
    creditCharged: view.creditsCharged,
    creditReleased: view.creditsReleased,
  }
}

const progress = (sql: SqlStorage, jobId: string, image: EventImage, now: number): void =>
  appendEvent(sql, 'pose_generation_progress', jobId, { ...progressData(sql, jobId, now), image }, now)

const LAST_EVENT: Record<string, EventType> = {
  completed: 'pose_generation_complete',
  partial: 'pose_generation_complete',
  failed: 'pose_generation_failed',
  cancelled: 'pose_generation_cancelled',
}

function closeIfDone(sql: SqlStorage, jobId: string, now: number): void {
  const job = findJob(sql, jobId)!
  if (openTasks(job) > 0) return
  closeHold(sql, jobId, now)
  sql.exec('UPDATE job SET ended_at = ? WHERE id = ?', now, jobId)
  touchJob(sql, jobId, now)
  const status = statusOf({ ...job, ended_at: now })
  appendEvent(sql, LAST_EVENT[status]!, jobId, progressData(sql, jobId, now), now)
  if (taskCredits(job) > 0) tellBalances(sql, jobId, now)
}
