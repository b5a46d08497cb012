import { describe, expect, test } from 'vitest'
import { adjust, refundJob } from '../../../durable-objects/user/adjustments'
import { beginCheck, converge } from '../../../durable-objects/user/purchases'
import { promote } from '../../../durable-objects/user/queueing'
import { claim, finish, type Outcome } from '../../../durable-objects/user/tasks'
import { verify } from '../../../durable-objects/user/verify'
import type { Memo } from '../../../src/credits/types'
import {
  DAY_MS,
  done,
  failed,
  giveQuota,
  grantOf,
  HOUR_MS,
  LEASE_MS,
  openAccount,
  startJob,
  T0,
  type Wish,
  withSql,
} from '../../support/jobs'

const memo: Memo = { actor: 'usr_admin', requestId: 'req_test', reason: 'the box was cut off' }

/** Starts a job and ends its first pictures so. */
function shoot(sql: SqlStorage, wish: Wish, outcomes: Outcome[]): string {
  const { id } = startJob(sql, { taskWindow: 8, ...wish })
  promote(sql, T0)
  for (const [position, outcome] of outcomes.entries()) {
    claim(sql, { jobId: id, position }, LEASE_MS, T0)
    finish(sql, { jobId: id, position }, 1, outcome, T0)
  }
  return id
}

/** Brings an order of 1,500 credits for Rp 100,000 to what was kept of it. */
function pay(sql: SqlStorage, paymentId: string, keptRupiah: number): void {
  const turn = beginCheck(sql, paymentId, HOUR_MS, T0)
  if (!turn.go) throw new Error('nobody else checks this order')
  const product = { productId: 'credits-1500', amountRupiah: 100_000, credits: 1500, dailyQuota: 0, cycleMonths: 0 }
  const ask = { ...product, paymentId, keptRupiah, gateway: 'simulated', source: 'topup' as const, memo }
  converge(sql, { ...ask, checkNo: turn.checkNo }, T0)
}

/** A ledger with every kind of entry but `recovery`: two funds, an order half paid back, an open job. */
function liveThrough(sql: SqlStorage): { ended: string; open: string } {
  openAccount(sql, 100)
  grantOf(sql, { key: 'promo', source: 'promo', credits: 20, expiresAt: T0 + DAY_MS })
  pay(sql, 'pay_test', 100_000)
  const ended = shoot(sql, { poses: 4, background: true }, [done(true), done(), failed(), done(true)])
  refundJob(sql, { key: 'refund-1', jobId: ended, credits: 30, memo }, T0)
  adjust(sql, { key: 'adj_test', credits: -15, memo }, T0)
  adjust(sql, { key: 'adj_more', credits: 5, memo }, T0)
  pay(sql, 'pay_test', 50_000)
  const open = shoot(sql, { poses: 3 }, [done()])
  giveQuota(sql, { dailyQuota: 10, expiresAt: null })
  shoot(sql, { poses: 3, background: true }, [done(), failed()])
  return { ended, open }
}

const UNGUARDED = ['entry_no_update', 'entry_no_delete', 'entry_no_replace']

/** What is broken after somebody with the database file has run `statement`. */
const brokenBy = (statement: string, now = T0): Promise<string[]> =>
  withSql((sql) => {
    liveThrough(sql)
    for (const trigger of UNGUARDED) sql.exec(`DROP TRIGGER ${trigger}`)
    sql.exec(statement)
    const { ok, checks } = verify(sql, now)
    const broken = checks.filter((check) => !check.ok)
    expect(ok).toBe(broken.length === 0)
    for (const { detail } of broken) expect(detail).toMatch(/\w/)
    return broken.map(({ id }) => id)
  })

describe('a ledger that nobody touched', () => {
  test('keeps every promise, each by its name', () =>
    withSql((sql) => {
      liveThrough(sql)
      const { checks, ...rest } = verify(sql, T0)
      expect(checks.filter(({ ok }) => !ok)).toEqual([])
      const promised = checks.map(({ id }) => id)
      for (const id of ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I11', 'I12', 'I13', 'I14', 'I17'])
        expect(promised).toContain(id)
      expect(rest).toMatchObject({ ok: true, balances: { held: 70, owed: 0 } })
    }))

  test('of somebody who has nothing yet', () =>
    withSql((sql) => {
      expect(verify(sql, T0)).toMatchObject({ ok: true, entries: 0, headHash: '' })
    }))

  test('a debt and what paid it', () =>
    withSql((sql) => {
      openAccount(sql)
      pay(sql, 'pay_test', 100_000)
      shoot(
        sql,
        { poses: 10 },
        Array.from({ length: 8 }, () => done()),
      )
      pay(sql, 'pay_test', 0)
      expect(verify(sql, T0)).toMatchObject({ ok: true, balances: { available: 0, held: 60, owed: 300 } })
      grantOf(sql, { key: 'gift', credits: 200 })
      expect(verify(sql, T0)).toMatchObject({ ok: true, balances: { available: 0, held: 60, owed: 100 } })
    }))
})

describe('what was forged is found, and named', () => {
  const first = (kind: string) => `seq = (SELECT MIN(seq) FROM entry WHERE kind = '${kind}')`
  test.each([
    [
      'an entry whose accounts are not those of its kind',
      `UPDATE entry SET from_account = 'spent' WHERE seq = 1`,
      'I1',
    ],
    ['an entry larger than it was', `UPDATE entry SET credits = credits + 1 WHERE ${first('settle')}`, 'I13'],
    ['a balance that was written over', 'UPDATE entry SET available_after = 9000 WHERE seq = 3', 'I3'],
    [
      'a reason that was changed',
      `UPDATE entry SET memo = replace(memo, 'box', 'bag') WHERE ${first('refund')}`,
      'I13',
    ],
    ['a refund that nobody answers for', `UPDATE entry SET memo = NULL WHERE ${first('refund')}`, 'I17'],
    [
      'a grant with more in it',
      `UPDATE credit_grant SET credits = credits + 100, available = available + 100 WHERE id = 'payment:pay_test'`,
      'I2',
    ],
    [
      'a grant that claims to have been larger',
      `UPDATE credit_grant SET credits = credits + 100, reversed = reversed + 100 WHERE id = 'welcome'`,
      'I11',
    ],
    ['a grant that is gone', `DELETE FROM credit_grant WHERE id = 'payment:pay_test'`, 'I11'],
    [
      'credits spent by another grant',
      `UPDATE credit_grant SET spent = spent + CASE id WHEN 'welcome' THEN -1 ELSE 1 END,
         available = available + CASE id WHEN 'welcome' THEN 1 ELSE -1 END WHERE id IN ('welcome', 'payment:pay_test')`,
      'I11',
    ],
    [
      'a hold that holds less',
      'UPDATE hold SET credits = credits - 30 WHERE closed_at IS NULL AND quota_day IS NULL',
      'I4',
    ],
    ['a hold of other grants', `UPDATE hold_part SET grant_id = 'welcome'`, 'I4'],
    [
      'a charge that became a release',
      'UPDATE hold SET charged = charged - 30, released = released + 30 WHERE closed_at IS NOT NULL',
      'I6',
    ],
    ['a hold that is gone', 'DELETE FROM hold WHERE closed_at IS NOT NULL', 'I6'],
    ['a refund that is not in the ledger', 'UPDATE hold SET refunded = refunded + 1 WHERE refunded > 0', 'I6'],
    [
      'a picture that never came',
      'UPDATE job SET completed = completed + 1, failed = failed - 1 WHERE failed > 0',
      'I8',
    ],
    ['a price that was lowered', 'UPDATE job SET pose_credits = 20 WHERE ended_at IS NOT NULL', 'I8'],
    ['an order that gave more', 'UPDATE purchase SET granted = granted + 1, target = target + 1', 'I9'],
    ['an order that owes', 'UPDATE purchase SET owed = 1', 'I9'],
    ['quota that came back', 'UPDATE quota_day SET used = used - 1', 'I12'],
    ['quota beyond the plan', 'UPDATE plan_period SET daily_quota = 1', 'I12'],
    ['quota that nobody reserved', 'UPDATE quota_day SET held = held + 1', 'I12'],
    ['a generation that is gone', 'DELETE FROM job WHERE ended_at IS NOT NULL', 'I17'],
    ['an order that is gone', 'DELETE FROM purchase', 'I17'],
  ])('%s (A27)', async (_title, statement, id) => {
    expect(await brokenBy(statement)).toContain(id)
  })

  test('a hold that outlives its generation is told apart from one that is young', async () => {
    expect(await brokenBy('SELECT 1', T0 + HOUR_MS)).toEqual([])
    expect(await brokenBy('SELECT 1', T0 + 14 * HOUR_MS)).toEqual(['I14'])
  })

  test('many broken places are named by the first of them', () =>
    withSql((sql) => {
      liveThrough(sql)
      sql.exec('DROP TRIGGER entry_no_update')
      sql.exec('UPDATE entry SET at = at + 1')
      const chain = verify(sql, T0).checks.find(({ id }) => id === 'I13')
      expect(chain?.detail).toBe('entry 1; entry 2; entry 3; entry 4; entry 5; and more')
    }))
})
