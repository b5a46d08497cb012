import { avatarCreator } from '../apps/avatar-creator/app'
import type { Config } from '../config'
import { currentPrices } from '../credits/prices'
import type { Ctx } from '../ctx'
import { outlookFor } from '../generations/outlook'
import { secondsUntil, startRefusal, tryStart } from '../generations/start-job'
import type { JobView } from '../generations/types'
import type { Caller } from '../http/access-token'
import { fail } from '../http/errors'
import { newId } from '../kernel/ids'
import type { AvatarPlan } from './plan-avatar'

type Ask = {
  route: string
  idempotencyKey: string
  /** Of the whole request. */
  fingerprint: string
  plan: AvatarPlan
  quoteId?: string | undefined
}

export type StartedAvatars = { job: JobView; replayed: boolean }

/** The windows of the app, apart from those of shoots: three starts a minute would make a day's avatars in a quarter of an hour. */
export const avatarLimits = (config: Config) => ({
  posesPerHour: config.LIMIT_AVATARS_PER_DAY,
  generatesPerMinute: config.LIMIT_GENERATES_PER_MINUTE,
  picturesPerDay: config.LIMIT_AVATARS_PER_DAY,
})

/** Nothing new gets in, in the very transaction that still answers replays. */
const NOTHING = { posesPerHour: 0, generatesPerMinute: 0 }

/** What the windows are called for avatars. */
export const AVATAR_LIMIT_NAMES = { posesPerHour: 'avatarsPerHour', picturesPerDay: 'avatarsPerDay' } as const

/**
 * Starts a generation of avatars in the caller's object and turns each refusal into its answer. Avatars are paid in credits,
 * whatever the plan. When nobody could make them now it is a 503 before anything is held.
 */
export async function startAvatar(ctx: Ctx, caller: Caller, ask: Ask): Promise<StartedAvatars> {
  const { params, tasks, projectId, fingerprint: quoted } = ask.plan
  const [outlook, prices] = await Promise.all([
    params.picture && outlookFor(ctx, params.picture),
    currentPrices(ctx.db, avatarCreator.id, ctx.now()),
  ])
  const answer = await tryStart(ctx, caller, {
    ...{ route: ask.route, key: ask.idempotencyKey, fingerprint: ask.fingerprint, tasks },
    job: {
      ...{ id: newId('avatarGeneration'), app: avatarCreator.id, projectId },
      ...{ type: params.way, textPrompt: null, params },
    },
    price: avatarCreator.price(params, prices),
    limits: outlook?.isDown ? NOTHING : avatarLimits(ctx.config),
    fund: 'credits',
    ...(ask.quoteId !== undefined && { quote: { id: ask.quoteId, fingerprint: quoted } }),
  })
  if (answer.ok) return { job: answer.job, replayed: answer.replayed }
  if (outlook?.isDown && answer.code === 'RATE_LIMITED')
    throw fail(
      'UNAVAILABLE',
      { reason: 'the image service is down; nothing was charged' },
      secondsUntil(outlook.retryAfterMs, 0),
    )
  throw startRefusal(answer, ctx.now(), AVATAR_LIMIT_NAMES)
}
