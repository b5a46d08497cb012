import { expect, test } from 'vitest'
import { all } from '../../../durable-objects/user/rows'
import { migrate } from '../../../durable-objects/user/schema'
import { withSql } from '../../support/jobs'

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
    expect(() => migrate(storage, [])).toThrow('this object is at schema step 1, the code knows 0')
    expect(all(sql, 'SELECT COUNT(*) AS n FROM entry')).toEqual([{ n: 0 }])
  }))
