import type { PlanView } from '../../src/credits/types'
import { addMonthsSince } from '../../src/kernel/calendar'
import {
  allPeriods,
  coveredUntil,
  coversPlan,
  FOREVER,
  goodPeriods,
  layOut,
  movePeriod,
  openPeriod,
  type Period,
  runStart,
} from './plan-periods'
import { all, first } from './rows'

type Bought = { paymentId: string; productId: string; dailyQuota: number; cycleMonths: number }

/**
 * The period that an order pays for: there once it is paid, void once all the money went back. True when something
 * changed. Paid again after that (a dispute that was won), what was left of it goes on.
 */
export function setPaidPeriod(sql: SqlStorage, bought: Bought, paid: boolean, now: number): boolean {
  const period = first<Period>(sql, 'SELECT * FROM plan_period WHERE id = ?', bought.paymentId)
  if (period ? (period.voided_at === null) === paid : !paid) return false
  if (!period) openPaidPeriod(sql, bought, now)
  else if (!paid) sql.exec('UPDATE plan_period SET voided_at = ? WHERE id = ?', now, period.id)
  else resumePeriod(sql, period, now)
  layOut(sql, now)
  return true
}

/**
 * It begins where everything ends that is paid and at least as good, so renewing early loses no day, a smaller plan
 * waits, and a larger one starts at once. During the grace of such a plan too: the quota has gone on since.
 */
function openPaidPeriod(sql: SqlStorage, { paymentId: id, productId, dailyQuota, cycleMonths }: Bought, now: number) {
  const plan = { product_id: productId, daily_quota: dailyQuota }
  const good = goodPeriods(sql)
  const before = good.filter((period) => coversPlan(period, plan) && period.grace_until > now)
  const startsAt = before.length > 0 ? Math.max(...before.map(({ ends_at }) => ends_at)) : now
  const endsAt = addMonthsSince(runStart(good, productId, startsAt), startsAt, cycleMonths)
  openPeriod(sql, { id, productId, dailyQuota, startsAt, endsAt })
}

function resumePeriod(sql: SqlStorage, period: Period, now: number): void {
  const leftMs = period.ends_at - Math.max(period.starts_at, period.voided_at!)
  const startsAt = coveredUntil(goodPeriods(sql), period, now)
  sql.exec('UPDATE plan_period SET voided_at = NULL WHERE id = ?', period.id)
  if (leftMs > 0) movePeriod(sql, period, startsAt, leftMs)
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

export type Quota = { dailyQuota: number; active: boolean; expiresAt: number }

/**
 * The best daily quota in force at `now` and the end of all that keeps it up; the latest one, not active, when none is
 * in force. Null for somebody who never had one.
 */
export function quotaInForce(sql: SqlStorage, now: number): Quota | null {
  const quotas = goodPeriods(sql).filter(({ daily_quota }) => daily_quota > 0)
  const inForce = quotas.filter(({ starts_at, grace_until }) => starts_at <= now && grace_until > now)
  if (inForce.length === 0) {
    const last = quotas.sort((a, b) => a.grace_until - b.grace_until).at(-1)
    return last ? { dailyQuota: last.daily_quota, active: false, expiresAt: last.grace_until } : null
  }
  const dailyQuota = Math.max(...inForce.map(({ daily_quota }) => daily_quota))
  const keepUp = quotas.filter(({ daily_quota, grace_until }) => daily_quota >= dailyQuota && grace_until > now)
  return { dailyQuota, active: true, expiresAt: Math.max(...keepUp.map(({ grace_until }) => grace_until)) }
}

/** Each plan the user has or had, newest first. */
export function viewPlans(sql: SqlStorage, now: number): PlanView[] {
  const periods = allPeriods(sql)
  const products = [...new Set(periods.map(({ product_id }) => product_id).reverse())]
  return products.map((productId) =>
    viewPlan(
      periods.filter(({ product_id }) => product_id === productId),
      now,
    ),
  )
}

/** `periods` of one product, oldest first. What counts is the last of them that the money stayed for. */
function viewPlan(periods: Period[], now: number): PlanView {
  const good = periods.filter(({ voided_at }) => voided_at === null)
  const last = good.at(-1) ?? periods.at(-1)!
  const isVoid = good.length === 0
  const endsAt = isVoid ? last.voided_at! : last.ends_at
  const graceUntil = isVoid ? endsAt : last.grace_until
  const ended = isVoid || graceUntil <= now
  const status = ended ? 'expired' : last.cancelled_at !== null ? 'cancelled' : endsAt > now ? 'active' : 'grace_period'
  return {
    productId: last.product_id,
    dailyQuota: last.daily_quota,
    status,
    startedAt: runStart(good, last.product_id, last.starts_at),
    periodEndsAt: endsAt,
    graceUntil,
    cancelledAt: last.cancelled_at,
    nextChangeAt: ended ? null : endsAt > now ? endsAt : graceUntil,
  }
}
