import type { Ctx } from '../ctx'
import { describeError } from '../kernel/log'
import { continueOverdue } from '../likeness/erase-deletion'
import { sweepPayments } from '../payments/sweep-payments'
import { sweepPlans } from '../plans/sweep-plans'
import { refreshPopularity } from '../poses/library/refresh-popularity'
import { announceOverdue } from '../requests/announce'
import { type Reaped, reapOrphans } from '../uploads/reap-orphans'
import { wakeStale } from './wake-stale'

export const NETS = ['payments', 'plans', 'generations', 'announcements', 'deletions', 'popularity', 'orphans'] as const
export type Net = (typeof NETS)[number]

/** What a net has looked after; null when it was not cast, or tore (the log says why). */
export type Catch = {
  plans: number | null
  generations: { woken: number; failed: number } | null
  orphans: Reaped | null
  torn: Net[]
}

/** The nets under everything that gets lost, one after the other, each in its own try. */
export async function castNets(ctx: Ctx, now: number, nets: readonly Net[] = NETS): Promise<Catch> {
  const torn: Net[] = []
  const inItsOwnTry = async <T>(net: Net, work: () => Promise<T>): Promise<T | null> => {
    if (!nets.includes(net)) return null
    try {
      return await work()
    } catch (error) {
      ctx.log('error', 'sweep_failed', { sweep: net, error: describeError(error) })
      torn.push(net)
      return null
    }
  }
  await inItsOwnTry('payments', () => sweepPayments(ctx))
  const plans = await inItsOwnTry('plans', () => sweepPlans(ctx, now))
  const generations = await inItsOwnTry('generations', () => wakeStale(ctx, now))
  await inItsOwnTry('announcements', () => announceOverdue(ctx, now))
  await inItsOwnTry('deletions', () => continueOverdue(ctx, now))
  await inItsOwnTry('popularity', () => refreshPopularity(ctx.db))
  const orphans = await inItsOwnTry('orphans', () => reapOrphans(ctx, now))
  return { plans, generations, orphans, torn }
}
