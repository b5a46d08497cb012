import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assertBooks, charge, closeHold, expireDue, openHold, release } from '../../../durable-objects/user/ledger'
import { all } from '../../../durable-objects/user/rows'
import type { Entry, GrantSource } from '../../../src/credits/types'
import { availableCredits } from '../../support/available-credits'
import { books, brokenLinks, DAY_MS, entries, grantOf, T0, withSql } from '../../support/jobs'

/** Anything an object may do to its ledger. Sizes beyond what is there are cut to it, as the callers do. */
type Step =
  | { kind: 'grant'; source: GrantSource; credits: number; lifetimeDays: number | null }
  | { kind: 'hold'; credits: number }
  | { kind: 'charge' | 'release'; job: number; credits: number }
  | { kind: 'pass'; days: number }

const amount = fc.integer({ min: 1, max: 120 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('grant' as const),
    source: fc.constantFrom<GrantSource>('welcome', 'promo', 'plan', 'topup', 'adjustment'),
    credits: amount,
    lifetimeDays: fc.option(fc.integer({ min: 0, max: 9 })),
  }),
  fc.record({ kind: fc.constant('hold' as const), credits: amount }),
  fc.record({ kind: fc.constantFrom('charge' as const, 'release' as const), job: fc.nat(9), credits: amount }),
  fc.record({ kind: fc.constant('pass' as const), days: fc.integer({ min: 1, max: 4 }) }),
)

type HoldRow = { job_id: string; left: number; closed_at: number | null }
const HOLDS = 'SELECT job_id, credits - charged - released AS left, closed_at FROM hold'

/** Takes one step at `now`; the time after it. */
function take(sql: SqlStorage, step: Step, index: number, now: number): number {
  if (step.kind === 'pass') return now + step.days * DAY_MS
  expireDue(sql, now)
  if (step.kind === 'grant') {
    const expiresAt = step.lifetimeDays === null ? null : now + step.lifetimeDays * DAY_MS + 1
    grantOf(sql, { key: `g${index}`, source: step.source, credits: step.credits, expiresAt }, now)
    return now
  }
  if (step.kind === 'hold') {
    openHold(sql, `job${index}`, Math.min(step.credits, availableCredits(sql)), now)
    return now
  }
  const open = all<HoldRow>(sql, `${HOLDS} WHERE closed_at IS NULL ORDER BY job_id`)
  const chosen = open[step.job % (open.length || 1)]
  if (!chosen) return now
  const credits = Math.min(step.credits, chosen.left)
  if (step.kind === 'charge') charge(sql, chosen.job_id, `k${index}`, credits, now)
  else release(sql, chosen.job_id, `k${index}`, credits, now)
  if (credits === chosen.left) closeHold(sql, chosen.job_id, now)
  return now
}

test('whatever happens in whatever order, every credit is somewhere and nothing is below zero', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) =>
      withSql((sql) => {
        let now = T0
        for (const [index, next] of steps.entries()) {
          now = take(sql, next, index, now)
          assertBooks(sql)
          const { granted, available, held, spent, expired } = books(sql)
          expect(available + held + spent + expired).toBe(granted)
          for (const sum of [available, held, spent, expired]) expect(sum).toBeGreaterThanOrEqual(0)
          expect(balances(entries(sql))).toEqual({ granted, available, held, spent, expired })
        }
        expect(brokenLinks(sql)).toEqual([])
        for (const row of all<HoldRow>(sql, `${HOLDS} WHERE closed_at IS NOT NULL`)) expect(row.left).toBe(0)
      }),
    ),
    { numRuns: 60 },
  )
})

/** The balances of all accounts, from nothing but the entries. */
function balances(posted: Entry[]) {
  const balance = { granted: 0, available: 0, held: 0, spent: 0, expired: 0 }
  const move = (account: Entry['from'], credits: number) => {
    if (account.startsWith('source:')) balance.granted -= credits
    else balance[account as 'available' | 'held' | 'spent' | 'expired'] += credits
  }
  for (const { from, to, credits, availableAfter, heldAfter } of posted) {
    move(from, -credits)
    move(to, credits)
    expect(balance).toMatchObject({ available: availableAfter, held: heldAfter })
  }
  return balance
}
