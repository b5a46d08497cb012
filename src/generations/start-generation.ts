import type { StartAnswer } from '../../durable-objects/user/start'
import type { AppDefinition } from '../apps/contract'
import type { Config } from '../config'
import { currentPrices } from '../credits/prices'
import type { Ctx } from '../ctx'
import type { Caller } from '../http/access-token'
import { fail, invalidField } from '../http/errors'
import { newId } from '../kernel/ids'
import type { Outlook } from './judge-providers'
import { outlookFor } from './outlook'
import { secondsUntil, startRefusal, tryStart } from './start-job'
import type { GenerationType, JobParams, JobView, TaskPlan } from './types'

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
  app: Pick<AppDefinition<'pose-generator', never, never, never>, 'id' | 'price'>,
  ask: Ask,
): Promise<Started> {
  const [outlook, prices] = await Promise.all([outlookFor(ctx, ask.params), currentPrices(ctx.db, app.id, ctx.now())])
  const { route, idempotencyKey: key, fingerprint, projectId, type, textPrompt, params, tasks } = ask
  const answer = await tryStart(ctx, caller, {
    ...{ route, key, fingerprint, tasks, quote: ask.quote, fund: ask.fund, deadlineMs: ask.deadlineMs },
    job: { id: newId('generation'), app: app.id, projectId, type, textPrompt, params },
    price: app.price(params, prices),
    limits: outlook.isDown ? NOTHING : rateLimits(ctx.config),
  })
  if (answer.ok) return { job: answer.job, headers: headersOf(answer, outlook) }
  if (outlook.isDown && answer.code === 'RATE_LIMITED') throw unavailable(outlook)
  throw startRefusal(answer, ctx.now())
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
