import type { Ctx } from '../ctx'
import { describeError } from '../kernel/log'
import { sweepPayments } from '../payments/sweep-payments'
import { sweepPlans } from '../plans/sweep-plans'
import { wakeStale } from './wake-stale'

export const NETS = ['payments', 'plans', 'generations'] as const
export type Net = (typeof NETS)[number]

/** People whom a net has looked after; null when the net tore, or (payments) does not count. `torn`: see the log. */
export type Catch = { plans: number | null; generations: { woken: number; failed: number } | null; torn: Net[] }

/** The nets under everything that gets lost, each in its own try: what the cron casts, now and all of them. */
export async function castNets(ctx: Ctx, now: number): Promise<Catch> {
  const torn: Net[] = []
  const inItsOwnTry = async <T>(net: Net, work: () => Promise<T>): Promise<T | null> => {
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
  return { plans, generations, torn }
}
