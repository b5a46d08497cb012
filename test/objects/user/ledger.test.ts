import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { entriesAfter, entriesBefore, lastBalances } from '../../../durable-objects/user/entries'
import {
  assertBooks,
  charge,
  closeHold,
  expireDue,
  nextExpiry,
  openHold,
  release,
} from '../../../durable-objects/user/ledger'
import { all } from '../../../durable-objects/user/rows'
import type { Entry } from '../../../src/credits/types'
import { availableCredits } from '../../support/available-credits'
import { books, brokenLinks, DAY_MS, entries, grantOf, T0, withSql } from '../../support/jobs'

/** What each grant has left, by its key. */
const left = (sql: SqlStorage): Record<string, number> =>
  Object.fromEntries(
    all<{ id: string; available: number }>(sql, 'SELECT id, available FROM credit_grant ORDER BY id').map((row) => [
      row.id,
      row.available,
    ]),
  )

const hold = (sql: SqlStorage, credits: number, job = 'job', now = T0) => openHold(sql, job, credits, now)

test('a grant happens once for its key', () =>
  withSql((sql) => {
    expect(grantOf(sql, { key: 'payment:1', credits: 100 })).toBe(true)
    expect(grantOf(sql, { key: 'payment:1', credits: 100 })).toBe(false)
    expect(grantOf(sql, { key: 'payment:1', credits: 900 }, T0 + DAY_MS)).toBe(false)
    expect(availableCredits(sql)).toBe(100)
    expect(entries(sql)).toHaveLength(1)
    expect(entries(sql)[0]).toMatchObject({ kind: 'grant', from: 'source:welcome', to: 'available', credits: 100 })
  }))

test('a grant is a positive whole number of credits', () =>
  withSql((sql) => {
    for (const credits of [0, -1, 1.5, Number.NaN, 2 ** 53])
      expect(() => grantOf(sql, { credits })).toThrow('a grant is a positive whole number')
    expect(entries(sql)).toEqual([])
  }))

test('credits burn by priority, then soonest expiry, then promo before paid, then age (A25)', () =>
  withSql((sql) => {
    const inDays = (days: number) => T0 + days * DAY_MS
    grantOf(sql, { key: '7-topup-new', source: 'topup', category: 'paid', credits: 10 }, T0 + 2)
    grantOf(sql, { key: '6-topup-old', source: 'topup', category: 'paid', credits: 10 }, T0 + 1)
    grantOf(sql, { key: '5-adjustment', source: 'adjustment', category: 'promo', credits: 10 }, T0 + 3)
    grantOf(sql, { key: '4-plan', source: 'plan', category: 'paid', credits: 10, expiresAt: inDays(1) }, T0)
    grantOf(sql, { key: '3-welcome', source: 'welcome', credits: 10, expiresAt: null }, T0)
    grantOf(sql, { key: '2-promo', source: 'promo', credits: 10, expiresAt: inDays(30) }, T0)
    grantOf(sql, { key: '1-promo', source: 'promo', credits: 10, expiresAt: inDays(7) }, T0)
    hold(sql, 70, 'all', T0 + 4)
    const burnt = entries(sql).flatMap((entry) => (entry.kind === 'hold' ? entry.grantId : []))
    expect(burnt).toEqual(['1-promo', '2-promo', '3-welcome', '4-plan', '5-adjustment', '6-topup-old', '7-topup-new'])
  }))

test('a hold over several grants is charged to the first burnt and released to the last burnt', () =>
  withSql((sql) => {
    grantOf(sql, { key: 'a', source: 'welcome', credits: 50 })
    grantOf(sql, { key: 'b', source: 'topup', category: 'paid', credits: 100 })
    hold(sql, 90)
    expect(left(sql)).toEqual({ a: 0, b: 60 })
    charge(sql, 'job', 'one', 60, T0)
    release(sql, 'job', 'two', 30, T0)
    closeHold(sql, 'job', T0)
    expect(left(sql)).toEqual({ a: 0, b: 90 })
    expect(books(sql)).toEqual({ granted: 150, available: 90, held: 0, spent: 60, expired: 0 })
    expect(entries(sql).map(({ kind, grantId, credits }) => `${kind} ${grantId} ${credits}`)).toEqual([
      ...['grant a 50', 'grant b 100', 'hold a 50', 'hold b 40'],
      ...['settle a 50', 'settle b 10', 'release b 30'],
    ])
    assertBooks(sql)
  }))

test('nothing charged or released of nothing held leaves no entry', () =>
  withSql((sql) => {
    hold(sql, 0)
    charge(sql, 'job', 'one', 0, T0)
    release(sql, 'job', 'two', 0, T0)
    closeHold(sql, 'job', T0)
    expect(entries(sql)).toEqual([])
    assertBooks(sql)
  }))

test('the same picture cannot be charged twice', () =>
  withSql((sql) => {
    grantOf(sql, { credits: 100 })
    hold(sql, 60)
    charge(sql, 'job', 'picture-1', 30, T0)
    expect(() => charge(sql, 'job', 'picture-1', 30, T0)).toThrow('append-only')
  }))

test('a job has one hold', () =>
  withSql((sql) => {
    grantOf(sql, { credits: 100 })
    hold(sql, 10)
    expect(() => hold(sql, 10)).toThrow('UNIQUE')
  }))

test('a hold larger than what is available is a broken promise, not a negative balance', () =>
  withSql((sql, storage) => {
    grantOf(sql, { credits: 100 })
    const before = [books(sql), entries(sql)]
    expect(() => storage.transactionSync(() => hold(sql, 101))).toThrow('never exceeds what is available')
    expect([books(sql), entries(sql)]).toEqual(before)
    for (const credits of [-1, 0.5]) expect(() => hold(sql, credits)).toThrow('a hold is a whole number')
  }))

test('no more can be taken from a hold than it has', () =>
  withSql((sql, storage) => {
    grantOf(sql, { credits: 100 })
    hold(sql, 40)
    for (const take of [charge, release]) {
      expect(() => storage.transactionSync(() => take(sql, 'job', 'x', 41, T0))).toThrow('never exceeds its hold')
      expect(() => take(sql, 'job', 'x', -1, T0)).toThrow('a share of a hold is a whole number')
      expect(() => take(sql, 'job', 'x', 1.5, T0)).toThrow('a share of a hold is a whole number')
    }
    expect(lastBalances(sql).held).toBe(40)
  }))

test('a hold cannot be closed while it keeps credits', () =>
  withSql((sql) => {
    grantOf(sql, { credits: 100 })
    hold(sql, 40)
    charge(sql, 'job', 'one', 30, T0)
    expect(() => closeHold(sql, 'job', T0)).toThrow('CHECK')
    // Even if its row claims otherwise, its parts tell.
    sql.exec('UPDATE hold SET released = 10')
    expect(() => closeHold(sql, 'job', T0)).toThrow('a closed hold keeps nothing')
  }))

test('credits that grow too old leave by an entry of their own (A25)', () =>
  withSql((sql) => {
    expect(nextExpiry(sql)).toBeNull()
    grantOf(sql, { key: 'week', source: 'promo', credits: 70, expiresAt: T0 + 7 * DAY_MS })
    grantOf(sql, { key: 'month', source: 'promo', credits: 30, expiresAt: T0 + 30 * DAY_MS })
    grantOf(sql, { key: 'forever', credits: 10 })
    expect(nextExpiry(sql)).toBe(T0 + 7 * DAY_MS)
    expireDue(sql, T0 + 7 * DAY_MS - 1)
    expect(availableCredits(sql)).toBe(110)
    expireDue(sql, T0 + 7 * DAY_MS)
    expireDue(sql, T0 + 7 * DAY_MS)
    expect(availableCredits(sql)).toBe(40)
    expect(nextExpiry(sql)).toBe(T0 + 30 * DAY_MS)
    expect(entries(sql).at(-1)).toMatchObject({
      ...{ kind: 'expire', from: 'available', to: 'expired', credits: 70, grantId: 'week', availableAfter: 40 },
    })
    expireDue(sql, T0 + 30 * DAY_MS)
    expect(nextExpiry(sql)).toBeNull()
    assertBooks(sql)
  }))

test('held credits do not expire; what returns to an expired grant expires at once and visibly (A26)', () =>
  withSql((sql) => {
    grantOf(sql, { key: 'promo', source: 'promo', credits: 60, expiresAt: T0 + DAY_MS })
    hold(sql, 60)
    expireDue(sql, T0 + 2 * DAY_MS)
    expect(lastBalances(sql).held).toBe(60)
    charge(sql, 'job', 'one', 30, T0 + 2 * DAY_MS)
    release(sql, 'job', 'two', 30, T0 + 2 * DAY_MS)
    closeHold(sql, 'job', T0 + 2 * DAY_MS)
    expect(entries(sql).map(({ kind }) => kind)).toEqual(['grant', 'hold', 'settle', 'release', 'expire'])
    expect(books(sql)).toEqual({ granted: 60, available: 0, held: 0, spent: 30, expired: 30 })
    assertBooks(sql)
  }))

test('a release before its grant expires can be spent again until then', () =>
  withSql((sql) => {
    grantOf(sql, { key: 'promo', source: 'promo', credits: 60, expiresAt: T0 + DAY_MS })
    hold(sql, 60)
    release(sql, 'job', 'one', 60, T0 + DAY_MS - 1)
    expect(availableCredits(sql)).toBe(60)
    expireDue(sql, T0 + DAY_MS)
    expect(availableCredits(sql)).toBe(0)
  }))

test('the chain of hashes recomputes over every entry', () =>
  withSql((sql) => {
    grantOf(sql, { key: 'a', credits: 100, expiresAt: T0 + DAY_MS })
    hold(sql, 90)
    charge(sql, 'job', 'one', 30, T0)
    release(sql, 'job', 'two', 60, T0 + DAY_MS)
    expireDue(sql, T0 + DAY_MS)
    expect(brokenLinks(sql)).toEqual([])
    expect(entries(sql).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
  }))

test('a hash is SHA-256 over the hash before and every field, as an auditor would compute it', () =>
  withSql((sql) => {
    grantOf(sql, { key: 'a', credits: 100 })
    hold(sql, 40)
    const sha256 = (...lines: (string | number)[]) => createHash('sha256').update(lines.join('\n')).digest('hex')
    const first = sha256('', 1, 'grant:a', 'grant', 'source:welcome', 'available', 100, 'a', 'a', T0, 100, 0)
    const second = sha256(first, 2, 'hold:job:0', 'hold', 'available', 'held', 40, 'a', 'job', T0, 60, 40)
    expect(all(sql, 'SELECT previous_hash, hash FROM entry ORDER BY seq')).toEqual([
      { previous_hash: '', hash: first },
      { previous_hash: first, hash: second },
    ])
  }))

test('a forged entry breaks the chain from there on (A27)', () =>
  withSql((sql) => {
    grantOf(sql, { key: 'a', credits: 100 })
    grantOf(sql, { key: 'b', credits: 100 })
    sql.exec('DROP TRIGGER entry_no_update')
    sql.exec('UPDATE entry SET credits = 900 WHERE seq = 1')
    expect(brokenLinks(sql)).toEqual([1])
  }))

test.each([
  'UPDATE entry SET credits = 1 WHERE seq = 1',
  'UPDATE OR IGNORE entry SET credits = 1 WHERE seq = 1',
  'UPDATE OR REPLACE entry SET seq = 2 WHERE seq = 1',
  'DELETE FROM entry',
  `INSERT OR REPLACE INTO entry SELECT seq, key, kind, from_account, to_account, 900, grant_id, reference, at,
     available_after, held_after, owed_after, memo, previous_hash, hash FROM entry WHERE seq = 1`,
  `INSERT OR REPLACE INTO entry SELECT 3, key, kind, from_account, to_account, 900, grant_id, reference, at,
     available_after, held_after, owed_after, memo, previous_hash, hash FROM entry WHERE seq = 1`,
  `INSERT OR IGNORE INTO entry SELECT 9, 'new', kind, from_account, to_account, 900, grant_id, reference, at,
     available_after, held_after, owed_after, memo, previous_hash, hash FROM entry WHERE seq = 1`,
  `INSERT INTO entry SELECT * FROM entry WHERE true ON CONFLICT(seq) DO UPDATE SET credits = 900`,
])('an entry is never changed, removed or replaced: %s (A27)', (statement) =>
  withSql((sql) => {
    grantOf(sql, { key: 'a' })
    grantOf(sql, { key: 'b' })
    const before = entries(sql)
    expect(() => sql.exec(statement)).toThrow('entries are append-only')
    expect(entries(sql)).toEqual(before)
  }),
)

test('credits that no entry explains stop the next command', () =>
  withSql((sql) => {
    grantOf(sql, { credits: 100 })
    assertBooks(sql)
    sql.exec(
      `INSERT INTO credit_grant SELECT 'forged', source, category, priority, credits, available, held, spent, expired,
         reversed, expires_at, created_at FROM credit_grant`,
    )
    expect(() => assertBooks(sql)).toThrow('available equals the running balance of the ledger')
    sql.exec("UPDATE credit_grant SET available = 0, held = 100 WHERE id = 'forged'")
    expect(() => assertBooks(sql)).toThrow('held equals the running balance of the ledger')
  }))

test('a hold that lost its credits stops the next command', () =>
  withSql((sql) => {
    grantOf(sql, { credits: 100 })
    hold(sql, 40)
    assertBooks(sql)
    sql.exec('UPDATE hold SET charged = 10')
    expect(() => assertBooks(sql)).toThrow('held equals what open holds have left')
  }))

test('a grant whose sums do not add up cannot even be written', () =>
  withSql((sql) => {
    grantOf(sql, { credits: 100 })
    expect(() => sql.exec('UPDATE credit_grant SET available = available + 1')).toThrow('CHECK')
    expect(() => sql.exec('UPDATE credit_grant SET available = -1, spent = 101')).toThrow('CHECK')
  }))

test('pages of entries go backwards from where the last one ended', () =>
  withSql((sql) => {
    for (let n = 1; n <= 5; n++) grantOf(sql, { key: `g${n}`, credits: n })
    const seqs = (page: Entry[]) => page.map(({ seq }) => seq)
    expect(seqs(entriesBefore(sql, Number.MAX_SAFE_INTEGER, 2))).toEqual([5, 4])
    expect(seqs(entriesBefore(sql, 4, 2))).toEqual([3, 2])
    expect(seqs(entriesBefore(sql, 2, 2))).toEqual([1])
    expect(seqs(entriesAfter(sql, 3, 10))).toEqual([4, 5])
  }))
