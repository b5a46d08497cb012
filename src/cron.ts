import { and, lt, sql } from 'drizzle-orm'
import { type Ctx, makeCtx } from './ctx'
import { generations } from './db/tables/generations'
import { describeError } from './kernel/log'
import { userObject } from './objects'
import { sweepPayments } from './payments/sweep-payments'
import { sweepPlans } from './plans/sweep-plans'

/** A generation that D1 shows as open for this long gets its object woken: the second net under a lost alarm. */
const STALE_AFTER_MS = 15 * 60_000
const MAX_WOKEN = 100

/** The trigger of wrangler.toml. Money is looked after every minute, lost alarms every fifth. */
const EVERY_MINUTE = '* * * * *'
const MINUTE_MS = 60_000

/** Each net in its own try. A tick of no trigger of ours, started by hand, casts all of them. */
export const scheduled: ExportedHandlerScheduledHandler<Env> = async function scheduled(controller, env, execution) {
  const { cron, scheduledTime } = controller
  const ctx = makeCtx(env, `cron-${scheduledTime}`, (work) => execution.waitUntil(work))
  await inItsOwnTry(ctx, 'payments', sweepPayments(ctx))
  await inItsOwnTry(ctx, 'plans', sweepPlans(ctx, scheduledTime))
  const isFifth = Math.floor(scheduledTime / MINUTE_MS) % 5 === 0
  if (isFifth || cron !== EVERY_MINUTE) await inItsOwnTry(ctx, 'generations', wakeStale(ctx, scheduledTime))
}

async function inItsOwnTry(ctx: Ctx, sweep: string, work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    ctx.log('error', 'sweep_failed', { sweep, error: describeError(error) })
  }
}

async function wakeStale(ctx: Ctx, now: number): Promise<void> {
  const stale = await ctx.db
    // The plus keeps SQLite from walking the index by user for the sake of DISTINCT, and the statuses are literals
    // because a partial index serves no bound values: so this reads what is open, not all generations.
    .selectDistinct({ userId: sql<string>`+${generations.userId}` })
    .from(generations)
    .where(
      and(sql`${generations.status} in ('pending', 'processing')`, lt(generations.createdAt, now - STALE_AFTER_MS)),
    )
    .limit(MAX_WOKEN)
  // A call of any kind is enough: the object's constructor arms the alarm that its rows ask for.
  const woken = await Promise.allSettled(stale.map(({ userId }) => userObject(ctx.env, userId).credits()))
  for (const result of woken)
    if (result.status === 'rejected') ctx.log('error', 'wake_failed', { error: describeError(result.reason) })
}
