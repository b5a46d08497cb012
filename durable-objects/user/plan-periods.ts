import { PLAN_GRACE_MS } from '../../src/kernel/limits'
import { all } from './rows'

/** The end of what has none: the last second of the year 9999. */
export const FOREVER = 253_402_300_799_000

/** One paid (or free) stretch of a plan; its id is that of the order. Times in ms. */
export type Period = {
  id: string
  product_id: string
  daily_quota: number
  starts_at: number
  ends_at: number
  /** The quota goes on until here; later than `ends_at` while it is hoped that somebody pays again. */
  grace_until: number
  cancelled_at: number | null
  /** When the money went back, or a free plan was left. A void period counts for nothing. */
  voided_at: number | null
}

export const allPeriods = (sql: SqlStorage): Period[] =>
  all<Period>(sql, 'SELECT * FROM plan_period ORDER BY starts_at, id')

export const goodPeriods = (sql: SqlStorage): Period[] => allPeriods(sql).filter(({ voided_at }) => voided_at === null)

/** Opens a period; a second one of the same id is the first. Paid plans go on for a while after their end. */
export function openPeriod(
  sql: SqlStorage,
  period: { id: string; productId: string; dailyQuota: number; startsAt: number; endsAt: number; graceMs?: number },
): void {
  const { id, productId, dailyQuota, startsAt, endsAt, graceMs = PLAN_GRACE_MS } = period
  sql.exec(
    `INSERT INTO plan_period(id, product_id, daily_quota, starts_at, ends_at, grace_until)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ...[id, productId, dailyQuota, startsAt, endsAt, endsAt + graceMs],
  )
}

/** Moves a period to `startsAt` with `lengthMs`; its grace moves along. */
export function movePeriod(sql: SqlStorage, period: Period, startsAt: number, lengthMs: number): Period {
  const endsAt = startsAt + lengthMs
  const graceUntil = endsAt + period.grace_until - period.ends_at
  sql.exec(
    'UPDATE plan_period SET starts_at = ?, ends_at = ?, grace_until = ? WHERE id = ?',
    ...[startsAt, endsAt, graceUntil, period.id],
  )
  return { ...period, starts_at: startsAt, ends_at: endsAt, grace_until: graceUntil }
}

type Plan = Pick<Period, 'product_id' | 'daily_quota'>

/** Whether somebody who has `period` has no use for `plan` meanwhile. Plans of credits only follow their own kind. */
export const coversPlan = (period: Period, plan: Plan): boolean =>
  period.ends_at < FOREVER &&
  (plan.daily_quota > 0 ? period.daily_quota >= plan.daily_quota : period.product_id === plan.product_id)

/** When everything that is paid and covers `plan` has ended; `now` when nothing does. */
export const coveredUntil = (periods: Period[], plan: Plan, now: number): number =>
  Math.max(now, ...periods.filter((period) => coversPlan(period, plan)).map(({ ends_at }) => ends_at))

/** Where the unbroken run of a product's periods began that ends at `at`; `at` itself when none does. */
export function runStart(periods: Period[], productId: string, at: number): number {
  const before = periods.find(({ product_id, ends_at }) => product_id === productId && ends_at === at)
  return before ? runStart(periods, productId, before.starts_at) : at
}

/**
 * Lets every period that has not begun begin when what covers it ends: sooner once that was paid back, later once more
 * of it was bought. The better plans go first; each keeps its length, so no day is lost.
 */
export function layOut(sql: SqlStorage, now: number): void {
  const good = goodPeriods(sql)
  const placed = good.filter(({ starts_at }) => starts_at <= now)
  const waiting = good.filter(({ starts_at, ends_at }) => starts_at > now && ends_at < FOREVER)
  for (const period of waiting.sort((a, b) => b.daily_quota - a.daily_quota || a.starts_at - b.starts_at)) {
    const startsAt = coveredUntil(placed, period, now)
    const stays = startsAt === period.starts_at
    placed.push(stays ? period : movePeriod(sql, period, startsAt, period.ends_at - period.starts_at))
  }
}
