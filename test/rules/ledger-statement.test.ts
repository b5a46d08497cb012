import { expect, test } from 'vitest'
import { openHold } from '../../durable-objects/user/ledger'
import { statementHead } from '../../durable-objects/user/statement'
import { withNodeSql } from '../support/node-sql'
import { DAY_MS, DONE, FAILED, grantOf, makePictures, openAccount, pay, startJob, T0 } from './ledger-fixtures'

const NOTHING = { available: 0, held: 0, owed: 0 }
const from = T0
const to = T0 + DAY_MS

test('a statement opens with what was there before it and closes with what is there after it', () =>
  withNodeSql((sql) => {
    grantOf(sql, { credits: 100 }, T0 - 1)
    openHold(sql, 'job', 30, T0)
    grantOf(sql, { key: 'gift', credits: 5 }, T0 + DAY_MS - 1)
    grantOf(sql, { key: 'later', credits: 7 }, T0 + DAY_MS)
    expect(statementHead(sql, { from, to })).toEqual({
      opening: { available: 100, held: 0, owed: 0 },
      closing: { available: 75, held: 30, owed: 0 },
      ...{ firstSeq: 2, lastSeq: 3, count: 2 },
      totals: [
        { kind: 'grant', count: 1, credits: 5, change: 5 },
        { kind: 'hold', count: 1, credits: 30, change: 0 },
      ],
    })
  }))

test('days that meet share no entry and miss none: one closes with what the next opens with', () =>
  withNodeSql((sql) => {
    for (let day = 0; day < 4; day++) grantOf(sql, { key: `g${day}`, credits: 10 + day }, T0 + day * DAY_MS)
    const heads = [0, 1, 2, 3].map((day) =>
      statementHead(sql, { from: T0 + day * DAY_MS, to: T0 + (day + 1) * DAY_MS }),
    )
    expect(heads.map(({ firstSeq, lastSeq, count }) => [firstSeq, lastSeq, count])).toEqual([
      ...[1, 2, 3, 4].map((seq) => [seq, seq, 1]),
    ])
    for (const [index, head] of heads.entries()) expect(head.opening).toEqual(heads[index - 1]?.closing ?? NOTHING)
  }))

test('a clock that stepped back makes no statement lose or repeat an entry', () =>
  withNodeSql((sql) => {
    grantOf(sql, { key: 'a', credits: 10 }, T0 + DAY_MS)
    grantOf(sql, { key: 'b', credits: 20 }, T0)
    grantOf(sql, { key: 'c', credits: 40 }, T0 + DAY_MS)
    const [first, second] = [statementHead(sql, { from, to }), statementHead(sql, { from: to, to: to + DAY_MS })]
    expect([first.firstSeq, first.lastSeq, second.firstSeq, second.lastSeq]).toEqual([1, 2, 3, 3])
    expect(second.opening).toEqual(first.closing)
  }))

test('an empty period says what is there and moves nothing', () =>
  withNodeSql((sql) => {
    grantOf(sql, { credits: 100 }, T0 - 1)
    const balances = { available: 100, held: 0, owed: 0 }
    expect(statementHead(sql, { from, to })).toEqual({
      ...{ opening: balances, closing: balances, firstSeq: 2, lastSeq: 1, count: 0, totals: [] },
    })
    expect(statementHead(sql, { from: 0, to: 1 })).toMatchObject({ opening: NOTHING, closing: NOTHING, lastSeq: 0 })
  }))

test('entries written while a statement is read are not in it', () =>
  withNodeSql((sql) => {
    grantOf(sql, { credits: 100 })
    const { lastSeq } = statementHead(sql, { from, to })
    grantOf(sql, { key: 'meanwhile', credits: 1 })
    expect(statementHead(sql, { from, to })).toMatchObject({ lastSeq: 2, count: 2 })
    expect(statementHead(sql, { from, to, upTo: lastSeq })).toMatchObject({
      ...{ lastSeq: 1, count: 1, closing: { available: 100, held: 0, owed: 0 } },
    })
  }))

test('the changes of all kinds are the difference of the balances, debts included', () =>
  withNodeSql((sql) => {
    openAccount(sql, 20)
    pay(sql, 10_000)
    startJob(sql, { poses: 4 })
    makePictures(sql, 'job', [DONE, DONE, DONE, FAILED])
    pay(sql, 0)
    grantOf(sql, { key: 'more', credits: 25 })
    const { closing, totals } = statementHead(sql, { from, to })
    const change = totals.reduce((sum, total) => sum + total.change, 0)
    expect(closing).toEqual({ available: 0, held: 0, owed: 45 })
    expect(change).toBe(closing.available + closing.held - closing.owed)
    expect(totals).toEqual([
      { kind: 'grant', count: 3, credits: 145, change: 145 },
      { kind: 'hold', count: 2, credits: 120, change: 0 },
      { kind: 'recovery', count: 1, credits: 25, change: 0 },
      { kind: 'release', count: 1, credits: 30, change: 0 },
      { kind: 'reversal', count: 2, credits: 100, change: -100 },
      { kind: 'settle', count: 4, credits: 90, change: -90 },
    ])
  }))
