import type { PlanView } from '../credits/types'
import type { Ctx } from '../ctx'
import { products } from '../db/tables/money'
import { TIERS } from '../db/tables/users'
import { userObject } from '../objects'

/** Views that are written one after the other before the rest is left to whoever keeps changing the plans. */
const MAX_WRITES = 4

type Tier = (typeof TIERS)[number]

/**
 * Brings D1 up to date with somebody's plans: the rows that lists and the cron read, and the tier of the account.
 * `plans` is what the object just answered. Two calls may overlap and the older view be written last, so each looks
 * again after its write and goes on until D1 has what the object says: the last write is a true one.
 */
export async function recordPlans(ctx: Ctx, userId: string, plans: PlanView[]): Promise<void> {
  let view = plans
  for (let writes = 0; writes < MAX_WRITES; writes++) {
    await writePlans(ctx, userId, view)
    const latest = await userObject(ctx.env, userId).plans()
    if (JSON.stringify(latest) === JSON.stringify(view)) return
    view = latest
  }
}

/** Plans of a product that has no row any more, and people who have none, are passed over: both are foreign keys. */
async function writePlans({ env, db, now }: Ctx, userId: string, plans: PlanView[]): Promise<void> {
  const known = await db.select({ id: products.id, tier: products.tier }).from(products)
  const tiers = new Map(known.map(({ id, tier }) => [id, tier]))
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO subscriptions(user_id, product_id, status, started_at, period_ends_at, grace_until, cancelled_at,
         next_change_at, updated_at)
       SELECT users.id, products.id, value ->> 'status', value ->> 'startedAt', value ->> 'periodEndsAt',
         value ->> 'graceUntil', value ->> 'cancelledAt', value ->> 'nextChangeAt', ?3
       FROM json_each(?2) JOIN products ON products.id = value ->> 'productId' JOIN users ON users.id = ?1
       WHERE true
       ON CONFLICT(user_id, product_id) DO UPDATE SET status = excluded.status, started_at = excluded.started_at,
         period_ends_at = excluded.period_ends_at, grace_until = excluded.grace_until,
         cancelled_at = excluded.cancelled_at, next_change_at = excluded.next_change_at,
         updated_at = excluded.updated_at`,
    ).bind(userId, JSON.stringify(plans), now()),
    env.DB.prepare('UPDATE users SET tier = ?1, updated_at = ?2 WHERE id = ?3 AND tier <> ?1').bind(
      bestTier(plans, tiers),
      now(),
      userId,
    ),
  ])
}

/** The highest tier of the plans that have not ended; `free` for somebody who has none. */
function bestTier(plans: PlanView[], tiers: ReadonlyMap<string, Tier | null>): Tier {
  const running = plans.filter(({ status }) => status !== 'expired')
  const ranks = running.map(({ productId }) => TIERS.indexOf(tiers.get(productId) ?? 'free'))
  return TIERS[Math.max(0, ...ranks)]!
}
