import { and, desc, eq, lte } from 'drizzle-orm'
import type { Database } from '../db/client'
import { prices } from '../db/tables/money'
import { assert } from '../kernel/assert'

/** What a credit is worth (B-01). */
export const RUPIAH_PER_CREDIT = 100

/** What a task may cost at most. What it does cost is decided when it ends. */
export type TaskPrice = { poseCredits: number; backgroundCredits: number }

/** Credits by action, e.g. `pose`; `version` is the highest of them. */
export type PriceList = { version: number; credits: Record<string, number> }

/** The prices of an app in force at `now`. A job keeps those it was started with, a quote those it named. */
export async function currentPrices(db: Database, app: string, now: number): Promise<PriceList> {
  const rows = await db
    .select({ action: prices.action, version: prices.version, credits: prices.credits })
    .from(prices)
    .where(and(eq(prices.app, app), lte(prices.effectiveAt, now)))
    .orderBy(desc(prices.version))
  const credits: PriceList['credits'] = {}
  for (const row of rows) credits[row.action] ??= row.credits
  assert(rows.length > 0, 'an app has prices')
  return { version: rows[0]!.version, credits }
}

/** The price of an action that the app charges for. Throws when the list lacks it: nothing is free by accident. */
export function priceOf(list: PriceList, action: string): number {
  const credits = list.credits[action]
  assert(credits !== undefined, `there is a price for ${action}`)
  return credits
}
