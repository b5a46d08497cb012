import type { PlanView } from '../credits/types'
import type { Ctx } from '../ctx'
import type { TIERS } from '../db/tables/users'
import type { Caller } from '../http/access-token'
import { type ApiError, fail } from '../http/errors'
import { userObject } from '../objects'

type Tier = (typeof TIERS)[number]
/** The last second of the year 9999: a plan that costs nothing has no earlier end. */
const NO_END_MS = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Ids of the premium ones, each once, in the order that was asked for. Empty for most requests: nothing else is then asked. */
export const premiumIds = (poses: readonly { id: string; isPremium: boolean }[]): string[] => [
  ...new Set(poses.filter(({ isPremium }) => isPremium).map(({ id }) => id)),
]

/**
 * Whether somebody may use premium poses: by the tier that the token says, or by a plan that was paid and runs now (grace
 * counts), for tokens are up to 10 minutes older than a payment. `plans` are what the user's object answers; `now` in ms.
 */
export const mayUsePremium = (tier: Tier, plans: readonly PlanView[], now: number): boolean =>
  tier !== 'free' ||
  plans.some(({ status, startedAt, periodEndsAt }) => {
    return status !== 'expired' && startedAt <= now && periodEndsAt < NO_END_MS
  })

/** `throw premiumRefusal(ids)`: 403 with the poses that need a plan. */
export const premiumRefusal = (poseIds: readonly string[]): ApiError => fail('PREMIUM_POSE', { poseIds })

/**
 * Throws PREMIUM_POSE unless the caller may use all of these. A token's tier may be older than the payment: who has none by
 * it is looked up once more.
 */
export async function refusePremium(
  ctx: Ctx,
  { userId, tier }: Pick<Caller, 'userId' | 'tier'>,
  poses: readonly { id: string; isPremium: boolean }[],
): Promise<void> {
  const ids = premiumIds(poses)
  if (ids.length === 0 || mayUsePremium(tier, [], ctx.now())) return
  if (!mayUsePremium(tier, await userObject(ctx.env, userId).plans(), ctx.now())) throw premiumRefusal(ids)
}
