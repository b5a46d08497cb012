import type { Fund } from '../../src/credits/types'
import type { AppId, JobParams, JobStatus, JobType, JobView, JobWork, TaskPlan } from '../../src/generations/types'
import { HOUR_MS } from '../../src/kernel/limits'
import { all, first, number } from './rows'

export type JobRow = {
  id: string
  app: AppId
  project_id: string
  type: string
  text_prompt: string | null
  params: string
  fund: string
  pose_credits: number
  background_credits: number
  task_window: number
  total: number
  completed: number
  failed: number
  cancelled: number
  next_position: number
  version: number
  request_id: string
  created_at: number
  started_at: number | null
  cancelled_at: number | null
  ended_at: number | null
  delayed_at: number | null
}

export const findJob = (sql: SqlStorage, id: string): JobRow | undefined =>
  first<JobRow>(sql, 'SELECT * FROM job WHERE id = ?', id)

/** Tasks without an end yet. */
export const openTasks = (job: JobRow): number => job.total - job.completed - job.failed - job.cancelled

/** Credits that one task holds until it ends. */
export const taskCredits = (job: JobRow): number => job.pose_credits + job.background_credits

export function statusOf(job: JobRow): JobStatus {
  if (job.cancelled_at !== null) return 'cancelled'
  if (job.ended_at === null) return job.started_at === null ? 'pending' : 'processing'
  if (job.failed === 0) return 'completed'
  return job.completed === 0 ? 'failed' : 'partial'
}

/**
 * Marks a job as changed, and counts an ended task in the same written row: the next drain of the outbox writes it to
 * D1, by `dueAt` at the latest.
 */
export const touchJob = (
  sql: SqlStorage,
  jobId: string,
  dueAt: number,
  ended?: 'done' | 'failed' | 'cancelled',
): void => {
  sql.exec(
    `UPDATE job SET version = version + 1, project_due_at = MIN(COALESCE(project_due_at, ?1), ?1),
       completed = completed + ?3, failed = failed + ?4, cancelled = cancelled + ?5 WHERE id = ?2`,
    ...[dueAt, jobId, ...['done', 'failed', 'cancelled'].map((end) => Number(ended === end))],
  )
}

type HoldRow = { credits: number; charged: number; released: number; refunded: number }

/** A job as its owner sees it, money included, all read in one transaction. */
export function viewJob(sql: SqlStorage, job: JobRow, now: number): JobView {
  const hold = first<HoldRow>(sql, 'SELECT credits, charged, released, refunded FROM hold WHERE job_id = ?', job.id)!
  return {
    id: job.id,
    app: job.app,
    projectId: job.project_id,
    type: job.type as JobType,
    textPrompt: job.text_prompt,
    status: statusOf(job),
    fund: job.fund as Fund,
    total: job.total,
    completed: job.completed,
    failed: job.failed,
    cancelled: job.cancelled,
    creditsHeld: hold.credits,
    creditsCharged: hold.charged - hold.refunded,
    creditsReleased: hold.released + hold.refunded,
    createdAt: job.created_at,
    startedAt: job.started_at,
    endedAt: job.ended_at,
    queuePosition: tasksAhead(sql, job),
    currentPose: currentPose(sql, job),
    remainingMs: remainingMs(sql, job, now),
    isDelayed: isDelayed(job),
  }
}

const isDelayed = (job: JobRow): boolean => job.delayed_at !== null && openTasks(job) > 0

const tasksAhead = (sql: SqlStorage, job: JobRow): number =>
  number(
    sql,
    // By the index of open jobs, not by id: nearly all of those before this one ended long ago.
    `SELECT COALESCE(SUM(total - completed - failed - cancelled), 0) FROM job INDEXED BY job_open
     WHERE ended_at IS NULL AND cancelled_at IS NULL AND app = ? AND (created_at, id) < (?, ?)`,
    ...[job.app, job.created_at, job.id],
  )

/** The oldest task that is being made; looked for near the window's edge only, where it is but for retries. */
function currentPose(sql: SqlStorage, job: JobRow): string | null {
  if (job.ended_at !== null) return null
  const row = first<{ name: string }>(
    sql,
    `SELECT name FROM task WHERE job_id = ? AND position >= ? AND state IN ('leased', 'queued', 'pending')
     ORDER BY position LIMIT 1`,
    job.id,
    Math.max(0, job.next_position - 2 * job.task_window),
  )
  return row?.name ?? null
}

/** An older job of the kind says nothing of today's pace. */
const PACE_KEPT_MS = 7 * 24 * HOUR_MS

/** Time left at this job's own pace, or at that of the last finished job; null when nothing was measured yet or pictures wait for nobody knows how long. */
function remainingMs(sql: SqlStorage, job: JobRow, now: number): number | null {
  const left = openTasks(job)
  if (left === 0) return 0
  if (isDelayed(job)) return null
  const done = job.total - left
  if (done > 0 && job.started_at !== null) return Math.round((Math.max(0, now - job.started_at) / done) * left)
  const last = first<{ pace: number }>(
    sql,
    `SELECT CAST(MAX(0, ended_at - started_at) AS REAL) / total AS pace FROM job INDEXED BY job_by_created
     WHERE created_at > ? AND ended_at IS NOT NULL AND started_at IS NOT NULL AND completed > 0 AND app = ?
     ORDER BY created_at DESC LIMIT 1`,
    now - PACE_KEPT_MS,
    job.app,
  )
  return last ? Math.round(last.pace * (left + tasksAhead(sql, job))) : null
}

export const hasOpenJobs = (sql: SqlStorage, projectId: string): boolean =>
  number(sql, 'SELECT COUNT(*) FROM job WHERE ended_at IS NULL AND project_id = ?', projectId) > 0

type PlanRow = {
  variation_key: string
  image_id: string
  name: string
  pose_id: string | null
  draft: number | null
  prompt: string
  seed: number
}

export const toTaskPlan = (row: PlanRow): TaskPlan => ({
  variationKey: row.variation_key,
  imageId: row.image_id,
  name: row.name,
  poseId: row.pose_id,
  draft: row.draft,
  prompt: row.prompt,
  seed: row.seed,
})

/** The failed pictures of a job and what they were to be, for a new try. */
export const failedTasks = (sql: SqlStorage, jobId: string): TaskPlan[] =>
  all<PlanRow>(sql, "SELECT * FROM task WHERE job_id = ? AND state = 'failed' ORDER BY position", jobId).map(toTaskPlan)

/** Pictures that have no row in D1 because nobody made one: what failed or was cancelled, with why. */
export const unmadeTasks = (sql: SqlStorage, jobId: string) =>
  all<PlanRow & { position: number; state: 'failed' | 'cancelled'; error_code: string | null }>(
    sql,
    "SELECT * FROM task WHERE job_id = ? AND state IN ('failed', 'cancelled') ORDER BY position",
    jobId,
  ).map((row) => ({ ...toTaskPlan(row), position: row.position, state: row.state, errorCode: row.error_code }))

/** What a job is about: its app, and what all its tasks share. */
export const workOf = ({ app, params }: JobRow): JobWork => ({ app, params: JSON.parse(params) }) as JobWork

/** What all pictures of a shoot share; null for a job that makes none. */
export function paramsOf(job: JobRow): JobParams | null {
  const work = workOf(job)
  return work.app === 'pose-generator' ? work.params : null
}

/** Of each [job, position]: the state of its task; null for none. One statement for all. */
export const taskStates = (sql: SqlStorage, places: [string, number][]): (string | null)[] =>
  all<{ state: string | null }>(
    sql,
    `SELECT (SELECT state FROM task WHERE job_id = value ->> 0 AND position = value ->> 1) AS state
     FROM json_each(?) ORDER BY key`,
    JSON.stringify(places),
  ).map(({ state }) => state)

/** Of each [job, position]: whether its picture was made and settled. */
export const areDelivered = (sql: SqlStorage, places: [string, number][]): boolean[] =>
  taskStates(sql, places).map((state) => state === 'done')

/** The pictures that a job works on, in their order, and what became of each. */
export const jobTasks = (sql: SqlStorage, jobId: string) =>
  all<{ position: number; imageId: string; name: string; state: string; errorCode: string | null }>(
    sql,
    `SELECT position, image_id AS imageId, name, state, error_code AS errorCode FROM task
     WHERE job_id = ? ORDER BY position`,
    jobId,
  )
