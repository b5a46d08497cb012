import { and, desc, inArray, lte } from 'drizzle-orm'
import { registry } from '../apps/registry'
import type { Ctx } from '../ctx'
import { prices } from '../db/tables/money'
import { describeError } from '../kernel/log'

/** Credits by app and action; null when they could not be read. */
export type PriceLists = Record<string, Record<string, number>> | null

/** What every app charges now. Never throws: an app may be shown without its prices, nothing is started by this list. */
export async function readPriceLists({ db, log, now }: Ctx): Promise<PriceLists> {
  const ids = registry.getAll().map(({ id }) => id)
  try {
    const rows = await db
      .select({ app: prices.app, action: prices.action, credits: prices.credits })
      .from(prices)
      .where(and(inArray(prices.app, ids), lte(prices.effectiveAt, now())))
      .orderBy(desc(prices.version))
    const lists: NonNullable<PriceLists> = {}
    for (const { app, action, credits } of rows) {
      lists[app] ??= {}
      lists[app][action] ??= credits
    }
    return lists
  } catch (error) {
    log('warn', 'prices_unread', { error: describeError(error) })
    return null
  }
}
