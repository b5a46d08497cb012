import type { TaskPrice } from '../../src/credits/prices'
import type { GenerationType, JobParams, JobView, TaskPlan } from '../../src/generations/types'
import { assert } from '../../src/kernel/assert'
import { JOB_GIVE_UP_MS } from '../../src/kernel/limits'
import { appendEvent } from './events'
import { findReplay, type IdempotencyAsk, keepAnswer } from './idempotency'
import { findJob, viewJob } from './jobs'
import { availableCredits, expireDue, heldCredits, openHold } from './ledger'
import { holdQuota, unlimitedView } from './quota'
import { type RateLimits, type RateRefusal, type RateState, rateRefusal, rateState } from './rate-limit'
import { isSessionAlive } from './sessions'

export type StartAsk = IdempotencyAsk & {
  sessionId: string
  requestId: string
  job: {
    id: string
    app: string
    projectId: string
    type: GenerationType
    textPrompt: string | null
    params: JobParams
  }
  tasks: TaskPlan[]
  price: TaskPrice
  limits: RateLimits
  /** Tasks of this user in the queue at once: a large job never stands in front of somebody else's small one. */
  taskWindow: number
}

export type StartAnswer =
  | { ok: true; replayed: boolean; job: JobView; rate: RateState }
  | { ok: false; code: 'SESSION_REVOKED' }
  | { ok: false; code: 'IDEMPOTENCY_KEY_REUSED' }
  | { ok: false; code: 'RATE_LIMITED'; refusal: RateRefusal }
  | { ok: false; code: 'INSUFFICIENT_CREDITS'; required: number; available: number }
  | { ok: false; code: 'QUOTA_EXCEEDED'; required: number; remaining: number; resetsAt: number }

/**
 * Starts a job whole or not at all: key, limits, hold, job, tasks, first events, one transaction, no await.
 * The same key and body get the first answer again; a replay is never limited.
 */
export function start(sql: SqlStorage, ask: StartAsk, now: number): StartAnswer {
  if (!isSessionAlive(sql, ask.sessionId, now)) return { ok: false, code: 'SESSION_REVOKED' }
  const replay = findReplay(sql, ask)
  if (replay.known && !replay.same) return { ok: false, code: 'IDEMPOTENCY_KEY_REUSED' }
  if (replay.known) {
    return {
      ok: true,
      replayed: true,
      job: JSON.parse(replay.answer) as JobView,
      rate: rateState(sql, ask.limits, now),
    }
  }

  const poses = ask.tasks.length
  assert(poses > 0, 'a job has tasks')
  expireDue(sql, now)
  const unlimited = unlimitedView(sql, now)
  const byQuota = unlimited?.active === true
  if (byQuota && poses > unlimited.remaining)
    return {
      ok: false,
      code: 'QUOTA_EXCEEDED',
      required: poses,
      remaining: unlimited.remaining,
      resetsAt: unlimited.resetsAt,
    }
  // The quota covers the pose itself; a new background costs credits in either tier.
  const poseCredits = byQuota ? 0 : ask.price.poseCredits
  const required = poses * (poseCredits + ask.price.backgroundCredits)
  const available = availableCredits(sql)
  if (required > available) return { ok: false, code: 'INSUFFICIENT_CREDITS', required, available }
  const refusal = rateRefusal(sql, poses, ask.limits, now)
  if (refusal) return { ok: false, code: 'RATE_LIMITED', refusal }

  openHold(sql, ask.job.id, required, now)
  if (byQuota) holdQuota(sql, ask.job.id, poses, now)
  insertJob(sql, ask, { fund: byQuota ? 'unlimited' : 'credits', poseCredits }, now)
  if (required > 0)
    appendEvent(sql, 'credits_changed', ask.job.id, { available: availableCredits(sql), held: heldCredits(sql) }, now)
  const job = viewJob(sql, findJob(sql, ask.job.id)!, now)
  keepAnswer(sql, ask, JSON.stringify(job), now)
  return { ok: true, replayed: false, job, rate: rateState(sql, ask.limits, now) }
}

function insertJob(sql: SqlStorage, ask: StartAsk, paid: { fund: string; poseCredits: number }, now: number): void {
  const { job, price } = ask
  sql.exec(
    `INSERT INTO job(id, app, project_id, type, text_prompt, params, fund, pose_credits, background_credits, task_window,
       total, project_due_at, request_id, created_at, give_up_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[job.id, job.app, job.projectId, job.type, job.textPrompt, JSON.stringify(job.params), paid.fund],
    ...[paid.poseCredits, price.backgroundCredits, ask.taskWindow],
    ...[ask.tasks.length, now, ask.requestId, now, now + JOB_GIVE_UP_MS],
  )
  // One statement and one bound value for all tasks: a statement takes 100 values, a job has up to 500 tasks.
  sql.exec(
    `INSERT INTO task(job_id, position, variation_key, image_id, name, pose_id, prompt, seed)
     SELECT ?1, key, value ->> 'variationKey', value ->> 'imageId', value ->> 'name', value ->> 'poseId',
            value ->> 'prompt', value ->> 'seed' FROM json_each(?2)`,
    job.id,
    JSON.stringify(ask.tasks),
  )
}
