import { z } from '@hono/zod-openapi'
import { avatarCreator } from '../apps/avatar-creator/app'
import { AvatarWish } from '../apps/avatar-creator/params'
import { poseGenerator } from '../apps/pose-generator/app'
import { ShootParams } from '../apps/pose-generator/params'
import { planAvatar } from '../avatars/plan-avatar'
import { AVATAR_LIMIT_NAMES, avatarLimits } from '../avatars/start-avatar'
import type { PriceList, TaskPrice } from '../credits/prices'
import type { Ctx } from '../ctx'
import { planGeneration } from '../generations/plan-generation'
import { rateLimits } from '../generations/start-generation'
import type { AppId, TaskPlan } from '../generations/types'
import type { Caller } from '../http/access-token'
import type { Language } from '../http/errors'
import type { LimitNames } from './quote-schema'

/** Body of `POST /quotes`: an app and what would be sent to start it. Another app is another shape, told apart by `app`. */
export const QuoteBody = z
  .discriminatedUnion('app', [
    z.strictObject({ app: z.literal('pose-generator'), params: ShootParams }),
    z.strictObject({ app: z.literal('avatar-creator'), params: AvatarWish }),
  ])
  .openapi('QuoteRequest')
export type QuoteBody = z.infer<typeof QuoteBody>

/** What a request comes to, whichever app it is for. */
export type Quotable = {
  app: AppId
  tasks: TaskPlan[]
  fingerprint: string
  price(prices: PriceList): TaskPrice
  /** What one is called in the lines. */
  item: 'pose' | 'avatar'
  hasBackground: boolean
  fund: 'credits' | undefined
  limits: ReturnType<typeof rateLimits> & { picturesPerDay?: number }
  limitNames: LimitNames
}

/** Counts what is asked for with the plan and the price list that the app's own start uses. Throws what that start would. */
export async function planQuote(ctx: Ctx, caller: Caller, body: QuoteBody, language: Language): Promise<Quotable> {
  if (body.app === 'avatar-creator') {
    const { params, tasks, fingerprint } = await planAvatar(ctx, caller, body.params, language)
    return {
      ...{ app: body.app, tasks, fingerprint, item: 'avatar', hasBackground: false, fund: 'credits' },
      ...{ price: (prices) => avatarCreator.price(params, prices), limits: avatarLimits(ctx.config) },
      limitNames: AVATAR_LIMIT_NAMES,
    }
  }
  const { params, tasks, fingerprint } = await planGeneration(ctx, caller, body.params, language)
  return {
    ...{ app: body.app, tasks, fingerprint, item: 'pose', hasBackground: params.background !== null },
    ...{ fund: body.params.fund, price: (prices) => poseGenerator.price(params, prices) },
    ...{ limits: rateLimits(ctx.config), limitNames: {} },
  }
}
