import type { StartAnswer } from '../../durable-objects/user/start'
import type { AppDefinition } from '../apps/contract'
import type { Config } from '../config'
import { currentPrices } from '../credits/prices'
import type { Ctx } from '../ctx'
import type { TIERS } from '../db/tables/users'
import type { Caller } from '../http/access-token'
import { fail, invalidField } from '../http/errors'
import { newId } from '../kernel/ids'
import { userObject } from '../objects'
import type { Outlook } from './judge-providers'
import { outlookFor } from './outlook'
import type { GenerationType, JobParams, JobView, TaskPlan } from './types'

/**
 * Tasks of one user in the queue at once, and the user's share of a provider's slots against others who wait. Twice the
 * consumer's batch keeps it busy; more is for larger plans.
 */
export const TASK_WINDOWS: Record<(typeof TIERS)[number], number> = { free: 8, basic: 12, pro: 16, enterprise: 32 }

type Ask = {
  route: string
  idempotencyKey: string
  fingerprint: string
  projectId: string
  type: GenerationType
  textPrompt: string | null
  params: JobParams
  tasks: TaskPlan[]
  quote?: { id: string; fingerprint: string } | undefined
  fund?: 'credits' | undefined
  deadlineMs?: number | undefined
}

type Started = { job: JobView; headers: Record<string, string> }

/** The sliding windows of this installation. */
export const rateLimits = (config: Config) => ({
  posesPerHour: config.LIMIT_POSES_PER_HOUR,
  generatesPerMinute: config.LIMIT_GENERATES_PER_MINUTE,
})

/** While no image service works nothing new gets in, in the very transaction that still answers replays: they pass every limit. */
const NOTHING = { posesPerHour: 0, generatesPerMinute: 0 }

/**
 * Starts a generation in the caller's object and turns each refusal into its answer. Used by generate and retry. When
 * nobody could make its pictures it is a 503 before anything is held.
 */
export async function startGeneration(
  ctx: Ctx,
  caller: Caller,
  app: Pick<AppDefinition<never, never>, 'id' | 'price'>,
  ask: Ask,
): Promise<Started> {
  const [outlook, prices] = await Promise.all([outlookFor(ctx, ask.params), currentPrices(ctx.db, app.id, ctx.now())])
  const answer = await userObject(ctx.env, caller.userId).start({
    route: ask.route,
    key: ask.idempotencyKey,
    fingerprint: ask.fingerprint,
    sessionId: caller.sessionId,
    requestId: ctx.requestId,
    job: {
      id: newId('generation'),
      app: app.id,
      projectId: ask.projectId,
      type: ask.type,
      textPrompt: ask.textPrompt,
      params: ask.params,
    },
    tasks: ask.tasks,
    price: app.price(ask.params, prices),
    quote: ask.quote,
    fund: ask.fund,
    limits: outlook.isDown ? NOTHING : rateLimits(ctx.config),
    taskWindow: TASK_WINDOWS[caller.tier],
    deadlineMs: ask.deadlineMs,
  })
  if (answer.ok) return { job: answer.job, headers: headersOf(answer, outlook) }
  if (outlook.isDown && answer.code === 'RATE_LIMITED') throw unavailable(outlook)
  throw refusal(answer, ctx.now())
}

/** Nobody would make it now; nothing was held. A size that nobody makes is the caller's to change. */
function unavailable({ retryAfterMs, sidesPx }: Extract<Outlook, { isDown: true }>) {
  if (sidesPx) return invalidField('width', `with height: sides of ${sidesPx.min} to ${sidesPx.max} pixels`)
  return fail(
    'UNAVAILABLE',
    { reason: 'the image service is down; nothing was charged' },
    secondsUntil(retryAfterMs, 0),
  )
}

/** RateLimit-* as of the pose-weighted hour; a replay says that it is one. */
const headersOf = (
  { rate, replayed }: Extract<StartAnswer, { ok: true }>,
  { isDown }: Outlook,
): Record<string, string> => ({
  ...(!isDown && {
    'ratelimit-limit': String(rate.limit),
    'ratelimit-remaining': String(rate.remaining),
    'ratelimit-reset': String(Math.ceil(rate.resetMs / 1000)),
  }),
  ...(replayed && { 'idempotent-replayed': 'true' }),
})

function refusal(answer: Exclude<StartAnswer, { ok: true }>, now: number) {
  switch (answer.code) {
    case 'SESSION_REVOKED':
      return fail('UNAUTHENTICATED')
    case 'IDEMPOTENCY_KEY_REUSED':
      return fail('IDEMPOTENCY_KEY_REUSED')
    case 'QUOTE_UNKNOWN':
    case 'QUOTE_MISMATCH':
      return invalidField('quoteId', QUOTE_RULES[answer.code])
    case 'QUOTE_USED':
    case 'QUOTE_EXPIRED':
      return fail(answer.code)
    case 'INSUFFICIENT_CREDITS': {
      const { required, available, owed } = answer
      return fail('INSUFFICIENT_CREDITS', { required, available, ...(owed > 0 && { owed }) })
    }
    case 'QUOTA_EXCEEDED': {
      const { required, remaining, resetsAt } = answer
      const details = { required, remaining, resetsAt: new Date(resetsAt).toISOString() }
      return fail('QUOTA_EXCEEDED', details, secondsUntil(resetsAt, now))
    }
    case 'RATE_LIMITED': {
      const { limit, max, remaining, retryAfterMs } = answer.refusal
      return fail('RATE_LIMITED', { limit, max, remaining }, secondsUntil(now + retryAfterMs, now))
    }
  }
}

const QUOTE_RULES = {
  QUOTE_UNKNOWN: 'must be a quote of yours',
  QUOTE_MISMATCH: 'was made for another request; everything but quoteId must be the same',
}

const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1000))
