import { describe, expect, test } from 'vitest'
import { FOREVER, openPeriod } from '../../durable-objects/user/plan-periods'
import { cancelPlan, quotaInForce, startFreePlan, viewPlans } from '../../durable-objects/user/plans'
import { unlimitedView } from '../../durable-objects/user/quota'
import { all } from '../../durable-objects/user/rows'
import { start } from '../../durable-objects/user/start'
import { withNodeSql } from '../support/node-sql'
import { askFor, DAY_MS, openAccount, pay, T0 } from './ledger-fixtures'

const GRACE_MS = 3 * DAY_MS
/** The same time of day in Jakarta, on that day. */
const on = (month: number, day: number, year = 2026) => Date.UTC(year, month - 1, day, 5)
const FREE = { productId: 'free', dailyQuota: 10 }

const PLANS = { basic: 50, pro: 100, enterprise: 500 }
type Plan = keyof typeof PLANS

/** Buys a plan by an order of its own, or converges that order to what stayed with us. */
function buy(sql: SqlStorage, paymentId: string, plan: Plan, now: number, keptRupiah = 10_000, cycleMonths = 1): void {
  const ask = { paymentId, productId: plan, dailyQuota: PLANS[plan], cycleMonths, credits: 0, source: 'plan' } as const
  pay(sql, keptRupiah, ask, now)
}

const periods = (sql: SqlStorage) =>
  all<{ id: string; starts_at: number; ends_at: number }>(
    sql,
    'SELECT id, starts_at, ends_at FROM plan_period WHERE voided_at IS NULL ORDER BY id',
  ).map(({ id, starts_at, ends_at }) => `${id} ${dayOf(starts_at)} ${dayOf(ends_at)}`)

const dayOf = (at: number) => (at === FOREVER ? 'forever' : new Date(at).toISOString().slice(0, 10))
const quota = (sql: SqlStorage, now: number) => {
  const view = unlimitedView(sql, now)
  return view?.active ? view.dailyQuota : null
}

describe('buying', () => {
  test('a paid plan gives its quota for a month and three days of grace', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20'])
      expect(quota(sql, T0 - 1)).toBeNull()
      expect(quota(sql, T0)).toBe(50)
      expect(quota(sql, on(12, 20) + GRACE_MS - 1)).toBe(50)
      expect(quota(sql, on(12, 20) + GRACE_MS)).toBeNull()
      expect(viewPlans(sql, T0)).toEqual([
        {
          ...{ productId: 'basic', dailyQuota: 50, status: 'active', startedAt: T0, periodEndsAt: on(12, 20) },
          ...{ graceUntil: on(12, 20) + GRACE_MS, cancelledAt: null, nextChangeAt: on(12, 20) },
        },
      ])
      expect(viewPlans(sql, on(12, 20))).toMatchObject([
        { status: 'grace_period', nextChangeAt: on(12, 20) + GRACE_MS },
      ])
      expect(viewPlans(sql, on(12, 20) + GRACE_MS)).toMatchObject([{ status: 'expired', nextChangeAt: null }])
    }))

  test('a plan paid for a year ends a year later', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'pro', T0, 10_000, 12)
      expect(periods(sql)).toEqual(['p1 2026-11-20 2027-11-20'])
    }))

  test('an order that is not paid opens nothing, one that is paid twice opens one period', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0, 0)
      expect(periods(sql)).toEqual([])
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p1', 'basic', T0 + DAY_MS)
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20'])
    }))

  test('renewing early loses no day', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'basic', on(12, 10))
      buy(sql, 'p3', 'basic', on(12, 11))
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20', 'p2 2026-12-20 2027-01-20', 'p3 2027-01-20 2027-02-20'])
      expect(quota(sql, on(2, 19, 2027))).toBe(50)
      expect(unlimitedView(sql, T0)?.expiresAt).toBe(on(2, 20, 2027) + GRACE_MS)
      expect(viewPlans(sql, T0)).toMatchObject([{ startedAt: T0, periodEndsAt: on(2, 20, 2027) }])
    }))

  test('renewing in the days of grace goes on from the end, after them from now', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'basic', on(12, 22))
      expect(periods(sql)[1]).toBe('p2 2026-12-20 2027-01-20')
      buy(sql, 'p3', 'basic', on(1, 23, 2027))
      expect(periods(sql)[2]).toBe('p3 2027-01-23 2027-02-23')
    }))

  test('a month that is short does not shorten those after it', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      const start = on(1, 31, 2027)
      buy(sql, 'p1', 'basic', start)
      buy(sql, 'p2', 'basic', start)
      buy(sql, 'p3', 'basic', start)
      expect(periods(sql)).toEqual(['p1 2027-01-31 2027-02-28', 'p2 2027-02-28 2027-03-31', 'p3 2027-03-31 2027-04-30'])
    }))

  test('a smaller plan after a larger one counts its months from its own first day', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'pro', on(1, 31, 2027))
      buy(sql, 'p2', 'basic', on(1, 31, 2027))
      expect(periods(sql)).toEqual(['p1 2027-01-31 2027-02-28', 'p2 2027-02-28 2027-03-28'])
    }))

  test('a larger plan starts at once, a smaller one waits, and the larger quota counts', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'pro', T0 + DAY_MS)
      buy(sql, 'p3', 'basic', T0 + 2 * DAY_MS)
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20', 'p2 2026-11-21 2026-12-21', 'p3 2026-12-21 2027-01-21'])
      expect([quota(sql, T0), quota(sql, T0 + DAY_MS), quota(sql, on(12, 24))]).toEqual([50, 100, 50])
    }))

  test('a period that waits moves behind a larger plan that was bought later', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'basic', T0)
      buy(sql, 'p3', 'pro', on(12, 1))
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20', 'p2 2027-01-01 2027-02-01', 'p3 2026-12-01 2027-01-01'])
      expect(quota(sql, on(12, 25))).toBe(100)
    }))

  test('periods that wait move together, in their order and with their grace', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      for (const id of ['p1', 'p2', 'p3']) buy(sql, id, 'basic', T0)
      buy(sql, 'p4', 'pro', on(12, 1))
      expect(periods(sql)).toEqual([
        ...['p1 2026-11-20 2026-12-20', 'p2 2027-01-01 2027-02-01', 'p3 2027-02-01 2027-03-04'],
        'p4 2026-12-01 2027-01-01',
      ])
      expect(quota(sql, on(3, 4, 2027) + GRACE_MS - 1)).toBe(50)
      expect(quota(sql, on(3, 4, 2027) + GRACE_MS)).toBeNull()
    }))

  test('a quota is shown to last as long as something as good keeps it up', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'pro', T0)
      buy(sql, 'p2', 'basic', T0)
      expect(unlimitedView(sql, T0)).toMatchObject({ dailyQuota: 100, expiresAt: on(12, 20) + GRACE_MS })
    }))

  test('the longer of two waiting plans keeps its length, and the larger goes first', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'enterprise', T0)
      buy(sql, 'p2', 'basic', T0, 10_000, 12)
      buy(sql, 'p3', 'pro', T0)
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20', 'p2 2027-01-20 2028-01-20', 'p3 2026-12-20 2027-01-20'])
    }))

  test('credit plans follow their own kind and have no quota', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      const credit = (paymentId: string, productId: string) =>
        pay(sql, 10_000, { paymentId, productId, dailyQuota: 0, cycleMonths: 1, source: 'plan' })
      buy(sql, 'p0', 'basic', T0)
      credit('p1', 'small')
      credit('p2', 'small')
      credit('p3', 'large')
      expect(periods(sql).slice(1)).toEqual([
        ...['p1 2026-11-20 2026-12-20', 'p2 2026-12-20 2027-01-20', 'p3 2026-11-20 2026-12-20'],
      ])
      expect(quota(sql, T0)).toBe(50)
      expect(viewPlans(sql, T0).map(({ productId }) => productId)).toEqual(['small', 'large', 'basic'])
    }))
})

describe('paying back', () => {
  test('a plan whose money went back is over at once', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p1', 'basic', T0 + DAY_MS, 1)
      expect(quota(sql, T0 + DAY_MS)).toBe(50)
      buy(sql, 'p1', 'basic', T0 + DAY_MS, 0)
      expect(quota(sql, T0 + DAY_MS)).toBeNull()
      expect(viewPlans(sql, T0 + DAY_MS)).toMatchObject([
        { status: 'expired', periodEndsAt: T0 + DAY_MS, graceUntil: T0 + DAY_MS, nextChangeAt: null },
      ])
    }))

  test('a waiting period starts at once when the money of the one before it went back', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'basic', T0)
      buy(sql, 'p1', 'basic', T0 + DAY_MS, 0)
      expect(periods(sql)).toEqual(['p2 2026-11-21 2026-12-22'])
      expect(quota(sql, T0 + DAY_MS)).toBe(50)
      expect(viewPlans(sql, T0 + DAY_MS)).toMatchObject([{ status: 'active', startedAt: T0 + DAY_MS }])
    }))

  test('a dispute that was won brings back what was left of the plan', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p1', 'basic', on(11, 30), 0)
      buy(sql, 'p1', 'basic', on(12, 5))
      expect(periods(sql)).toEqual(['p1 2026-12-05 2026-12-25'])
      expect(quota(sql, on(12, 25) + GRACE_MS - 1)).toBe(50)
    }))

  test('what is left of a disputed plan waits for what was bought meanwhile', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p1', 'basic', on(11, 30), 0)
      buy(sql, 'p2', 'pro', on(12, 1))
      buy(sql, 'p1', 'basic', on(12, 5))
      expect(periods(sql)).toEqual(['p1 2027-01-01 2027-01-21', 'p2 2026-12-01 2027-01-01'])
    }))

  test('a period that never began comes back whole', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'basic', T0)
      buy(sql, 'p2', 'basic', T0 + DAY_MS, 0)
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20'])
      buy(sql, 'p2', 'basic', T0 + 2 * DAY_MS)
      expect(periods(sql)[1]).toBe('p2 2026-12-20 2027-01-20')
    }))

  test('nothing is left of a plan whose money went back at its very end', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p1', 'basic', on(12, 20), 0)
      buy(sql, 'p1', 'basic', on(12, 31))
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20'])
    }))

  test('nothing is left of a plan that had ended before its money went back', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p1', 'basic', on(12, 30), 0)
      buy(sql, 'p1', 'basic', on(12, 31))
      expect(periods(sql)).toEqual(['p1 2026-11-20 2026-12-20'])
      expect(quota(sql, on(12, 31))).toBeNull()
    }))
})

describe('the free plan', () => {
  test('it starts once, has no end, and a paid one counts more', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      startFreePlan(sql, FREE, T0)
      startFreePlan(sql, FREE, T0 + DAY_MS)
      expect(periods(sql)).toEqual(['free:free 2026-11-20 forever'])
      expect(unlimitedView(sql, T0)).toMatchObject({ active: true, dailyQuota: 10, expiresAt: null })
      buy(sql, 'p1', 'basic', T0)
      expect(quota(sql, T0)).toBe(50)
      expect(unlimitedView(sql, T0)?.expiresAt).toBe(on(12, 20) + GRACE_MS)
      expect(quota(sql, on(12, 24))).toBe(10)
    }))

  test('a paid plan never waits for the free one', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      startFreePlan(sql, { productId: 'free', dailyQuota: 500 }, T0)
      buy(sql, 'p1', 'basic', T0)
      expect(periods(sql)).toContain('p1 2026-11-20 2026-12-20')
    }))

  test('a clock that steps back does not give it an end, nor makes it wait (B4)', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      startFreePlan(sql, FREE, T0)
      buy(sql, 'p1', 'basic', T0 - DAY_MS)
      expect(periods(sql)).toEqual(['free:free 2026-11-20 forever', 'p1 2026-11-19 2026-12-19'])
    }))

  test('cancelled it ends now, and it can be started again', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      startFreePlan(sql, FREE, T0)
      expect(cancelPlan(sql, 'free', T0 + DAY_MS)).toBe(true)
      expect(cancelPlan(sql, 'free', T0 + DAY_MS)).toBe(false)
      expect(quota(sql, T0 + DAY_MS)).toBeNull()
      expect(viewPlans(sql, T0 + DAY_MS)).toMatchObject([{ status: 'expired', cancelledAt: T0 + DAY_MS }])
      startFreePlan(sql, FREE, T0 + 2 * DAY_MS)
      expect(quota(sql, T0 + 2 * DAY_MS)).toBe(10)
      expect(viewPlans(sql, T0 + 2 * DAY_MS)).toMatchObject([{ status: 'active', cancelledAt: null }])
    }))
})

describe('cancelling', () => {
  test('a cancelled plan lasts as long as it is paid, without grace', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      buy(sql, 'p2', 'basic', T0)
      expect(cancelPlan(sql, 'basic', T0 + DAY_MS)).toBe(true)
      expect(viewPlans(sql, T0 + DAY_MS)).toMatchObject([
        { status: 'cancelled', cancelledAt: T0 + DAY_MS, periodEndsAt: on(1, 20, 2027), graceUntil: on(1, 20, 2027) },
      ])
      expect(quota(sql, on(1, 20, 2027) - 1)).toBe(50)
      expect(quota(sql, on(1, 20, 2027))).toBeNull()
    }))

  test('there is nothing to cancel of a plan that is over, void, or somebody else’s', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      buy(sql, 'p1', 'basic', T0)
      expect(cancelPlan(sql, 'pro', T0)).toBe(false)
      expect(cancelPlan(sql, 'basic', on(12, 20) + GRACE_MS)).toBe(false)
      expect(cancelPlan(sql, 'basic', on(12, 20) + GRACE_MS - 1)).toBe(true)
      buy(sql, 'p2', 'pro', T0)
      buy(sql, 'p2', 'pro', T0, 0)
      expect(cancelPlan(sql, 'pro', T0)).toBe(false)
    }))
})

test('going up and down between plans gives no extra pictures (B9)', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    startFreePlan(sql, FREE, T0)
    let accepted = 0
    for (let turn = 0; turn < 10; turn++) {
      for (const kept of [10_000, 0]) {
        buy(sql, 'p1', 'pro', T0 + turn, kept)
        for (let n = 0; n < 3; n++)
          if (start(sql, askFor({ key: `${turn} ${kept} ${n}`, poses: 8 }), T0 + turn).ok) accepted += 8
      }
    }
    expect(accepted).toBe(96)
    expect(all(sql, 'SELECT held FROM quota_day')).toEqual([{ held: 96 }])
  }))

test('the quota of somebody whose plans are all over is that of the last one, and not in force', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    expect(quotaInForce(sql, T0)).toBeNull()
    buy(sql, 'p1', 'pro', on(1, 1))
    buy(sql, 'p2', 'basic', on(3, 1))
    const over = { dailyQuota: 50, active: false, expiresAt: on(4, 1) + GRACE_MS }
    expect(quotaInForce(sql, T0)).toEqual(over)
  }))

test('the last plan is the one that ended last, not the one that began last', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    buy(sql, 'p1', 'basic', on(1, 1), 10_000, 6)
    buy(sql, 'p2', 'pro', on(3, 1))
    expect(quotaInForce(sql, T0)).toEqual({ dailyQuota: 50, active: false, expiresAt: on(7, 1) + GRACE_MS })
  }))

test('a plan of credits is no quota', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    pay(sql, 10_000, { productId: 'monthly', cycleMonths: 1, source: 'plan' })
    expect(unlimitedView(sql, T0)).toBeNull()
  }))

test('a plan that has not begun gives nothing yet', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    const startsAt = T0 + DAY_MS
    openPeriod(sql, { id: 'p1', productId: 'basic', dailyQuota: 50, startsAt, endsAt: T0 + 9 * DAY_MS })
    expect([quota(sql, T0), quota(sql, startsAt)]).toEqual([null, 50])
  }))
