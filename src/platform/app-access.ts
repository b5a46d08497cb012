import type { AppManifest } from '../apps/manifest'
import { findUser } from '../auth/users'
import type { Ctx } from '../ctx'
import { TIERS } from '../db/tables/users'
import type { Caller } from '../http/access-token'
import { describeError } from '../kernel/log'
import { userObject } from '../objects'
import { mayUsePremium } from '../poses/premium'

type Access = AppManifest['access']
export type Reason = 'sign_in' | 'plan' | 'role'
/** Somebody as far as apps care. `hasPlan`: one that was paid and runs now. */
export type Visitor = Pick<Caller, 'role' | 'tier'> & { hasPlan: boolean }

/** Why somebody may not use an app; null when he may. `visitor` is null for who has not signed in. */
export function reasonAgainst(access: Access, visitor: Visitor | null): Reason | null {
  if (visitor === null) return isForAnybody(access) ? null : 'sign_in'
  if (access.allowedRoles && !access.allowedRoles.includes(visitor.role)) return 'role'
  if (access.minTier && TIERS.indexOf(visitor.tier) < TIERS.indexOf(access.minTier)) return 'plan'
  return access.requiresSubscription && !visitor.hasPlan ? 'plan' : null
}

const isForAnybody = ({ requiresAuth, ...access }: Access): boolean => !requiresAuth && !isRestricted(access)

/** Whether it matters who is asking, once he has signed in. */
export const isRestricted = ({ requiresSubscription, minTier, allowedRoles }: Omit<Access, 'requiresAuth'>): boolean =>
  requiresSubscription || (minTier ?? 'free') !== 'free' || allowedRoles !== null

/** An app for some roles only is not shown to others. */
export const isShownTo = ({ allowedRoles }: Access, visitor: Visitor | null): boolean =>
  allowedRoles === null || (visitor !== null && allowedRoles.includes(visitor.role))

/**
 * Who asks, by the token. Where that is not enough for one of `apps`, by what holds now: a token is up to 10 minutes older
 * than a payment. When that cannot be read, the token counts.
 */
export async function visitorOf(
  ctx: Ctx,
  caller: Caller | null,
  apps: readonly AppManifest[],
): Promise<Visitor | null> {
  if (!caller) return null
  const told: Visitor = { role: caller.role, tier: caller.tier, hasPlan: mayUsePremium(caller.tier, [], ctx.now()) }
  if (apps.every(({ access }) => reasonAgainst(access, told) !== 'plan')) return told
  try {
    const [user, plans] = await Promise.all([
      findUser(ctx.db, caller.userId),
      userObject(ctx.env, caller.userId).plans(),
    ])
    const tier = user?.tier ?? told.tier
    return { ...told, tier, hasPlan: mayUsePremium(tier, plans, ctx.now()) }
  } catch (error) {
    ctx.log('warn', 'plan_unread', { error: describeError(error) })
    return told
  }
}
