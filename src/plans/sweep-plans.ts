import type { Ctx } from '../ctx'
import { describeError } from '../kernel/log'
import { userObject } from '../objects'
import { recordPlans } from './record-plans'

/** Rows looked at in one tick; the rest is due in the next. Each costs two calls of an object and a write. */
const MAX_ROWS = 100
/** A row whose object did not answer, or the Worker died with, is due again after this. */
const RETRY_AFTER_MS = 15 * 60_000

/**
 * Moves on what time has changed: active, then grace_period, then expired. The quota itself needs none of this, the
 * object goes by its own clock; this is for lists and tiers. Rows are put off before they are looked at, so one that
 * always fails never stands in front of the others. Answers how many people were looked at.
 */
export async function sweepPlans(ctx: Ctx, now: number, maxRows = MAX_ROWS): Promise<number> {
  const { results } = await ctx.env.DB.prepare(
    `UPDATE subscriptions SET next_change_at = ?1 WHERE (user_id, product_id) IN (
       SELECT user_id, product_id FROM subscriptions WHERE next_change_at <= ?2 ORDER BY next_change_at LIMIT ?3
     ) RETURNING user_id AS userId`,
  )
    .bind(now + RETRY_AFTER_MS, now, maxRows)
    .all<{ userId: string }>()
  const people = new Set(results.map(({ userId }) => userId))
  for (const userId of people) {
    try {
      await recordPlans(ctx, userId, await userObject(ctx.env, userId).plans())
    } catch (error) {
      ctx.log('error', 'plans_not_recorded', { userId, error: describeError(error) })
    }
  }
  return people.size
}
