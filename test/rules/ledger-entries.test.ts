import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  entriesAfter,
  entriesBefore,
  entryHash,
  lastBalances,
  type Posting,
  post,
} from '../../durable-objects/user/entries'
import type { Entry } from '../../src/credits/types'
import { withNodeSql } from '../support/node-sql'
import { entryRows, grantOf, MEMO, T0 } from './ledger-fixtures'

const POSTING: Posting = {
  ...{ key: 'k1', kind: 'grant', from: 'source:welcome', to: 'available', credits: 100, grantId: 'g', reference: 'r' },
}
const ENTRY: Entry = { ...POSTING, seq: 1, at: T0, availableAfter: 100, heldAfter: 0, owedAfter: 0, memo: null }
const LINES = ['', 1, 'k1', 'grant', 'source:welcome', 'available', 100, 'g', 'r', T0, 100, 0]

const sha256 = (lines: (string | number)[]): string => createHash('sha256').update(lines.join('\n')).digest('hex')

test('balances run along with the entries: available, held and owed', () =>
  withNodeSql((sql) => {
    expect(lastBalances(sql)).toEqual({ available: 0, held: 0, owed: 0 })
    post(sql, POSTING, T0)
    post(sql, { ...POSTING, key: 'k2', kind: 'hold', from: 'available', to: 'held', credits: 70 }, T0)
    post(sql, { ...POSTING, key: 'k3', kind: 'settle', from: 'held', to: 'spent', credits: 60 }, T0)
    expect(lastBalances(sql)).toEqual({ available: 30, held: 10, owed: 0 })
    post(sql, { ...POSTING, key: 'k4', kind: 'reversal', from: 'receivable', to: 'source:topup', credits: 50 }, T0)
    expect(lastBalances(sql)).toEqual({ available: 30, held: 10, owed: 50 })
    post(sql, { ...POSTING, key: 'k5', kind: 'recovery', from: 'available', to: 'receivable', credits: 30 }, T0 + 1)
    expect(lastBalances(sql)).toEqual({ available: 0, held: 10, owed: 20 })
    expect(entriesAfter(sql, 4, 10)).toEqual([
      {
        ...{ ...POSTING, key: 'k5', kind: 'recovery', from: 'available', to: 'receivable', credits: 30 },
        ...{ seq: 5, at: T0 + 1, availableAfter: 0, heldAfter: 10, owedAfter: 20, memo: null },
      },
    ])
  }))

test('each entry carries the hash of the one before and its own over every field', () =>
  withNodeSql((sql) => {
    post(sql, POSTING, T0)
    post(sql, { ...POSTING, key: 'k2' }, T0 + 1)
    const [one, two] = entryRows(sql)
    expect(one).toMatchObject({ previous_hash: '', hash: sha256(LINES) })
    const next = [one!.hash, 2, 'k2', 'grant', 'source:welcome', 'available', 100, 'g', 'r', T0 + 1, 200, 0]
    expect(two).toMatchObject({ previous_hash: one!.hash, hash: sha256(next) })
  }))

test('the hash covers what is owed and the memo, and entries older than these keep theirs', () => {
  expect(entryHash('', ENTRY)).toBe(sha256(LINES))
  expect(entryHash('', { ...ENTRY, owedAfter: 1 })).toBe(sha256([...LINES, 1, '']))
  const memo = { reason: MEMO.reason, requestId: MEMO.requestId, actor: MEMO.actor }
  expect(entryHash('', { ...ENTRY, memo })).toBe(
    sha256([...LINES, 0, '{"actor":"usr_admin","requestId":"req_1","reason":"a spoilt shoot"}']),
  )
})

test('a change of any field of an entry changes its hash (A27)', () => {
  const changes: Partial<Entry>[] = [
    ...([{ seq: 2 }, { key: 'k' }, { kind: 'refund' }, { from: 'spent' }, { to: 'held' }, { credits: 101 }] as const),
    ...([{ grantId: 'h' }, { reference: 's' }, { at: T0 + 1 }, { availableAfter: 1 }, { heldAfter: 1 }] as const),
    ...([{ owedAfter: 2 }, { memo: MEMO }, { memo: { ...MEMO, reason: 'none' } }] as const),
  ]
  const hashes = [ENTRY, ...changes.map((change) => ({ ...ENTRY, ...change }))].map((entry) => entryHash('', entry))
  expect(new Set([...hashes, entryHash('x', ENTRY)]).size).toBe(changes.length + 2)
})

test('nobody changes, deletes or replaces an entry (A27)', () =>
  withNodeSql((sql) => {
    grantOf(sql)
    const kept = entryRows(sql)
    const columns = Object.keys(kept[0]!).join(', ')
    for (const attempt of [
      'UPDATE entry SET credits = 1000',
      'DELETE FROM entry',
      `INSERT OR REPLACE INTO entry(${columns}) SELECT ${columns.replace('credits', '1000')} FROM entry`,
      `INSERT OR REPLACE INTO entry(${columns}) SELECT ${columns.replace('seq', '2')} FROM entry`,
      `INSERT INTO entry(${columns}) SELECT ${columns.replace('seq', '3').replace('key', "'other'")} FROM entry`,
    ])
      expect(() => sql.exec(attempt)).toThrow('entries are append-only')
    expect(entryRows(sql)).toEqual(kept)
  }))

test('a key is used by one entry', () =>
  withNodeSql((sql) => {
    post(sql, POSTING, T0)
    expect(() => post(sql, POSTING, T0 + 1)).toThrow('entries are append-only')
  }))

test('no entry brings a balance below zero', () =>
  withNodeSql((sql) => {
    for (const [from, to] of [
      ['available', 'held'],
      ['held', 'spent'],
      ['available', 'receivable'],
    ] as const)
      expect(() => post(sql, { ...POSTING, from, to }, T0)).toThrow('CHECK')
    expect(() => post(sql, { ...POSTING, credits: 0 }, T0)).toThrow('CHECK')
    expect(() => post(sql, { ...POSTING, to: 'source:welcome' }, T0)).toThrow('CHECK')
  }))

test('entries are read forwards and backwards, a page at a time', () =>
  withNodeSql((sql) => {
    for (const key of ['a', 'b', 'c', 'd']) grantOf(sql, { key, ...(key === 'd' && { memo: MEMO }) })
    const seqs = (entries: Entry[]) => entries.map(({ seq }) => seq)
    expect(seqs(entriesAfter(sql, 1, 2))).toEqual([2, 3])
    expect(seqs(entriesAfter(sql, 1, 10))).toEqual([2, 3, 4])
    expect(seqs(entriesAfter(sql, 1, 10, 3))).toEqual([2, 3])
    expect(seqs(entriesBefore(sql, 4, 2))).toEqual([3, 2])
    expect(entriesBefore(sql, 5, 1)[0]?.memo).toEqual(MEMO)
    expect(entriesBefore(sql, 4, 1)[0]?.memo).toBeNull()
  }))
