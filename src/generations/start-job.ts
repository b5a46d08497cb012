import type { RateRefusal } from '../../durable-objects/user/rate-limit'
import type { StartAnswer, StartAsk } from '../../durable-objects/user/start'
import { registry } from '../apps/registry'
import type { Ctx } from '../ctx'
import type { TIERS } from '../db/tables/users'
import { requireParts } from '../health/parts'
import type { Caller } from '../http/access-token'
import { fail, invalidField } from '../http/errors'
import { userObject } from '../objects'

/**
 * Tasks of one user's jobs of an app in the queue at once, and the user's share of a provider's slots against others who wait. Twice the
 * consumer's batch keeps it busy; more is for larger plans.
 */
export const TASK_WINDOWS: Record<(typeof TIERS)[number], number> = { free: 8, basic: 12, pro: 16, enterprise: 32 }

/** Of jobs that belong to no app of the registry: backgrounds and exports of pictures that are there. */
const NEEDED_BY_ANY_JOB = ['database', 'storage', 'jobs'] as const

/** A job of any app; who asks, and how much of the queue is his, is added here. */
export type JobAsk = Omit<StartAsk, 'sessionId' | 'requestId' | 'taskWindow'>

type Started = Extract<StartAnswer, { ok: true }>

/** Starts a job in the caller's object: whole, once per key, or not at all. */
export async function tryStart(ctx: Ctx, caller: Caller, ask: JobAsk): Promise<StartAnswer> {
  requireParts(ctx, registry.get(ask.job.app)?.needs ?? NEEDED_BY_ANY_JOB)
  return userObject(ctx.env, caller.userId).start({
    ...ask,
    ...{ sessionId: caller.sessionId, requestId: ctx.requestId, taskWindow: TASK_WINDOWS[caller.tier] },
  })
}

/** Starts a job, and throws the answer for each refusal. */
export async function startJob(ctx: Ctx, caller: Caller, ask: JobAsk): Promise<Started> {
  const answer = await tryStart(ctx, caller, ask)
  if (!answer.ok) throw startRefusal(answer, ctx.now())
  return answer
}

/** What a caller is told when his job did not start. `now` in ms; `limitNames`: what the limits are called for this app. */
export function startRefusal(
  answer: Exclude<StartAnswer, { ok: true }>,
  now: number,
  limitNames: Partial<Record<RateRefusal['limit'], string>> = {},
) {
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
      return fail(
        'RATE_LIMITED',
        { limit: limitNames[limit] ?? limit, max, remaining },
        secondsUntil(now + retryAfterMs, now),
      )
    }
  }
}

const QUOTE_RULES = {
  QUOTE_UNKNOWN: 'must be a quote of yours',
  QUOTE_MISMATCH: 'was made for another request; everything but quoteId must be the same',
}

export const secondsUntil = (at: number, now: number): number => Math.max(1, Math.ceil((at - now) / 1000))
