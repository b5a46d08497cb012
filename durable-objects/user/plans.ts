import type { PlanView } from '../../src/credits/types'
import { addMonths } from '../../src/kernel/calendar'
import { PLAN_GRACE_MS } from '../../src/kernel/limits'
import { all, first } from './rows'

/** The end of what has none: the last second of the year 9999. */
export const FOREVER = 253_402_300_799_000

type Period = {
  id: string
  product_id: string
  daily_quota: number
  starts_at: number
  ends_at: number
  grace_until: number
  cancelled_at: number | null
  voided_at: number | null
}

type Bought = { paymentId: string; productId: string; dailyQuota: number; cycleMonths: number }

/**
 * The period that an order pays for: there once it is paid, void once the money went back. It starts when the last one
 * at least as good ends, so renewing early loses no day, and an upgrade starts at once. True when something changed.
 */
export function setPaidPeriod(sql: SqlStorage, bought: Bought, paid: boolean, now: number): boolean {
  const period = first<Period>(sql, 'SELECT * FROM plan_period WHERE id = ?', bought.paymentId)
  if (period) {
    if ((period.voided_at === null) === paid) return false
    sql.exec('UPDATE plan_period SET voided_at = ? WHERE id = ?', paid ? null : now, period.id)
    return true
  }
  if (!paid) return false
  const { dailyQuota, productId } = bought
  const last = first<{ ends_at: number | null }>(
    sql,
    `SELECT MAX(ends_at) AS ends_at FROM plan_period
     WHERE voided_at IS NULL AND ends_at > ?1 AND ends_at < ?2
       AND CASE WHEN ?3 > 0 THEN daily_quota >= ?3 ELSE product_id = ?4 END`,
    ...[now, FOREVER, dailyQuota, productId],
  )!
  const startsAt = last.ends_at ?? now
  openPeriod(sql, {
    ...{ id: bought.paymentId, productId, dailyQuota, startsAt },
    endsAt: addMonths(startsAt, bought.cycleMonths),
  })
  return true
}

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

/** Starts a plan that costs nothing and has no end, or starts it again after it was cancelled. */
export function startFreePlan(sql: SqlStorage, plan: { productId: string; dailyQuota: number }, now: number): void {
  const id = `free:${plan.productId}`
  openPeriod(sql, { id, ...plan, startsAt: now, endsAt: FOREVER, graceMs: 0 })
  sql.exec('UPDATE plan_period SET cancelled_at = NULL, voided_at = NULL WHERE id = ?', id)
}

/** Ends a plan with its paid periods and without grace; a free one ends now. False when there is none running. */
export function cancelPlan(sql: SqlStorage, productId: string, now: number): boolean {
  const running = 'product_id = ?1 AND voided_at IS NULL AND cancelled_at IS NULL AND grace_until > ?2'
  const periods = all<Period>(sql, `SELECT * FROM plan_period WHERE ${running}`, productId, now)
  for (const { id, ends_at } of periods)
    sql.exec(
      'UPDATE plan_period SET cancelled_at = ?1, grace_until = ends_at, voided_at = ?2 WHERE id = ?3',
      ...[now, ends_at === FOREVER ? now : null, id],
    )
  return periods.length > 0
}

/** The best daily quota in force at `now` and the end of all that is paid; null for somebody who never had one. */
export function quotaInForce(sql: SqlStorage, now: number): { dailyQuota: number; expiresAt: number } | null {
  const quotas = all<Period>(sql, 'SELECT * FROM plan_period WHERE daily_quota > 0 AND voided_at IS NULL')
  if (quotas.length === 0) return null
  const inForce = quotas.filter(({ starts_at, grace_until }) => starts_at <= now && grace_until > now)
  const shown = inForce.length > 0 ? inForce : quotas
  return {
    dailyQuota: Math.max(...shown.map(({ daily_quota }) => daily_quota)),
    expiresAt: Math.max(...shown.map(({ grace_until }) => grace_until)),
  }
}

/** Each plan the user has or had, newest first. */
export function viewPlans(sql: SqlStorage, now: number): PlanView[] {
  const periods = all<Period>(sql, 'SELECT * FROM plan_period ORDER BY starts_at, id')
  const products = [...new Set(periods.map(({ product_id }) => product_id))].reverse()
  return products.map((productId) =>
    viewPlan(
      periods.filter(({ product_id }) => product_id === productId),
      now,
    ),
  )
}

function viewPlan(periods: Period[], now: number): PlanView {
  const good = periods.filter(({ voided_at }) => voided_at === null)
  const last = good.at(-1) ?? periods.at(-1)!
  const endsAt = good.length > 0 ? last.ends_at : last.voided_at!
  const graceUntil = good.length > 0 ? last.grace_until : endsAt
  const ended = graceUntil <= now
  const status = ended ? 'expired' : last.cancelled_at !== null ? 'cancelled' : endsAt > now ? 'active' : 'grace_period'
  return {
    productId: last.product_id,
    dailyQuota: last.daily_quota,
    status,
    startedAt: periods[0]!.starts_at,
    periodEndsAt: endsAt,
    graceUntil,
    cancelledAt: last.cancelled_at,
    nextChangeAt: ended ? null : endsAt > now ? endsAt : graceUntil,
  }
}
