import { describe, expect, test } from 'vitest'
import { statementHead } from '../../../durable-objects/user/statement'
import { DAY_MS, grantOf, openAccount, T0, withSql } from '../../support/jobs'

describe('a period', () => {
  test('begins with its first millisecond and ends before its last', () =>
    withSql((sql) => {
      openAccount(sql)
      for (const [index, at] of [T0 - 1, T0, T0 + DAY_MS - 1, T0 + DAY_MS].entries())
        grantOf(sql, { key: `g${index}`, credits: 10 ** index }, at)
      expect(statementHead(sql, { from: T0, to: T0 + DAY_MS })).toEqual({
        opening: { available: 1, held: 0, owed: 0 },
        closing: { available: 111, held: 0, owed: 0 },
        ...{ firstSeq: 2, lastSeq: 3, count: 2 },
        totals: [{ kind: 'grant', count: 2, credits: 110, change: 110 }],
      })
    }))

  test('in which nothing happened opens and closes with the same', () =>
    withSql((sql) => {
      openAccount(sql, 70)
      const quiet = statementHead(sql, { from: T0 + DAY_MS, to: T0 + 2 * DAY_MS })
      expect(quiet).toMatchObject({ opening: { available: 70 }, closing: { available: 70 }, count: 0, totals: [] })
      expect(statementHead(sql, { from: 0, to: 1 })).toMatchObject({ closing: { available: 0 }, count: 0, lastSeq: 0 })
    }))

  test('is the same again up to the entry that it was read to, whatever came since', () =>
    withSql((sql) => {
      openAccount(sql, 70)
      const period = { from: T0, to: T0 + DAY_MS }
      const read = statementHead(sql, period)
      grantOf(sql, { key: 'later', credits: 5 }, T0 + 1)
      grantOf(sql, { key: 'of a clock that stepped back', credits: 5 }, T0 - DAY_MS)
      expect(statementHead(sql, { ...period, upTo: read.lastSeq })).toEqual(read)
      expect(statementHead(sql, period)).not.toEqual(read)
    }))
})
