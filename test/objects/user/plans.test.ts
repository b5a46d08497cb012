import { describe, expect, test } from 'vitest'
import { expireDue } from '../../../durable-objects/user/ledger'
import { FOREVER, openPeriod } from '../../../durable-objects/user/plan-periods'
import { cancelPlan, startFreePlan, viewPlans } from '../../../durable-objects/user/plans'
import { unlimitedView } from '../../../durable-objects/user/quota'
import { start } from '../../../durable-objects/user/start'
import { verify } from '../../../durable-objects/user/verify'
import { addMonths } from '../../../src/kernel/calendar'
import { availableCredits } from '../../support/available-credits'
import { DAY_MS, entries, openAccount, SECOND_MS, startAsk, T0, withSql } from '../../support/jobs'
import { BASIC, buy, FREE, PEBISNIS, type Plan, PRO, PRO_YEARLY, settle } from '../../support/plans'

const GRACE_MS = 3 * DAY_MS
const MONTH_END = addMonths(T0, 1)
const at = (days: number) => T0 + days * DAY_MS

const planOf = (sql: SqlStorage, { productId }: { productId: string }, now: number) =>
  viewPlans(sql, now).find((plan) => plan.productId === productId)
/** Pictures a day without credits; 0 without a plan in force. */
const quotaAt = (sql: SqlStorage, now: number): number => {
  const view = unlimitedView(sql, now)
  return view?.active ? view.dailyQuota : 0
}
/** Days from `from` on, each looked at in its middle, on which this quota is in force. */
const daysWith = (sql: SqlStorage, quota: number, from = T0): number =>
  Array.from({ length: 800 }, (_, day) => from + (day + 0.5) * DAY_MS).filter((now) => quotaAt(sql, now) === quota)
    .length
const refund = (sql: SqlStorage, plan: Plan, paymentId: string, now: number) => settle(sql, plan, paymentId, 0, now)

describe('a plan that is paid', () => {
  test('runs for a month from the payment, then three days of grace, then it is over', () =>
    withSql((sql) => {
      expect(unlimitedView(sql, T0)).toBeNull()
      buy(sql, BASIC, T0)
      const period = { productId: BASIC.productId, dailyQuota: 50, startedAt: T0, periodEndsAt: MONTH_END }
      const graceUntil = MONTH_END + GRACE_MS
      const common = { ...period, graceUntil, cancelledAt: null }
      for (const [now, status, nextChangeAt, quota] of [
        [T0, 'active', MONTH_END, 50],
        [MONTH_END - 1, 'active', MONTH_END, 50],
        [MONTH_END, 'grace_period', graceUntil, 50],
        [graceUntil - 1, 'grace_period', graceUntil, 50],
        [graceUntil, 'expired', null, 0],
      ] as const) {
        expect(viewPlans(sql, now)).toEqual([{ ...common, status, nextChangeAt }])
        expect(quotaAt(sql, now)).toBe(quota)
      }
      expect(unlimitedView(sql, T0)).toMatchObject({ expiresAt: graceUntil })
      expect(unlimitedView(sql, graceUntil)).toMatchObject({ active: false, expiresAt: graceUntil })
    }))

  test('a year is twelve months of Jakarta’s calendar, a leap day among them or not', () =>
    withSql((sql) => {
      const leapDay = Date.UTC(2028, 1, 28, 17)
      buy(sql, PRO_YEARLY, leapDay)
      expect(planOf(sql, PRO_YEARLY, leapDay)?.periodEndsAt).toBe(Date.UTC(2029, 1, 27, 17))
    }))

  test('is there once, however often the gateway says so', () =>
    withSql((sql) => {
      const order = buy(sql, BASIC, T0)
      for (const days of [0, 1, 20]) settle(sql, BASIC, order, BASIC.amountRupiah, at(days))
      expect(viewPlans(sql, at(20))).toMatchObject([{ startedAt: T0, periodEndsAt: MONTH_END }])
    }))
})

describe('renewing', () => {
  test('early loses no day: the new month begins where the old one ends', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      buy(sql, BASIC, at(5))
      buy(sql, BASIC, at(5))
      expect(planOf(sql, BASIC, at(6))).toMatchObject({ startedAt: T0, periodEndsAt: addMonths(T0, 3) })
      expect(unlimitedView(sql, at(6))?.expiresAt).toBe(addMonths(T0, 3) + GRACE_MS)
    }))

  test('in the days of grace pays for these days too', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      buy(sql, BASIC, MONTH_END + 2 * DAY_MS)
      expect(planOf(sql, BASIC, MONTH_END + 2 * DAY_MS)).toMatchObject({
        ...{ status: 'active', startedAt: T0, periodEndsAt: addMonths(T0, 2) },
      })
    }))

  test('after the grace begins on the day of the payment', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      const late = MONTH_END + GRACE_MS
      buy(sql, BASIC, late)
      const plan = { status: 'active', startedAt: late, periodEndsAt: addMonths(late, 1) }
      expect(planOf(sql, BASIC, late)).toMatchObject(plan)
    }))

  test('month after month from the 31st keeps the 31st, however short February was', () =>
    withSql((sql) => {
      const first = Date.UTC(2027, 0, 31, 1)
      const ends = [1, 2, 3].map(() => {
        buy(sql, BASIC, first)
        return new Date(planOf(sql, BASIC, first)!.periodEndsAt).toISOString().slice(0, 10)
      })
      expect(ends).toEqual(['2027-02-28', '2027-03-31', '2027-04-30'])
    }))

  test('by the year goes on where the months end', () =>
    withSql((sql) => {
      buy(sql, PRO, T0)
      buy(sql, PRO_YEARLY, at(10))
      const year = { startedAt: MONTH_END, periodEndsAt: addMonths(MONTH_END, 12) }
      expect(planOf(sql, PRO_YEARLY, at(10))).toMatchObject(year)
      expect(daysWith(sql, 100)).toBe((addMonths(MONTH_END, 12) + GRACE_MS - T0) / DAY_MS)
    }))
})

describe('changing plans', () => {
  test('a larger plan starts at once, and the best quota counts while both run', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      buy(sql, PRO, at(10))
      expect(viewPlans(sql, at(10)).map(({ productId }) => productId)).toEqual([PRO.productId, BASIC.productId])
      expect([at(9), at(10), addMonths(at(10), 1) + GRACE_MS].map((now) => quotaAt(sql, now))).toEqual([50, 100, 0])
      expect(unlimitedView(sql, at(10))?.expiresAt).toBe(addMonths(at(10), 1) + GRACE_MS)
    }))

  test('a smaller plan waits until the larger one ends', () =>
    withSql((sql) => {
      buy(sql, PRO, T0)
      buy(sql, BASIC, at(10))
      const waiting = { status: 'active', startedAt: MONTH_END, periodEndsAt: addMonths(MONTH_END, 1) }
      expect(planOf(sql, BASIC, at(10))).toMatchObject(waiting)
      expect(quotaAt(sql, at(10))).toBe(100)
      expect(quotaAt(sql, MONTH_END + GRACE_MS)).toBe(50)
      expect(unlimitedView(sql, at(10))?.expiresAt).toBe(MONTH_END + GRACE_MS)
    }))

  test('a month that waits moves back when more of the larger plan is bought, and loses no day', () =>
    withSql((sql) => {
      buy(sql, PRO, T0)
      buy(sql, BASIC, at(1))
      const lengthMs = addMonths(MONTH_END, 1) - MONTH_END
      buy(sql, PRO, at(2))
      const startedAt = addMonths(T0, 2)
      expect(planOf(sql, PRO, at(2))).toMatchObject({ periodEndsAt: startedAt })
      expect(planOf(sql, BASIC, at(2))).toMatchObject({ startedAt, periodEndsAt: startedAt + lengthMs })
    }))

  test('a month bought ahead waits when a larger plan begins before it', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      buy(sql, BASIC, T0)
      buy(sql, PRO, at(10))
      const proEnd = addMonths(at(10), 1)
      expect(planOf(sql, BASIC, at(10))).toMatchObject({ periodEndsAt: proEnd + addMonths(MONTH_END, 1) - MONTH_END })
    }))

  test('a free plan is below every paid one and there again when they end', () =>
    withSql((sql) => {
      startFreePlan(sql, FREE, T0)
      buy(sql, BASIC, T0)
      expect(planOf(sql, BASIC, T0)?.startedAt).toBe(T0)
      expect([T0, MONTH_END + GRACE_MS].map((now) => quotaAt(sql, now))).toEqual([50, 10])
      expect(unlimitedView(sql, T0)?.expiresAt).toBe(MONTH_END + GRACE_MS)
      expect(unlimitedView(sql, MONTH_END + GRACE_MS)?.expiresAt).toBeNull()
    }))
})

test('a clock that steps back shortens nothing: a free plan stays without an end, a paid month keeps its length', () =>
  withSql((sql) => {
    startFreePlan(sql, FREE, T0)
    buy(sql, BASIC, T0)
    buy(sql, PRO, at(-2))
    expect(planOf(sql, FREE, at(-2))).toMatchObject({ startedAt: T0, periodEndsAt: FOREVER })
    const { startedAt, periodEndsAt } = planOf(sql, BASIC, at(-2))!
    expect(periodEndsAt - startedAt).toBe(MONTH_END - T0)
    expect(startedAt).toBe(addMonths(at(-2), 1))
  }))

describe('cancelling', () => {
  test('ends a plan with what is paid of it, all months, without grace', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      buy(sql, BASIC, T0)
      expect(cancelPlan(sql, BASIC.productId, at(3))).toBe(true)
      const end = addMonths(T0, 2)
      const cancelled = {
        status: 'cancelled',
        cancelledAt: at(3),
        periodEndsAt: end,
        graceUntil: end,
        nextChangeAt: end,
      }
      expect(planOf(sql, BASIC, at(3))).toMatchObject(cancelled)
      expect([end - 1, end].map((now) => quotaAt(sql, now))).toEqual([50, 0])
      expect(planOf(sql, BASIC, end)).toMatchObject({ status: 'expired', nextChangeAt: null })
      expect(cancelPlan(sql, BASIC.productId, at(3))).toBe(false)
    }))

  test('in the days of grace ends it now', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      expect(cancelPlan(sql, BASIC.productId, MONTH_END + DAY_MS)).toBe(true)
      expect(planOf(sql, BASIC, MONTH_END + DAY_MS)).toMatchObject({ status: 'expired' })
      expect(quotaAt(sql, MONTH_END + DAY_MS)).toBe(0)
    }))

  test('is undone by paying again', () =>
    withSql((sql) => {
      buy(sql, BASIC, T0)
      cancelPlan(sql, BASIC.productId, at(1))
      buy(sql, BASIC, at(2))
      const again = { status: 'active', cancelledAt: null, periodEndsAt: addMonths(T0, 2) }
      expect(planOf(sql, BASIC, at(2))).toMatchObject(again)
    }))

  test('of what does not run, or has ended, is refused', () =>
    withSql((sql) => {
      expect(cancelPlan(sql, BASIC.productId, T0)).toBe(false)
      buy(sql, BASIC, T0)
      expect(cancelPlan(sql, PRO.productId, T0)).toBe(false)
      expect(cancelPlan(sql, BASIC.productId, MONTH_END + GRACE_MS)).toBe(false)
    }))

  test('a free plan ends now, and starts again when asked', () =>
    withSql((sql) => {
      startFreePlan(sql, FREE, T0)
      expect(planOf(sql, FREE, T0)).toMatchObject({ status: 'active', startedAt: T0, periodEndsAt: FOREVER })
      startFreePlan(sql, FREE, at(1))
      expect(planOf(sql, FREE, at(1))?.startedAt).toBe(T0)
      expect(cancelPlan(sql, FREE.productId, at(2))).toBe(true)
      expect(planOf(sql, FREE, at(2))).toMatchObject({ status: 'expired', periodEndsAt: at(2), nextChangeAt: null })
      expect(quotaAt(sql, at(2))).toBe(0)
      startFreePlan(sql, FREE, at(9))
      expect(planOf(sql, FREE, at(9))).toMatchObject({ status: 'active', periodEndsAt: FOREVER, cancelledAt: null })
    }))
})

describe('money that goes back', () => {
  test('ends the plan at once, and its credits go with it', () =>
    withSql((sql) => {
      const both = { ...BASIC, credits: 700 }
      const order = buy(sql, both, T0)
      expect([quotaAt(sql, T0), availableCredits(sql)]).toEqual([50, 700])
      refund(sql, both, order, at(4))
      expect([quotaAt(sql, at(4)), availableCredits(sql)]).toEqual([0, 0])
      expect(planOf(sql, BASIC, at(4))).toMatchObject({ status: 'expired', periodEndsAt: at(4), nextChangeAt: null })
      expect(unlimitedView(sql, at(4))).toBeNull()
    }))

  test('in part, then in full, then in full again takes what each step should, and once (C13)', () =>
    withSql((sql) => {
      const both = { ...BASIC, credits: 700 }
      const order = buy(sql, both, T0)
      const changes = [49_500, 0, 0, 99_000, 0].map((kept, days) => settle(sql, both, order, kept, at(days)).change)
      expect(changes).toEqual([-350, -350, 0, 700, -700])
      expect(quotaAt(sql, at(4))).toBe(0)
      expect(verify(sql, at(4))).toMatchObject({ ok: true })
    }))

  test('in part takes a share of the credits and leaves the period', () =>
    withSql((sql) => {
      const order = buy(sql, PEBISNIS, T0)
      settle(sql, PEBISNIS, order, 33_000, at(4))
      expect(availableCredits(sql)).toBe(600)
      expect(planOf(sql, PEBISNIS, at(4))).toMatchObject({ status: 'active', periodEndsAt: MONTH_END })
    }))

  test('brings a smaller plan forward that waited for the larger one: nobody has a gap he has paid for', () =>
    withSql((sql) => {
      const pro = buy(sql, PRO, T0)
      buy(sql, BASIC, at(1))
      const lengthMs = addMonths(MONTH_END, 1) - MONTH_END
      refund(sql, PRO, pro, at(7))
      expect(planOf(sql, BASIC, at(7))).toMatchObject({ startedAt: at(7), periodEndsAt: at(7) + lengthMs })
      expect(quotaAt(sql, at(7))).toBe(50)
      expect(daysWith(sql, 50, at(7))).toBe((lengthMs + GRACE_MS) / DAY_MS)
    }))

  test('for one of three months leaves two, without a gap', () =>
    withSql((sql) => {
      const orders = [buy(sql, BASIC, T0), buy(sql, BASIC, T0), buy(sql, BASIC, T0)]
      refund(sql, BASIC, orders[1]!, at(3))
      const lengthMs = addMonths(T0, 3) - addMonths(T0, 2)
      expect(planOf(sql, BASIC, at(3))).toMatchObject({ startedAt: T0, periodEndsAt: MONTH_END + lengthMs })
      expect(quotaAt(sql, MONTH_END)).toBe(50)
    }))

  test('and comes again, after a dispute that was won: what was left of the month goes on', () =>
    withSql((sql) => {
      const order = buy(sql, BASIC, T0)
      refund(sql, BASIC, order, at(10))
      expect(quotaAt(sql, at(15))).toBe(0)
      settle(sql, BASIC, order, BASIC.amountRupiah, at(40))
      const rest = { status: 'active', startedAt: at(40), periodEndsAt: at(40) + MONTH_END - at(10) }
      expect(planOf(sql, BASIC, at(40))).toMatchObject(rest)
      expect(quotaAt(sql, at(40))).toBe(50)
    }))

  test('again and again, for orders in any order, never makes more days than were paid for', () =>
    withSql((sql) => {
      const orders = [BASIC, PRO, BASIC, PRO, BASIC].map((plan) => ({ plan, id: buy(sql, plan, T0) }))
      for (let turn = 0; turn < 20; turn++)
        for (const { plan, id } of turn % 2 ? orders : [...orders].reverse())
          settle(sql, plan, id, turn % 2 ? plan.amountRupiah : 0, at(turn) + SECOND_MS)
      const now = at(20)
      // Five months are at most 153 days; three of grace follow them.
      expect(daysWith(sql, 100, now) + daysWith(sql, 50, now)).toBeLessThanOrEqual(153 + 3)
      // Two months, less the ten days on which they were paid and went by.
      expect(daysWith(sql, 100, now)).toBeGreaterThanOrEqual(31 + 28 - 10)
      expect(verify(sql, now)).toMatchObject({ ok: true })
    }))
})

describe('a monthly plan of credits', () => {
  test('grants them with each payment, and what is left rolls over for good', () =>
    withSql((sql) => {
      buy(sql, PEBISNIS, T0)
      buy(sql, PEBISNIS, at(29))
      expect(availableCredits(sql)).toBe(3_600)
      expireDue(sql, at(3_650))
      expect(availableCredits(sql)).toBe(3_600)
      expect(entries(sql).map(({ kind, from, credits }) => ({ kind, from, credits }))).toEqual(
        Array(2).fill({ kind: 'grant', from: 'source:plan', credits: 1_800 }),
      )
      expect(planOf(sql, PEBISNIS, at(29))).toMatchObject({ dailyQuota: 0, periodEndsAt: addMonths(T0, 2) })
      expect(unlimitedView(sql, at(29))).toBeNull()
    }))

  test('is no reason for a quota plan to wait, nor the other way round', () =>
    withSql((sql) => {
      buy(sql, PEBISNIS, T0)
      buy(sql, BASIC, at(2))
      buy(sql, PEBISNIS, at(3))
      expect(planOf(sql, BASIC, at(3))?.startedAt).toBe(at(2))
      expect(planOf(sql, PEBISNIS, at(3))).toMatchObject({ startedAt: T0, periodEndsAt: addMonths(T0, 2) })
    }))
})

describe('what today has left', () => {
  const take = (sql: SqlStorage, poses: number, now: number) => start(sql, startAsk({ poses }), now).ok

  test('changing plans all day long is one quota a day, the largest of them (B9)', () =>
    withSql((sql) => {
      openAccount(sql)
      let taken = 0
      for (let turn = 0; turn < 10; turn++) {
        const pro = buy(sql, PRO, T0)
        if (take(sql, 30, T0)) taken += 30
        refund(sql, PRO, pro, T0)
        cancelPlan(sql, FREE.productId, T0)
        startFreePlan(sql, FREE, T0)
        if (take(sql, 7, T0)) taken += 7
      }
      expect(taken).toBeLessThanOrEqual(100)
      expect(unlimitedView(sql, T0)).toMatchObject({ dailyQuota: 10, used: taken, remaining: 0 })
      expect(verify(sql, T0)).toMatchObject({ ok: true })
    }))

  test('a plan that only waits gives nothing yet', () =>
    withSql((sql) => {
      openAccount(sql)
      openPeriod(sql, { id: 'later', productId: PRO.productId, dailyQuota: 100, startsAt: at(5), endsAt: at(35) })
      expect(unlimitedView(sql, T0)).toMatchObject({ active: false })
      expect(start(sql, startAsk(), T0)).toMatchObject({ ok: false, code: 'INSUFFICIENT_CREDITS', required: 30 })
      expect(take(sql, 1, at(5))).toBe(true)
    }))
})
