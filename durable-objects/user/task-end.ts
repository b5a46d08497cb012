import { type EventImage, type EventType, JOB_EVENTS } from '../../src/progress/events'
import { appendEvent } from './events'
import { findJob, type JobRow, openTasks, statusOf, taskCredits, touchJob, viewJob } from './jobs'
import { charge, closeHold, release } from './ledger'
import { DRAIN_LAG_MS } from './outbox'
import { settleQuota } from './quota'
import { isUpstream, type TaskRow } from './task-rows'
import { tellBalances } from './tell-balances'

/** `settled`: what this call or an earlier one made of the task. `stale`: another attempt has the lease by now. */
export type FinishAnswer = { state: 'done' | 'failed' | 'cancelled' | 'retrying' | 'stale' | 'unknown' }

type End = { state: 'done'; backgroundDone: boolean; image: EventImage } | { state: 'failed'; code: string }

/** Ends a task: charge or release, counters, event; the job with its last one. */
export function endTask(sql: SqlStorage, job: JobRow, task: TaskRow, end: End, now: number): FinishAnswer {
  const code = end.state === 'failed' ? end.code : null
  // Whoever cancelled did not see a failure, and a retry of what failed must not bring it back.
  const state = code === 'CANCELLED' ? 'cancelled' : end.state
  // A job upstream that nobody waits for: kept, so that whoever claims the task next cancels it there.
  const unwanted = code !== null && isUpstream(task) ? task.run : null
  if (unwanted !== null || code === 'MODERATED_OUT') sql.exec('UPDATE job SET wasted = wasted + 1 WHERE id = ?', job.id)
  sql.exec(
    'UPDATE task SET state = ?, due_at = NULL, error_code = ?, run = ? WHERE job_id = ? AND position = ?',
    ...[state, state === 'failed' ? code : null, unwanted, job.id, task.position],
  )
  if (end.state === 'done' && job.delayed_at !== null) sql.exec('UPDATE job SET delayed_at = NULL WHERE id = ?', job.id)
  const key = `${job.id}:${task.variation_key}`
  const charged = end.state === 'done' ? job.pose_credits + (end.backgroundDone ? job.background_credits : 0) : 0
  if (charged > 0) charge(sql, job.id, key, charged, now)
  releaseCredits(sql, job, key, taskCredits(job) - charged, now)
  if (job.fund === 'unlimited') settleQuota(sql, job.id, 1, end.state === 'done' ? 'used' : 'released')
  touchJob(sql, job.id, now + DRAIN_LAG_MS, state)
  const unmade = { id: task.image_id, poseId: task.pose_id, status: state, error: state === 'failed' ? code : null }
  const image = end.state === 'done' ? { ...end.image, status: 'completed' } : unmade
  progress(sql, job, { variationKey: task.variation_key, name: task.name, ...image }, now)
  closeIfDone(sql, job.id, now)
  return { state }
}

export function releaseCredits(sql: SqlStorage, job: JobRow, key: string, credits: number, now: number): void {
  if (credits > 0) release(sql, job.id, key, credits, now)
}

/** What every event of a job says; the names are the contract's. */
export function progressData(sql: SqlStorage, jobId: string, now: number) {
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
    isDelayed: view.isDelayed,
    creditCharged: view.creditsCharged,
    creditReleased: view.creditsReleased,
  }
}

const progress = (sql: SqlStorage, { id, app }: JobRow, image: EventImage, now: number): void =>
  appendEvent(sql, JOB_EVENTS[app].progress, id, { ...progressData(sql, id, now), image }, now)

function lastEvent(job: JobRow): EventType {
  const status = statusOf(job)
  return JOB_EVENTS[job.app][status === 'failed' || status === 'cancelled' ? status : 'complete']
}

/** Ends a job with the last of its tasks. */
export function closeIfDone(sql: SqlStorage, jobId: string, now: number): void {
  const job = findJob(sql, jobId)!
  if (openTasks(job) > 0) return
  closeHold(sql, jobId, now)
  sql.exec('UPDATE job SET ended_at = ? WHERE id = ?', now, jobId)
  touchJob(sql, jobId, now)
  appendEvent(sql, lastEvent({ ...job, ended_at: now }), jobId, progressData(sql, jobId, now), now)
  if (taskCredits(job) > 0) tellBalances(sql, jobId, now)
}
