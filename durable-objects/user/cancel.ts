import { findJob, openTasks, taskCredits, touchJob } from './jobs'
import { settleQuota } from './quota'
import { closeIfDone, releaseCredits } from './task-end'
import { tellBalances } from './tell-balances'

/**
 * Cancels what nobody works on yet and releases it at once. What a consumer holds is decided by whoever finishes
 * first: it is delivered and charged, or released. The job ends with the last of them.
 */
export function cancelJob(sql: SqlStorage, jobId: string, now: number): 'cancelled' | 'ended' | 'unknown' {
  const job = findJob(sql, jobId)
  if (!job) return 'unknown'
  if (job.ended_at !== null) return job.cancelled_at === null ? 'ended' : 'cancelled'
  if (job.cancelled_at !== null) return 'cancelled'
  const wasted = Number(
    sql
      .exec(
        "SELECT COUNT(*) AS n FROM task WHERE job_id = ? AND state = 'queued' AND run ->> 'handle' IS NOT NULL",
        jobId,
      )
      .one().n,
  )
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
  sql.exec(
    'UPDATE job SET cancelled = cancelled + ?, wasted = wasted + ?, cancelled_at = ? WHERE id = ?',
    ...[cancelled, wasted, now, jobId],
  )
  touchJob(sql, jobId, now)
  closeIfDone(sql, jobId, now)
  return 'cancelled'
}

const leasedTasks = (sql: SqlStorage, jobId: string): number =>
  Number(sql.exec("SELECT COUNT(*) AS n FROM task WHERE job_id = ? AND state = 'leased'", jobId).one().n)
