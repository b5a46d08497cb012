import type { AppId } from '../../src/generations/types'
import {
  JOB_GIVE_UP_MS,
  MAX_SEND_BATCH,
  MAX_TASK_TRIES,
  REDRIVE_AFTER_MS,
  REDRIVE_MAX_MS,
} from '../../src/kernel/limits'
import { findJob, type JobRow } from './jobs'
import { all, first } from './rows'
import type { TaskKey } from './task-rows'
import { failTask } from './tasks'

/** A task to send, with the request id of the call that started its job. */
export type Sending = TaskKey & { requestId: string }

/** By the index of open jobs: by their id every command would read all jobs there ever were. */
const JOBS_WITH_PENDING = `FROM job INDEXED BY job_open
  WHERE ended_at IS NULL AND cancelled_at IS NULL AND next_position < total`

/**
 * Fills the windows: moves pending tasks to `queued`, oldest job first, and returns what to send. Each of them is due
 * for another sending if nobody claims it in time, so that a lost send needs no memory of ours.
 *
 * Each app has a window of its own: the files of three pictures do not wait for a shoot of five hundred, nor a picture for
 * the files of five hundred.
 */
export const promote = (sql: SqlStorage, now: number): Sending[] =>
  all<{ app: AppId }>(sql, `SELECT DISTINCT app ${JOBS_WITH_PENDING}`).flatMap(({ app }) => promoteOf(sql, app, now))

function promoteOf(sql: SqlStorage, app: AppId, now: number): Sending[] {
  const sendings: Sending[] = []
  const jobs = all<JobRow>(sql, `SELECT * ${JOBS_WITH_PENDING} AND app = ? ORDER BY created_at, id LIMIT 20`, app)
  for (const job of jobs) {
    const room = roomFor(sql, app, job.task_window)
    if (room <= 0) break
    const until = Math.min(job.total, job.next_position + room)
    sql.exec(
      `UPDATE task SET state = 'queued', sendings = 1, due_at = ?
       WHERE job_id = ? AND position >= ? AND position < ? AND state = 'pending'`,
      ...[now + REDRIVE_AFTER_MS, job.id, job.next_position, until],
    )
    sql.exec('UPDATE job SET next_position = ? WHERE id = ?', until, job.id)
    for (let position = job.next_position; position < until; position++)
      sendings.push({ jobId: job.id, position, requestId: job.request_id })
  }
  return sendings
}

/**
 * Tasks that wait for another try keep nobody busy, so they leave room for others; but when everything fails, at most
 * WAITING_WINDOWS times the window is out at once, not the whole job.
 */
const WAITING_WINDOWS = 4

function roomFor(sql: SqlStorage, app: AppId, window: number): number {
  // Only a task that was given back for another try has an error while it is queued.
  const { out, waiting } = first<{ out: number; waiting: number }>(
    sql,
    `SELECT COUNT(*) AS out, COUNT(CASE WHEN state = 'queued' AND error_code IS NOT NULL THEN 1 END) AS waiting
     FROM task WHERE state IN ('queued', 'leased') AND (SELECT app FROM job WHERE job.id = task.job_id) = ?`,
    app,
  )!
  return Math.min(window - (out - waiting), WAITING_WINDOWS * window - out)
}

type Overdue = { job_id: string; position: number; state: string; tries: number; sendings: number }

/**
 * Recovers what is overdue: a lease that ran out, a message nobody claimed. At most one batch a call; what is left is
 * still due, so the next alarm goes on. A message that was only slow meets a claimed or ended task and is forgotten.
 */
export function redrive(sql: SqlStorage, now: number): Sending[] {
  const overdue = all<Overdue>(
    sql,
    `SELECT job_id, position, state, tries, sendings FROM task
     WHERE state IN ('queued', 'leased') AND due_at <= ? ORDER BY due_at LIMIT ?`,
    now,
    MAX_SEND_BATCH,
  )
  const sendings: Sending[] = []
  for (const { job_id, position, state, tries: before, sendings: sent } of overdue) {
    const key = { jobId: job_id, position }
    const job = findJob(sql, job_id)!
    // A consumer that let its lease run out has died: that was a try.
    const tries = before + (state === 'leased' ? 1 : 0)
    if (state === 'leased' && (tries >= MAX_TASK_TRIES || job.cancelled_at !== null)) {
      failTask(sql, key, job.cancelled_at === null ? 'LEASE_EXPIRED' : 'CANCELLED', now)
      continue
    }
    const waitMs = Math.min(REDRIVE_MAX_MS, REDRIVE_AFTER_MS * 2 ** Math.min(sent, 10))
    sql.exec(
      "UPDATE task SET state = 'queued', tries = ?, sendings = sendings + 1, due_at = ? WHERE job_id = ? AND position = ?",
      ...[tries, now + waitMs, job_id, position],
    )
    sendings.push({ ...key, requestId: job.request_id })
  }
  return sendings
}

/** Fails what is open in jobs that outlived their deadline or every hope, so that their credits come back. */
export function giveUp(sql: SqlStorage, now: number): void {
  const keys = all<{ job_id: string; position: number; deadline_ms: number }>(
    sql,
    `SELECT task.job_id, task.position, job.give_up_at - job.created_at AS deadline_ms FROM job JOIN task ON task.job_id = job.id
     WHERE job.ended_at IS NULL AND job.give_up_at <= ? AND task.state IN ('pending', 'queued', 'leased') LIMIT 500`,
    now,
  )
  for (const { job_id, position, deadline_ms } of keys)
    failTask(sql, { jobId: job_id, position }, deadline_ms < JOB_GIVE_UP_MS ? 'DEADLINE' : 'GAVE_UP', now)
}
