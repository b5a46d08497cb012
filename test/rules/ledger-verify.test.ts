import { describe, expect, test } from 'vitest'
import { adjust, refundJob } from '../../durable-objects/user/adjustments'
import { entryHash, post, toEntry } from '../../durable-objects/user/entries'
import { assertBooks, grant } from '../../durable-objects/user/ledger'
import { verify } from '../../durable-objects/user/verify'
import type { Verification } from '../../src/credits/types'
import { withNodeSql } from '../support/node-sql'
import {
  DAY_MS,
  DONE,
  entryRows,
  FAILED,
  forge,
  giveQuota,
  grantOf,
  HOUR_MS,
  MEMO,
  makePictures,
  NO_BACKGROUND,
  openAccount,
  pay,
  startJob,
  T0,
} from './ledger-fixtures'

const PROMISES = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I11', 'I12', 'I13', 'I14', 'I17']

const broken = ({ checks }: Verification): Record<string, string | null> =>
  Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ id, detail }) => [id, detail]))

/** A user to whom everything has happened: gifts, expiry, orders, a debt and its end, jobs, refunds, quota. */
function liveALot(sql: SqlStorage): void {
  openAccount(sql, 100)
  grantOf(sql, { key: 'gift', source: 'topup', credits: 40, expiresAt: T0 + 1 })
  pay(sql, 10_000)
  startJob(sql, { poses: 3, background: true })
  makePictures(sql, 'job', [DONE, NO_BACKGROUND, FAILED], T0 + 1)
  adjust(sql, { key: 'adj', credits: -5, memo: MEMO }, T0 + 1)
  refundJob(sql, { key: 'ref', jobId: 'job', credits: 40, memo: MEMO }, T0 + 1)
  startJob(sql, { key: 'open', poses: 3 }, T0 + 1)
  pay(sql, 0, {}, T0 + 1)
  pay(sql, 10_000, { paymentId: 'pay_2' }, T0 + 1)
  giveQuota(sql, 10)
  startJob(sql, { key: 'by quota', poses: 2 }, T0 + 1)
  makePictures(sql, 'by quota', [DONE], T0 + 1)
}

/** Lives a lot, then forges; what the verification has to say. */
function afterForging(statement: string, ...bindings: SqlStorageValue[]): Record<string, string | null> {
  return withNodeSql((sql) => {
    liveALot(sql)
    forge(sql, statement, ...bindings)
    const verification = verify(sql, T0 + HOUR_MS)
    expect(verification.ok).toBe(Object.keys(broken(verification)).length === 0)
    return broken(verification)
  })
}

test('a ledger of everything that can happen verifies, and says how far and with what hash', () =>
  withNodeSql((sql) => {
    liveALot(sql)
    const verification = verify(sql, T0 + HOUR_MS)
    expect(broken(verification)).toEqual({})
    const rows = entryRows(sql)
    const last = rows.at(-1)!
    expect(verification).toMatchObject({
      ...{ ok: true, entries: rows.length, headHash: last.hash },
      balances: { available: last.available_after, held: last.held_after, owed: last.owed_after },
    })
    expect(verification.checks.map(({ id }) => id).sort()).toEqual(PROMISES.sort())
    for (const { claim, detail } of verification.checks) {
      expect(claim).toMatch(/^[a-z].{20,}/)
      expect(detail).toBeNull()
    }
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(['grant', 'hold', 'settle', 'release', 'expire', 'refund', 'reversal', 'recovery']),
    )
  }))

test('an empty ledger verifies', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    expect(verify(sql, T0)).toMatchObject({
      ...{ ok: true, entries: 0, headHash: '', balances: { available: 0, held: 0, owed: 0 } },
    })
  }))

test('who owes has a ledger that verifies too', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    pay(sql, 10_000)
    startJob(sql, { poses: 3 })
    makePictures(sql, 'job', [DONE, DONE, DONE])
    pay(sql, 0)
    expect(verify(sql, T0)).toMatchObject({ ok: true, balances: { available: 0, held: 0, owed: 90 } })
  }))

describe('forged entries', () => {
  test('a changed amount breaks the chain at that entry (A27)', () => {
    const found = afterForging('UPDATE entry SET credits = credits + 1 WHERE seq = 3')
    expect(found.I13).toBe('entry 3')
    expect(found.I3).toContain('entry 3; entry 4')
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['I2', 'I11', 'I9']))
  })

  test('a changed word, time or memo breaks the chain and nothing else (A27)', () => {
    expect(afterForging('UPDATE entry SET at = at + 1 WHERE seq = 2')).toEqual({ I13: 'entry 2' })
    expect(afterForging("UPDATE entry SET previous_hash = '' WHERE seq = 2")).toEqual({ I13: 'entry 2' })
    expect(afterForging("UPDATE entry SET memo = json_set(memo, '$.actor', 'me') WHERE seq = 3")).toEqual({
      I13: 'entry 3',
    })
  })

  test('an entry whose hash was made anew breaks the one after it (A27)', () =>
    withNodeSql((sql) => {
      liveALot(sql)
      const row = entryRows(sql)[1]!
      const entry = { ...toEntry(row), at: T0 + 5 }
      forge(sql, 'UPDATE entry SET at = ?, hash = ? WHERE seq = 2', T0 + 5, entryHash(row.previous_hash, entry))
      expect(broken(verify(sql, T0 + HOUR_MS))).toEqual({ I13: 'entry 3' })
    }))

  test('a deleted entry is missed (A27)', () => {
    const found = afterForging('DELETE FROM entry WHERE seq = 4')
    expect(found.I13).toMatch(/^entry 5; entry 6; .*; and more$/)
    expect(found.I3).toContain('entry 5')
  })

  test('an entry that moves credits as its kind may not is found', () => {
    expect(afterForging("UPDATE entry SET kind = 'release' WHERE kind = 'expire'")).toHaveProperty('I1')
    expect(afterForging('UPDATE entry SET to_account = from_account WHERE seq = 2').I1).toBe('entry 2')
    for (const credits of [0, -5])
      expect(afterForging('UPDATE entry SET credits = ? WHERE seq = 2', credits).I1).toBe('entry 2')
    expect(afterForging("UPDATE entry SET kind = 'wish' WHERE seq = 2").I1).toBe('entry 2')
  })

  test.each(['available_after', 'held_after', 'owed_after'])(
    'a running balance that was changed is found: %s',
    (column) => {
      expect(afterForging(`UPDATE entry SET ${column} = ${column} + 1 WHERE seq = 2`)).toEqual({
        ...{ I3: 'entry 2', I13: 'entry 2' },
      })
    },
  )

  test.each([
    ['available', 'expired'],
    ['held', 'spent'],
    ['source:promo', 'receivable'],
  ] as const)('a balance below zero is found although the sums agree: %s to %s', (from, to) =>
    withNodeSql((sql) => {
      openAccount(sql)
      forge(sql, 'SELECT 1')
      post(sql, { key: 'k', kind: 'expire', from, to, credits: 5, grantId: 'g', reference: 'g' }, T0)
      expect(broken(verify(sql, T0)).I3).toBe('entry 1')
    }),
  )

  test('a gap in the numbers is found although every hash was made anew (A27)', () =>
    withNodeSql((sql) => {
      liveALot(sql)
      const row = entryRows(sql).at(-1)!
      const hash = entryHash(row.previous_hash, { ...toEntry(row), seq: row.seq + 1 })
      forge(sql, 'UPDATE entry SET seq = ?, hash = ? WHERE seq = ?', row.seq + 1, hash, row.seq)
      expect(broken(verify(sql, T0 + HOUR_MS))).toEqual({ I13: `entry ${row.seq + 1}` })
    }))

  test('an entry that belongs to nothing is found', () => {
    const strays = (set: string, where: string) => afterForging(`UPDATE entry SET ${set} WHERE ${where}`).I17
    for (const kind of ['hold', 'settle', 'release', 'refund'])
      expect(strays("reference = 'gen_none'", `kind = '${kind}'`)).toMatch(/^entry \d+/)
    expect(strays('memo = NULL', "kind = 'refund'")).toMatch(/^entry/)
    expect(strays("grant_id = 'none'", "kind = 'expire'")).toMatch(/^entry/)
    expect(strays("reference = 'payment:pay_9'", "kind = 'reversal'")).toMatch(/^entry/)
    expect(strays('memo = NULL', "kind = 'reversal'")).toMatch(/^entry/)
    expect(strays("reference = 'payment:pay_9'", "kind = 'grant' AND seq > 1")).toMatch(/^entry/)
    expect(strays("grant_id = 'none', reference = 'none'", "kind = 'grant' AND seq = 1")).toBe('entry 1')
    expect(strays("reference = 'none'", "kind = 'recovery'")).toMatch(/^entry/)
  })

  test('an adjustment without a word of who and why is found', () => {
    expect(afterForging("UPDATE entry SET memo = NULL WHERE reference LIKE 'adjustment:%'")).toHaveProperty('I17')
  })

  test('of many broken places five are named', () => {
    const { I13 } = afterForging('UPDATE entry SET at = at + 1')
    expect(I13?.split('; ')).toEqual(['entry 1', 'entry 2', 'entry 3', 'entry 4', 'entry 5', 'and more'])
  })

  test('of five broken places five are named, and no more is said', () => {
    const { I13 } = afterForging('UPDATE entry SET at = at + 1 WHERE seq > (SELECT MAX(seq) - 5 FROM entry)')
    expect(I13?.split('; ')).toHaveLength(5)
  })
})

describe('forged rows beside the entries', () => {
  test.each(['available', 'held', 'spent', 'expired'])('a grant with other %s credits is found', (part) => {
    const found = afterForging(`UPDATE credit_grant SET ${part} = ${part} + 1 WHERE id = 'welcome'`)
    expect(found.I2).toMatch(new RegExp(`^${part}: grants say \\d+, entries \\d+$`))
    expect(found.I11).toBe(`grant welcome: ${part}, sum`)
  })

  test('credits moved from grant to grant are found although the sums agree', () => {
    const found = afterForging(`UPDATE credit_grant SET available = available + iif(id = 'welcome', 1, -1),
      credits = credits + iif(id = 'welcome', 1, -1) WHERE id IN ('welcome', 'payment:pay_2')`)
    expect(found).toEqual({
      I11: 'grant payment:pay_2: available, credits; grant welcome: available, credits',
    })
  })

  test('a grant that is gone, or that nobody granted, is found', () => {
    expect(afterForging("DELETE FROM credit_grant WHERE id = 'gift'")).toMatchObject({ I11: 'grant gift is gone' })
    const found = afterForging(`INSERT INTO credit_grant SELECT 'new', source, category, priority, 5, 5, 0, 0, 0, 0,
      NULL, created_at FROM credit_grant WHERE id = 'gift'`)
    expect(found).toMatchObject({ I11: 'grant new: available, credits' })
  })

  test('more reversed than the grant gave is found', () => {
    expect(afterForging("UPDATE credit_grant SET reversed = reversed + 1 WHERE id = 'welcome'")).toEqual({
      I11: 'grant welcome: sum',
    })
  })

  test('a hold that says other than its entries is found', () => {
    expect(afterForging("UPDATE hold SET charged = charged + 1 WHERE job_id = 'job'").I6).toBe('job: settle')
    expect(afterForging("UPDATE hold SET released = released + 1 WHERE job_id = 'job'").I6).toBe('job: release')
    expect(afterForging("UPDATE hold SET refunded = refunded + 1 WHERE job_id = 'job'")).toEqual({ I6: 'job: refund' })
    expect(afterForging("UPDATE hold SET credits = credits + 1 WHERE job_id = 'job'")).toMatchObject({
      ...{ I5: 'job', I6: 'job: hold', I4: 'job: its parts are 0' },
    })
    expect(afterForging("UPDATE hold SET refunded = 71 WHERE job_id = 'job'").I7).toBe('job')
    expect(afterForging("UPDATE hold SET refunded = charged WHERE job_id = 'job'")).not.toHaveProperty('I7')
  })

  test('a hold that is gone is found', () => {
    expect(afterForging("DELETE FROM hold WHERE job_id = 'job'")).toEqual({ I6: 'job: its hold is gone' })
  })

  test('an open hold that has more or less left than is held is found', () => {
    const found = afterForging("UPDATE hold SET credits = credits + 1 WHERE job_id = 'open'")
    expect(found.I4).toBe('open: its parts are 90; holds have 91 left, entries say 90')
    expect(found).not.toHaveProperty('I5')
    const parts = afterForging("UPDATE hold_part SET held = held + 1 WHERE job_id = 'open' AND position = 0")
    expect(parts.I4).toMatch(/^open: its parts are 91; grant /)
  })

  test('pictures charged at another price are found', () => {
    expect(afterForging("UPDATE job SET pose_credits = 29 WHERE id = 'job'")).toEqual({ I8: 'job' })
    expect(afterForging("UPDATE job SET background_credits = 9 WHERE id = 'job'")).toEqual({ I8: 'job' })
    expect(afterForging("UPDATE job SET completed = completed + 1 WHERE id = 'job'")).toEqual({ I8: 'job' })
    expect(afterForging("UPDATE job SET completed = 1, pose_credits = 0 WHERE id = 'job'").I8).toBe('job')
  })

  test('a hold that outlives its generation by more than an hour is found', () =>
    withNodeSql((sql) => {
      liveALot(sql)
      const giveUpAt = T0 + 1 + 12 * HOUR_MS
      expect(broken(verify(sql, giveUpAt + HOUR_MS))).toEqual({})
      expect(broken(verify(sql, giveUpAt + HOUR_MS + 1))).toEqual({ I14: 'by quota; open' })
    }))

  test.each(['target', 'granted', 'reversed', 'owed'])('an order with another %s is found', (column) => {
    expect(afterForging(`UPDATE purchase SET ${column} = ${column} + 1 WHERE payment_id = 'pay_1'`)).toEqual({
      I9: 'order pay_1',
    })
  })

  test('an order that aims at what it says it did, but did not, is found', () => {
    const forged = (set: string) => afterForging(`UPDATE purchase SET ${set} WHERE payment_id = 'pay_1'`)
    expect(forged('reversed = reversed - 1, target = target + 1')).toEqual({ I9: 'order pay_1' })
    expect(forged('granted = granted + 1, target = target + 1')).toEqual({ I9: 'order pay_1' })
  })

  test('an order that granted and reversed as its entries say but aims elsewhere is found', () => {
    expect(afterForging("UPDATE purchase SET target = 99 WHERE payment_id = 'pay_2'")).toEqual({ I9: 'order pay_2' })
  })

  test('quota that nobody used, that is not held, or beyond every plan is found', () => {
    const day = /^day \d+: /
    const found = (set: string) => afterForging(`UPDATE quota_day SET ${set}`).I12?.replace(day, '')
    expect(found('used = used + 1')).toBe('2 used, 1 pictures came')
    expect(found('held = held + 1')).toBe('2 reserved, open jobs have 1')
    expect(afterForging('UPDATE plan_period SET daily_quota = 1').I12).toMatch(/^day \d+: 2 of 1$/)
    expect(afterForging('UPDATE plan_period SET daily_quota = 2')).toEqual({})
    expect(afterForging('DELETE FROM plan_period').I12).toMatch(/: 2 of 0$/)
  })
})

describe('the books are looked at after every command', () => {
  const cases: [string, string][] = [
    ['available equals the running balance', "UPDATE credit_grant SET available = available + 1 WHERE id = 'welcome'"],
    ['held equals the running balance', "UPDATE credit_grant SET held = held + 1 WHERE id = 'welcome'"],
    ['held equals what open holds have left', "UPDATE hold SET credits = credits + 1 WHERE job_id = 'open'"],
    ['quota held equals what open holds have left', 'UPDATE quota_day SET held = held + 1'],
    ['owed equals the running balance', "UPDATE purchase SET owed = owed + 1 WHERE payment_id = 'pay_1'"],
  ]
  test.each(cases)('%s, or the command does not commit', (why, statement) =>
    withNodeSql((sql) => {
      liveALot(sql)
      assertBooks(sql)
      forge(sql, statement)
      expect(() => assertBooks(sql)).toThrow(why)
    }),
  )

  test('who owes has nothing available', () =>
    withNodeSql((sql) => {
      openAccount(sql)
      pay(sql, 10_000)
      startJob(sql, { poses: 3 })
      makePictures(sql, 'job', [DONE, DONE, DONE])
      pay(sql, 0)
      assertBooks(sql)
      const posting = {
        key: 'k',
        from: 'source:promo',
        to: 'available',
        credits: 5,
        grantId: 'x',
        reference: 'x',
      } as const
      post(sql, { ...posting, kind: 'grant' }, T0)
      forge(sql, "UPDATE credit_grant SET available = 5, credits = credits + 5 WHERE id = 'payment:pay_1'")
      expect(() => assertBooks(sql)).toThrow('who owes has nothing available')
    }))

  test('books without a single entry agree', () => withNodeSql((sql) => assertBooks(sql)))
})

test('a picture paid by two grants, and a job that is half done, verify', () =>
  withNodeSql((sql) => {
    openAccount(sql, 20)
    grantOf(sql, { key: 'pack', source: 'topup', credits: 100 })
    startJob(sql, { poses: 4 })
    makePictures(sql, 'job', [DONE, DONE, FAILED])
    expect(broken(verify(sql, T0))).toEqual({})
    giveQuota(sql, 10)
    startJob(sql, { key: 'by quota', poses: 2, background: true })
    makePictures(sql, 'by quota', [DONE])
    expect(broken(verify(sql, T0))).toEqual({})
    forge(sql, "UPDATE job SET completed = 0 WHERE id = 'by quota'")
    expect(broken(verify(sql, T0))).toMatchObject({ I8: 'by quota' })
  }))

test('closed holds are no longer looked at by every command', () =>
  withNodeSql((sql) => {
    liveALot(sql)
    forge(sql, "UPDATE hold SET credits = credits + 1 WHERE job_id = 'job'")
    assertBooks(sql)
    expect(broken(verify(sql, T0))).toHaveProperty('I5')
  }))

test('a grant of a plan verifies under its own source', () =>
  withNodeSql((sql) => {
    openAccount(sql)
    for (const source of ['plan', 'promo', 'adjustment'] as const)
      grant(
        sql,
        { key: `adjustment:${source}`, source, category: 'paid', credits: 5, expiresAt: T0 + DAY_MS, memo: MEMO },
        T0,
      )
    expect(broken(verify(sql, T0))).toEqual({})
  }))
