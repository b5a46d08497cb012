import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { assertBooks } from '../../../durable-objects/user/ledger'
import { beginCheck, converge } from '../../../durable-objects/user/purchases'
import { unlimitedView } from '../../../durable-objects/user/quota'
import { all } from '../../../durable-objects/user/rows'
import { STEPS as ALL_STEPS, migrate } from '../../../durable-objects/user/schema'
import { verify } from '../../../durable-objects/user/verify'
import { brokenLinks, T0, withSql } from '../../support/jobs'

const STEPS = [
  'CREATE TABLE seller(id TEXT PRIMARY KEY) STRICT; CREATE TABLE shop(id TEXT PRIMARY KEY) STRICT',
  'ALTER TABLE seller ADD COLUMN name TEXT',
  "INSERT INTO seller(id, name) VALUES ('usr_1', 'Sari')",
]

/** Runs in an object that has not even its first step. */
const withEmpty = (work: (sql: SqlStorage, storage: DurableObjectStorage) => void) =>
  withSql(async (sql, storage) => {
    await storage.deleteAll()
    work(sql, storage)
  })

const tables = (sql: SqlStorage) =>
  all<{ sql: string }>(sql, "SELECT sql FROM sqlite_master WHERE name IN ('seller', 'shop') ORDER BY name")
const stepsDone = (sql: SqlStorage) => all(sql, 'SELECT step FROM schema_step').length

test('a new object takes every step, and waking up takes none', () =>
  withEmpty((sql, storage) => {
    migrate(storage, STEPS)
    migrate(storage, STEPS)
    expect(stepsDone(sql)).toBe(3)
    expect(all(sql, 'SELECT * FROM seller')).toEqual([{ id: 'usr_1', name: 'Sari' }])
  }))

test.each([0, 1, 2, 3])('an object that stopped after %i steps ends where a new one does', (done) =>
  withEmpty((sql, storage) => {
    migrate(storage, STEPS.slice(0, done))
    expect(stepsDone(sql)).toBe(done)
    migrate(storage, STEPS)
    expect(stepsDone(sql)).toBe(3)
    expect(tables(sql).map((table) => table.sql)).toEqual([
      'CREATE TABLE seller(id TEXT PRIMARY KEY, name TEXT) STRICT',
      'CREATE TABLE shop(id TEXT PRIMARY KEY) STRICT',
    ])
  }),
)

test.each([0, 1, 2])('a step that breaks in its middle after %i good ones leaves nothing of itself', (good) =>
  withEmpty((sql, storage) => {
    migrate(storage, STEPS.slice(0, good))
    const before = tables(sql)
    const broken = [...STEPS.slice(0, good), 'CREATE TABLE half(id TEXT) STRICT; INSERT INTO nowhere VALUES (1)']
    expect(() => migrate(storage, broken)).toThrow('no such table: nowhere')
    expect([stepsDone(sql), tables(sql)]).toEqual([good, before])
    expect(all(sql, "SELECT name FROM sqlite_master WHERE name = 'half'")).toEqual([])
    migrate(storage, STEPS)
    expect(stepsDone(sql)).toBe(3)
  }),
)

test('older code refuses newer data', () =>
  withSql((sql, storage) => {
    expect(() => migrate(storage, [])).toThrow(`this object is at schema step ${ALL_STEPS.length}, the code knows 0`)
    expect(all(sql, 'SELECT COUNT(*) AS n FROM entry')).toEqual([{ n: 0 }])
  }))

test('a ledger from before refunds keeps its entries, its chain and its orders', () =>
  withEmpty((sql, storage) => {
    migrate(storage, ALL_STEPS.slice(0, 1))
    sql.exec("INSERT INTO owner(user_id, opened_at) VALUES ('usr_1', 1)")
    sql.exec('INSERT INTO unlimited(only, daily_quota, expires_at) VALUES (1, 100, NULL)')
    boughtBefore(sql, 'pay_1', 1500, 1)
    migrate(storage)
    assertBooks(sql)
    expect(brokenLinks(sql)).toEqual([])
    expect(verify(sql, T0)).toMatchObject({ ok: true, entries: 1, balances: { available: 1500, held: 0, owed: 0 } })
    expect(unlimitedView(sql, T0)).toMatchObject({ active: true, dailyQuota: 100, expiresAt: null })
    // The order is known: hearing of it again credits nothing, and its refund takes it back.
    expect(refunded(sql, 'pay_1', 100_000)).toMatchObject({ credited: 1500, change: 0 })
    expect(refunded(sql, 'pay_1', 0)).toMatchObject({ credited: 0, change: -1500, owed: 0 })
    expect(verify(sql, T0).ok).toBe(true)
  }))

/** A credited pack as the first version of the ledger wrote it, hash and all. */
function boughtBefore(sql: SqlStorage, paymentId: string, credits: number, seq: number): void {
  const id = `payment:${paymentId}`
  sql.exec(
    `INSERT INTO credit_grant(id, source, category, priority, credits, available, held, spent, expired, created_at)
     VALUES (?, 'topup', 'paid', 60, ?, ?, 0, 0, 0, 1)`,
    ...[id, credits, credits],
  )
  const fields = ['', seq, `grant:${id}`, 'grant', 'source:topup', 'available', credits, id, id, 1, credits, 0]
  const hash = createHash('sha256').update(fields.join('\n')).digest('hex')
  sql.exec(
    `INSERT INTO entry(previous_hash, seq, key, kind, from_account, to_account, credits, grant_id, reference, at,
       available_after, held_after, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...fields,
    hash,
  )
}

function refunded(sql: SqlStorage, paymentId: string, keptRupiah: number) {
  const turn = beginCheck(sql, paymentId, 1_000, T0)
  return converge(
    sql,
    {
      ...{ paymentId, productId: 'credits-1500', gateway: 'simulated', amountRupiah: 100_000, keptRupiah },
      ...{ credits: 1500, dailyQuota: 0, cycleMonths: 0, source: 'topup', checkNo: turn.go ? turn.checkNo : 0 },
      memo: { actor: 'gateway:simulated', requestId: 'req_test', reason: 'test' },
    },
    T0,
  )
}
