import { expect, test } from 'vitest'
import { openNodeStorage, withNodeSql } from '../support/node-sql'
import { entryRows, grantOf, openAccount, startJob } from './ledger-fixtures'

const TABLE = 'CREATE TABLE shop(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT'

test('a statement is read like a cursor of an object: whole, one row, or row by row', () => {
  const { sql, close } = openNodeStorage()
  sql.exec(`${TABLE}; INSERT INTO shop(name) VALUES ('batik; tas');\n-- a comment; no statement\n`)
  sql.exec('INSERT INTO shop(name) VALUES (?2), (?1)', 'kopi', 'rotan')
  expect(sql.exec('SELECT name FROM shop ORDER BY id').toArray()).toEqual([
    ...[{ name: 'batik; tas' }, { name: 'rotan' }, { name: 'kopi' }],
  ])
  expect(sql.exec('SELECT id FROM shop WHERE name = ?', 'kopi').one()).toEqual({ id: 3 })
  expect(() => sql.exec('SELECT id FROM shop').one()).toThrow('exactly one row')
  expect(() => sql.exec('SELECT id FROM shop WHERE id = 9').one()).toThrow('exactly one row')
  expect([...sql.exec('SELECT id FROM shop')].map(({ id }) => id)).toEqual([1, 2, 3])
  const cursor = sql.exec('SELECT id FROM shop')
  cursor.next()
  expect(cursor.toArray()).toEqual([{ id: 2 }, { id: 3 }])
  expect(cursor.next().done).toBe(true)
  close()
})

test('too few or too many values for a statement are refused, as in production', () => {
  const { sql, close } = openNodeStorage()
  sql.exec(TABLE)
  expect(() => sql.exec('INSERT INTO shop(id, name) VALUES (?, ?)', 1)).toThrow('2 parameters and 1 bindings')
  expect(() => sql.exec("INSERT INTO shop(name) VALUES ('?')", 1)).toThrow('0 parameters and 1 bindings')
  expect(() => sql.exec('SELECT ?2, ?1, ?2', 1, 2, 3)).toThrow('2 parameters and 3 bindings')
  close()
})

test('a transaction that throws has not happened, also when SQLite itself gave it up', () =>
  withNodeSql((sql, { transaction }) => {
    openAccount(sql, 100)
    const before = entryRows(sql)
    const crash = () => {
      startJob(sql)
      throw new Error('kill -9')
    }
    expect(() => transaction(crash)).toThrow('kill -9')
    expect(entryRows(sql)).toEqual(before)
    expect(() => transaction(() => sql.exec('INSERT OR ROLLBACK INTO owner VALUES (NULL, 1, 1)'))).toThrow('NOT NULL')
    expect(transaction(() => grantOf(sql, { key: 'gift' }))).toBe(true)
    expect(entryRows(sql)).toHaveLength(before.length + 1)
  }))
