import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refundJob } from '../../durable-objects/user/adjustments'
import { statementHead } from '../../durable-objects/user/statement'
import { USAGE_DAYS, usage } from '../../durable-objects/user/usage'
import { startOfWibDay, wibDay } from '../../src/kernel/calendar'
import { withNodeSql } from '../support/node-sql'
import { DAY_MS, DONE, FAILED, HOUR_MS, MEMO, makePictures, openAccount, startJob, T0 } from './ledger-fixtures'

const TODAY = wibDay(T0)

/** Settled less refunded, as a statement of the period says it. */
function charged(sql: SqlStorage, from: number, to: number): number {
  const { totals } = statementHead(sql, { from, to })
  const of = (kind: string) => totals.find((total) => total.kind === kind)?.credits ?? 0
  return of('settle') - of('refund')
}

const refund = (sql: SqlStorage, jobId: string, credits: number, now: number) =>
  refundJob(sql, { key: `refund-${jobId}-${now}`, jobId, credits, memo: MEMO }, now)

test('who was never charged has used nothing, and has no average', () =>
  withNodeSql((sql) => {
    openAccount(sql, 300)
    const nothing = { charged: 0, shoots: 0, shootsCharged: 0, charged30Days: 0, days: [] }
    expect(usage(sql, T0)).toEqual(nothing)
    startJob(sql, { key: 'gen_1', poses: 2 })
    makePictures(sql, 'gen_1', [FAILED, FAILED])
    expect(usage(sql, T0)).toEqual(nothing)
  }))

test('pictures count on the day they are charged, refunds on the day they are given, failures not at all', () =>
  withNodeSql((sql) => {
    openAccount(sql, 1_000)
    startJob(sql, { key: 'gen_1', poses: 3 }, T0 - 2 * DAY_MS)
    makePictures(sql, 'gen_1', [DONE, FAILED, DONE], T0 - 2 * DAY_MS)
    startJob(sql, { key: 'bgj_1', poses: 1 }, T0)
    makePictures(sql, 'bgj_1', [DONE], T0)
    refund(sql, 'gen_1', 20, T0)
    expect(usage(sql, T0)).toEqual({
      ...{ charged: 70, shoots: 1, shootsCharged: 40, charged30Days: 70 },
      days: [
        { day: TODAY - 2, credits: 60 },
        { day: TODAY, credits: 10 },
      ],
    })
  }))

test('the thirty days begin and end with midnight in Jakarta', () =>
  withNodeSql((sql) => {
    openAccount(sql, 1_000)
    const first = startOfWibDay(TODAY - USAGE_DAYS + 1)
    for (const [id, at] of [['gen_1', first - 1] as const, ['gen_2', first] as const]) {
      startJob(sql, { key: id }, at)
      makePictures(sql, id, [DONE], at)
    }
    expect(usage(sql, startOfWibDay(TODAY))).toMatchObject({ charged: 60, charged30Days: 30 })
    expect(usage(sql, startOfWibDay(TODAY + 1) - 1)).toMatchObject({ charged30Days: 30 })
    expect(usage(sql, startOfWibDay(TODAY + 1))).toMatchObject({ charged: 60, charged30Days: 0, days: [] })
  }))

test('whatever is shot, fails and is refunded, the sums are those of the statement', () => {
  const deed = fc.record({
    hours: fc.integer({ min: 0, max: 50 }),
    outcomes: fc.array(fc.constantFrom(DONE, DONE, FAILED), { minLength: 1, maxLength: 4 }),
    isShoot: fc.boolean(),
    refund: fc.option(fc.integer({ min: 1, max: 40 })),
  })
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 25 }), (deeds) =>
      withNodeSql((sql) => {
        openAccount(sql, 100_000)
        let now = T0 - 45 * DAY_MS
        for (const [n, { hours, outcomes, isShoot, refund: back }] of deeds.entries()) {
          now += hours * HOUR_MS
          const id = `${isShoot ? 'gen' : 'bgj'}_${n}`
          startJob(sql, { key: id, poses: outcomes.length }, now)
          makePictures(sql, id, outcomes, now)
          if (back !== null) refund(sql, id, back, now + HOUR_MS)
          now += HOUR_MS
        }
        const end = startOfWibDay(wibDay(now) + 1)
        const { charged: all, charged30Days, days } = usage(sql, now)
        expect(all).toBe(charged(sql, 0, end))
        expect(charged30Days).toBe(charged(sql, end - USAGE_DAYS * DAY_MS, end))
        expect(days.reduce((sum, { credits }) => sum + credits, 0)).toBe(charged30Days)
        for (const { day, credits } of days)
          expect(credits).toBe(charged(sql, startOfWibDay(day), startOfWibDay(day + 1)))
      }),
    ),
    { numRuns: 50 },
  )
})
