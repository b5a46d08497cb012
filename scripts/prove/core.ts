import { adjust, refundJob } from '../../durable-objects/user/adjustments'
import { cancelJob } from '../../durable-objects/user/cancel'
import { latestSeq, trimEvents } from '../../durable-objects/user/events'
import { trimAnswers } from '../../durable-objects/user/idempotency'
import { expireDue, grant } from '../../durable-objects/user/ledger'
import { cancelPlan, startFreePlan } from '../../durable-objects/user/plans'
import { beginCheck, converge, endCheck } from '../../durable-objects/user/purchases'
import { giveUp, redrive } from '../../durable-objects/user/queueing'
import { makeQuote } from '../../durable-objects/user/quotes'
import { all } from '../../durable-objects/user/rows'
import { type StartAnswer, type StartAsk, start } from '../../durable-objects/user/start'
import { claim, failTask, finish, forgetRun, keepRun, type Outcome } from '../../durable-objects/user/tasks'
import type { JobType, JobWork } from '../../src/generations/types'
import {
  type Answer,
  BACKGROUND_CREDITS,
  type CallName,
  type Calls,
  FREE_PLAN,
  POSE_CREDITS,
  productOf,
  requestPrint,
  type StartCall,
} from './calls'

export const SESSION = 'ses_prove'
/** High enough never to say no: the rate is not about money. */
const LIMITS = { posesPerHour: 1e9, generatesPerMinute: 1e9 }
const MEMO = { actor: 'prove', requestId: 'req_prove', reason: 'a command of the bench' }

/** Runs `work` as one transaction of the object, books checked before it commits. */
export type Command = <T>(work: (sql: SqlStorage) => T) => T

/** The object's commands by name: what its RPC methods do inside a transaction, each in its own. */
export type Core = { [Name in CallName]: (command: Command, call: Calls[Name], now: number) => Answer }

export const CORE: Core = {
  grant: (command, call, now) =>
    command((sql) => {
      const { key, source, paid, credits, expiresAt } = call
      expireDue(sql, now)
      return { granted: grant(sql, { key, source, category: paid ? 'paid' : 'promo', credits, expiresAt }, now) }
    }),
  start: (command, call, now) => command((sql) => told(start(sql, startAsk(call), now))),
  race: (command, { asks }, now) => ({ answers: asks.map((ask) => CORE.start(command, ask, now)) }),
  claim: (command, call, now) =>
    command((sql) => {
      const { leaseMs, pollLeaseMs, after } = call
      const claimed = claim(sql, call, leaseMs, now, { pollLeaseMs, after: after ?? undefined })
      if (!claimed.go) return claimed
      const { attempt, tries, run } = claimed
      return { go: true, attempt, tries, run }
    }),
  finish: (command, call, now) => command((sql) => finish(sql, call, call.attempt, outcomeOf(call), now)),
  keepRun: (command, call) => command((sql) => ({ kept: keepRun(sql, call, call.attempt, call.run) })),
  forgetRun: (command, call) =>
    command((sql) => {
      forgetRun(sql, call)
      return { ok: true }
    }),
  failTask: (command, call, now) => command((sql) => failTask(sql, call, 'TEST', now)),
  cancel: (command, { jobId }, now) => command((sql) => ({ state: cancelJob(sql, jobId, now) })),
  alarm: (command, _call, now) =>
    command((sql) => {
      const before = latestSeq(sql)
      expireDue(sql, now)
      giveUp(sql, now)
      redrive(sql, now)
      const unmade = unmadeSince(sql, before)
      trimEvents(sql, now)
      trimAnswers(sql, now)
      return { unmade }
    }),
  beginCheck: (command, { orderId, leaseMs }, now) => command((sql) => beginCheck(sql, orderId, leaseMs, now)),
  converge: (command, { orderId, keptRupiah, checkNo }, now) =>
    command((sql) => {
      expireDue(sql, now)
      const ask = { ...productOf(orderId), paymentId: orderId, gateway: 'simulated', keptRupiah, checkNo, memo: MEMO }
      const answer = converge(sql, ask, now)
      if (answer.stale) return { stale: true }
      const { again, credited, change, owed } = answer
      return { stale: false, again, credited, change, owed }
    }),
  endCheck: (command, { orderId, checkNo }) =>
    command((sql) => {
      endCheck(sql, orderId, checkNo)
      return { ok: true }
    }),
  adjust: (command, call, now) =>
    command((sql) => {
      const answer = adjust(sql, { ...call, memo: MEMO }, now)
      return answer.ok ? { ok: true, applied: answer.applied } : { ok: false, available: answer.available }
    }),
  refund: (command, { key, jobId, credits }, now) =>
    command((sql) => {
      const answer = refundJob(sql, { key, jobId, credits, memo: MEMO }, now)
      return answer.ok ? answer : { ok: false, refundable: answer.refundable }
    }),
  freePlan: (command, _call, now) =>
    command((sql) => {
      startFreePlan(sql, FREE_PLAN, now)
      return { ok: true }
    }),
  cancelPlan: (command, { productId }, now) => command((sql) => ({ ok: cancelPlan(sql, productId, now) })),
  quote: (command, { id, poses, background, byCredits }, now) =>
    command((sql) => {
      const price = { poseCredits: POSE_CREDITS, backgroundCredits: background ? BACKGROUND_CREDITS : 0 }
      const ask = {
        id,
        app: 'pose-generator' as const,
        fingerprint: requestPrint(poses, background),
        pictures: poses,
        price,
      }
      const { fund, credits } = makeQuote(sql, { ...ask, ...fundOf(byCredits), limits: LIMITS }, now)
      return { fund, credits }
    }),
}

const fundOf = (byCredits: boolean): { fund?: 'credits' } => (byCredits ? { fund: 'credits' } : {})

/** Tasks that ended without a picture after event `seq`, in that order, and how: the log says so. */
const unmadeSince = (sql: SqlStorage, seq: number): [string, number, string][] =>
  all<{ generation_id: string; key: string; status: string }>(
    sql,
    `SELECT generation_id, data ->> '$.image.variationKey' AS key, data ->> '$.image.status' AS status FROM event
     WHERE seq > ? AND type IN ('pose_generation_progress', 'background_progress', 'export_progress') AND status IN ('failed', 'cancelled') ORDER BY seq`,
    seq,
  ).map(({ generation_id, key, status }) => [generation_id, Number(key.slice(1)), status])

export function startAsk(call: StartCall): StartAsk {
  const { app, jobId, key, fingerprint, poses, background, quoteId, byCredits, poseCredits } = call
  return {
    ...{ route: 'generate', key, fingerprint, sessionId: SESSION, requestId: 'req_prove', limits: LIMITS },
    job: { id: jobId, projectId: 'prj_prove', textPrompt: null, ...WORKS[app] },
    tasks: Array.from({ length: poses }, (_, position) => ({
      ...{ variationKey: `v${position}`, imageId: `img_${position}`, name: 'Pose', poseId: null, draft: null },
      ...{ prompt: 'holding a box', seed: position },
    })),
    price: { poseCredits, backgroundCredits: background ? BACKGROUND_CREDITS : 0 },
    ...(quoteId !== null && { quote: { id: quoteId, fingerprint: requestPrint(poses, background) } }),
    ...fundOf(byCredits),
    taskWindow: 8,
  }
}

const WORKS: { [App in StartCall['app']]: { type: JobType } & Extract<JobWork, { app: App }> } = {
  'pose-generator': {
    ...{ app: 'pose-generator', type: 'GALLERY_REFERENCE' },
    params: {
      ...{ widthPx: 256, heightPx: 256, avatarUploadId: null, subject: { key: '', words: '' } },
      ...{ background: null, outputFormats: [] },
    },
  },
  backgrounds: { app: 'backgrounds', type: 'BACKGROUND', params: { wish: { mode: 'transparent', shadow: false } } },
  exports: {
    ...{ app: 'exports', type: 'EXPORT' },
    params: { name: 'Prove', formats: ['original'], options: { fill: 'sampled', withRecipe: true }, versions: {} },
  },
}

/** An answer to `start` in the bench's words. */
export function told(answer: StartAnswer): Answer {
  if (answer.ok) {
    const { id, fund, creditsHeld } = answer.job
    return { jobId: id, fund, held: creditsHeld, replayed: answer.replayed }
  }
  const { code: refused } = answer
  if (answer.code === 'INSUFFICIENT_CREDITS') {
    const { required, available, owed } = answer
    return { refused, required, available, owed }
  }
  if (answer.code === 'QUOTA_EXCEEDED') return { refused, required: answer.required, remaining: answer.remaining }
  return { refused }
}

export function outcomeOf({ outcome, run }: Pick<Calls['finish'], 'outcome' | 'run'>): Outcome {
  if (outcome === 'failed') return { kind: 'failed', code: 'UPSTREAM_4XX' }
  if (outcome === 'waiting' || outcome === 'down')
    return { kind: 'waiting', delayMs: 1_000, run: run!, isDown: outcome === 'down' }
  if (outcome === 'retry' || outcome === 'free retry') {
    const counted = outcome === 'free retry' ? { counted: false } : {}
    return { kind: 'retry', code: 'UPSTREAM_5XX', delayMs: 1_000, ...counted, ...(run !== null && { run }) }
  }
  return { kind: 'done', backgroundDone: outcome === 'done', image: { id: 'img' } }
}
