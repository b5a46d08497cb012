import type { TaskPrice } from '../../src/credits/prices'
import type { JobType, JobView, JobWork, TaskPlan } from '../../src/generations/types'
import { assert } from '../../src/kernel/assert'
import { JOB_GIVE_UP_MS } from '../../src/kernel/limits'
import { lastBalances } from './entries'
import { findReplay, type IdempotencyAsk, keepAnswer } from './idempotency'
import { findJob, viewJob } from './jobs'
import { expireDue, openHold } from './ledger'
import { holdQuota, unlimitedView } from './quota'
import { type QuoteRefusal, spendQuote, type Terms, termsOf, termsOfQuote } from './quotes'
import { type RateLimits, type RateRefusal, type RateState, rateRefusal, rateState } from './rate-limit'
import { isSessionAlive } from './sessions'
import { tellBalances } from './tell-balances'

export type StartAsk = IdempotencyAsk & {
  sessionId: string
  requestId: string
  job: {
    id: string
    projectId: string
    type: JobType
    textPrompt: string | null
  } & JobWork
  tasks: TaskPlan[]
  price: TaskPrice
  limits: RateLimits
  /** The quote that fixes the price, with the fingerprint of what is asked now. */
  quote?: { id: string; fingerprint: string } | undefined
  /** Pay in credits and leave a plan's quota alone. */
  fund?: 'credits' | undefined
  /** Tasks of this user's jobs of the app in the queue at once: a large job never stands in front of somebody else's small one. */
  taskWindow: number
  /** What is not there by then is released (default and at most: JOB_GIVE_UP_MS). */
  deadlineMs?: number | undefined
}

export type StartAnswer =
  | { ok: true; replayed: boolean; job: JobView; rate: RateState }
  | { ok: false; code: 'SESSION_REVOKED' }
  | { ok: false; code: 'IDEMPOTENCY_KEY_REUSED' | QuoteRefusal }
  | { ok: false; code: 'RATE_LIMITED'; refusal: RateRefusal }
  | { ok: false; code: 'INSUFFICIENT_CREDITS'; required: number; available: number; owed: number }
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
      rate: rateState(sql, ask.limits, now, ask.job.app),
    }
  }

  const poses = ask.tasks.length
  assert(poses > 0, 'a job has tasks')
  expireDue(sql, now)
  const quoted = ask.quote && termsOfQuote(sql, { ...ask.quote, app: ask.job.app, pictures: poses }, now)
  if (quoted && !quoted.ok) return quoted
  const terms = quoted?.terms ?? termsOf(sql, ask, now)
  if (terms.fund === 'unlimited') {
    const { remaining, resetsAt } = unlimitedView(sql, now)!
    if (poses > remaining) return { ok: false, code: 'QUOTA_EXCEEDED', required: poses, remaining, resetsAt }
  }
  const required = poses * (terms.poseCredits + terms.backgroundCredits)
  const { available, owed } = lastBalances(sql)
  // Who owes gets nothing more, not even by quota, until it is paid; files of pictures that are there cost nothing.
  const mayNot = owed > 0 && ask.job.app !== 'exports'
  if (required > available || mayNot) return { ok: false, code: 'INSUFFICIENT_CREDITS', required, available, owed }
  const refusal = rateRefusal(sql, poses, ask.limits, now, ask.job.app)
  if (refusal) return { ok: false, code: 'RATE_LIMITED', refusal }

  openHold(sql, ask.job.id, required, now)
  if (terms.fund === 'unlimited') holdQuota(sql, ask.job.id, poses, now)
  insertJob(sql, ask, terms, now)
  if (ask.quote) spendQuote(sql, ask.quote.id, ask.job.id)
  if (required > 0) tellBalances(sql, ask.job.id, now)
  const job = viewJob(sql, findJob(sql, ask.job.id)!, now)
  keepAnswer(sql, ask, JSON.stringify(job), now)
  return { ok: true, replayed: false, job, rate: rateState(sql, ask.limits, now, ask.job.app) }
}

function insertJob(sql: SqlStorage, ask: StartAsk, terms: Terms, now: number): void {
  const { job } = ask
  sql.exec(
    `INSERT INTO job(id, app, project_id, type, text_prompt, params, fund, pose_credits, background_credits, task_window,
       total, project_due_at, request_id, created_at, give_up_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[job.id, job.app, job.projectId, job.type, job.textPrompt, JSON.stringify(job.params), terms.fund],
    ...[terms.poseCredits, terms.backgroundCredits, ask.taskWindow],
    ...[ask.tasks.length, now, ask.requestId, now, now + Math.min(ask.deadlineMs ?? JOB_GIVE_UP_MS, JOB_GIVE_UP_MS)],
  )
  // One statement and one bound value for all tasks: a statement takes 100 values, a job has up to 500 tasks.
  sql.exec(
    `INSERT INTO task(job_id, position, variation_key, image_id, name, pose_id, draft, prompt, seed)
     SELECT ?1, key, value ->> 'variationKey', value ->> 'imageId', value ->> 'name', value ->> 'poseId',
            value ->> 'draft', value ->> 'prompt', value ->> 'seed' FROM json_each(?2)`,
    job.id,
    JSON.stringify(ask.tasks),
  )
}
