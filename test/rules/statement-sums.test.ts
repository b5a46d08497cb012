import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adjust } from '../../durable-objects/user/adjustments'
import { entriesAfter, lastBalances } from '../../durable-objects/user/entries'
import { charge, closeHold, expireDue, grant, openHold, release } from '../../durable-objects/user/ledger'
import { beginCheck, converge } from '../../durable-objects/user/purchases'
import { all } from '../../durable-objects/user/rows'
import { statementHead } from '../../durable-objects/user/statement'
import { changeOf } from '../../src/credits/entry-view'
import { totalOf } from '../../src/credits/statement-csv'
import { availableCredits } from '../support/available-credits'
import { withNodeSql } from '../support/node-sql'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** 2027-01-15 15:00 in Jakarta. */
const T0 = 1_800_000_000_000
const PROMO = { source: 'promo', category: 'promo' } as const
const memo = { actor: 'gateway:simulated', requestId: 'req_test', reason: 'test' }

/** What may happen to somebody's credits; `days` below zero is a clock that steps back. */
type Step =
  | { kind: 'gift'; credits: number; days: number }
  | { kind: 'hold' | 'charge' | 'release' | 'adjust'; credits: number }
  | { kind: 'pay'; order: number; keptPercent: number }
  | { kind: 'pass'; days: number }

const credits = fc.integer({ min: 1, max: 90 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('gift' as const), credits, days: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ kind: fc.constantFrom('hold' as const, 'charge' as const, 'release' as const), credits }),
  fc.record({ kind: fc.constant('adjust' as const), credits: fc.integer({ min: -40, max: -1 }) }),
  fc.record({
    kind: fc.constant('pay' as const),
    order: fc.nat(2),
    keptPercent: fc.constantFrom(0, 35, 100),
  }),
  fc.record({ kind: fc.constant('pass' as const), days: fc.integer({ min: -2, max: 4 }) }),
)

type OpenHold = { job_id: string; left: number }

function take(sql: SqlStorage, step: Step, index: number, now: number): void {
  expireDue(sql, now)
  if (step.kind === 'gift') {
    const { credits, days } = step
    grant(sql, { ...PROMO, key: `g${index}`, credits, expiresAt: now + days * DAY_MS }, now)
  }
  if (step.kind === 'adjust') adjust(sql, { key: `a${index}`, credits: step.credits, memo }, now)
  if (step.kind === 'hold') openHold(sql, `job${index}`, Math.min(step.credits, availableCredits(sql)), now)
  if (step.kind === 'pay') {
    const paymentId = `pay_${step.order}`
    const turn = beginCheck(sql, paymentId, HOUR_MS, now)
    if (!turn.go) throw new Error('nobody else checks this order')
    const product = { productId: 'pack', amountRupiah: 10_000, credits: 100, dailyQuota: 0, cycleMonths: 0 }
    const ask = { ...product, paymentId, keptRupiah: step.keptPercent * 100, gateway: 'simulated', memo }
    converge(sql, { ...ask, source: 'topup', checkNo: turn.checkNo }, now)
  }
  if (step.kind !== 'charge' && step.kind !== 'release') return
  const [open] = all<OpenHold>(
    sql,
    'SELECT job_id, credits - charged - released AS left FROM hold WHERE closed_at IS NULL ORDER BY job_id LIMIT 1',
  )
  if (!open) return
  const part = Math.min(step.credits, open.left)
  if (step.kind === 'charge') charge(sql, open.job_id, `k${index}`, part, now)
  else release(sql, open.job_id, `k${index}`, part, now)
  if (part === open.left) closeHold(sql, open.job_id, now)
}

test('opening balance and changes are the closing balance, and one month opens with what the last closed with', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.uniqueArray(fc.integer({ min: -3, max: 40 }), { minLength: 2, maxLength: 5 }),
      (steps, days) =>
        withNodeSql((sql) => {
          grant(sql, { ...PROMO, key: 'welcome', credits: 100, expiresAt: null }, T0)
          let now = T0
          for (const [index, next] of steps.entries()) {
            if (next.kind === 'pass') now += next.days * DAY_MS
            else take(sql, next, index, now)
          }
          const cuts = days.sort((a, b) => a - b).map((day) => T0 + day * DAY_MS)
          const periods = [0, ...cuts, T0 + 1_000 * DAY_MS]
            .map((to, n, all) => ({ from: all[n - 1] ?? 0, to }))
            .slice(1)
          let previous = { available: 0, held: 0, owed: 0 }
          let covered = 0
          for (const period of periods) {
            const head = statementHead(sql, period)
            const listed = entriesAfter(sql, 0, 1_000_000).filter(
              ({ seq }) => seq >= head.firstSeq && seq <= head.lastSeq,
            )
            expect(head.opening).toEqual(previous)
            expect([head.firstSeq, head.count]).toEqual([covered + 1, listed.length])
            const changes = listed.reduce((sum, entry) => sum + changeOf(entry), 0)
            expect(totalOf(head.opening) + changes).toBe(totalOf(head.closing))
            expect(head.totals.reduce((sum, { change }) => sum + change, 0)).toBe(changes)
            expect(head.totals.reduce((sum, { count }) => sum + count, 0)).toBe(head.count)
            const last = listed.at(-1)
            if (last)
              expect(head.closing).toEqual({
                available: last.availableAfter,
                held: last.heldAfter,
                owed: last.owedAfter,
              })
            previous = head.closing
            covered = head.lastSeq
          }
          expect(previous).toEqual(lastBalances(sql))
          expect(covered).toBe(entriesAfter(sql, 0, 1_000_000).length)
        }),
    ),
    { numRuns: 150 },
  )
})
