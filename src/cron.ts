import { and, lt, sql } from 'drizzle-orm'
import { makeCtx } from './ctx'
import { generations } from './db/tables/generations'
import { describeError } from './kernel/log'
import { userObject } from './objects'

/** A generation that D1 shows as open for this long gets its object woken: the second net under a lost alarm. */
const STALE_AFTER_MS = 15 * 60_000
const MAX_WOKEN = 100

/** Every five minutes. */
export const scheduled: ExportedHandlerScheduledHandler<Env> = async function scheduled(controller, env, execution) {
  const ctx = makeCtx(env, `cron-${controller.scheduledTime}`, (work) => execution.waitUntil(work))
  const stale = await ctx.db
    // The plus keeps SQLite from walking the index by user for the sake of DISTINCT, and the statuses are literals
    // because a partial index serves no bound values: so this reads what is open, not all generations.
    .selectDistinct({ userId: sql<string>`+${generations.userId}` })
    .from(generations)
    .where(
      and(
        sql`${generations.status} in ('pending', 'processing')`,
        lt(generations.createdAt, controller.scheduledTime - STALE_AFTER_MS),
      ),
    )
    .limit(MAX_WOKEN)
  // A call of any kind is enough: the object's constructor arms the alarm that its rows ask for.
  const woken = await Promise.allSettled(stale.map(({ userId }) => userObject(env, userId).credits()))
  for (const result of woken)
    if (result.status === 'rejected') ctx.log('error', 'wake_failed', { error: describeError(result.reason) })
}
