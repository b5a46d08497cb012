import { describe, expect, test } from 'vitest'
import { cell, csvName, statementCsv } from '../../src/credits/statement-csv'
import { periodOf } from '../../src/credits/statement-period'
import type { Entry } from '../../src/credits/types'

const DAY_MS = 24 * 3_600_000
/** 21 November 2026, 22:30 in Jakarta. */
const NOW = Date.parse('2026-11-21T15:30:00Z')

describe('the period of a statement', () => {
  const asked = (from?: string, to?: string) => {
    const period = periodOf({ from, to }, NOW)
    return typeof period === 'string'
      ? period
      : [new Date(period.from).toISOString(), new Date(period.to).toISOString()]
  }

  test('is this month in Jakarta when nobody says', () => {
    expect(asked()).toEqual(['2026-10-31T17:00:00.000Z', '2026-11-30T17:00:00.000Z'])
    const afterMidnight = periodOf({}, Date.parse('2026-11-30T17:00:00Z'))
    expect(afterMidnight).toMatchObject({ from: Date.parse('2026-12-01T00:00:00+07:00') })
  })

  test('begins and ends with days of Jakarta, the last one included', () => {
    expect(asked('2026-11-01', '2026-11-30')).toEqual(['2026-10-31T17:00:00.000Z', '2026-11-30T17:00:00.000Z'])
    expect(asked('2026-11-21', '2026-11-21')).toEqual(['2026-11-20T17:00:00.000Z', '2026-11-21T17:00:00.000Z'])
    expect(asked('2024-02-29', '2024-02-29')).toEqual(['2024-02-28T17:00:00.000Z', '2024-02-29T17:00:00.000Z'])
  })

  test('may be told in times, where the last moment is not included', () => {
    expect(asked('2026-11-01T00:00:00Z', '2026-11-02T00:00:00+07:00')).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-01T17:00:00.000Z',
    ])
  })

  test('has the month of the end that was told', () => {
    expect(asked('2026-02-10')).toEqual(['2026-02-09T17:00:00.000Z', '2026-02-28T17:00:00.000Z'])
    expect(asked(undefined, '2026-02-10')).toEqual(['2026-01-31T17:00:00.000Z', '2026-02-10T17:00:00.000Z'])
    expect(asked(undefined, '2026-01-31')).toEqual(['2025-12-31T17:00:00.000Z', '2026-01-31T17:00:00.000Z'])
  })

  test('is at least a moment and at most 366 days', () => {
    expect(asked('2026-11-02', '2026-11-01')).toBe('must be after from')
    expect(asked('2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z')).toBe('must be after from')
    expect(asked('2024-01-01', '2024-12-31')).toHaveLength(2)
    expect(asked('2024-01-01', '2025-01-01')).toBe('must be at most 366 days after from')
    expect(asked('0001-01-01', '9999-12-31')).toBe('must be at most 366 days after from')
  })
})

describe('a cell of the file', () => {
  test.each([
    ['plain', 'plain'],
    ['a, b', '"a, b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['', ''],
  ])('%j is written as %j', (text, written) => {
    expect(cell(text)).toBe(written)
  })

  test.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '\r=1',
    '\n=1',
    '＝1+1',
    '=HYPERLINK("http://127.0.0.1","x")',
  ])('%j does not run in a spreadsheet', (text) => {
    expect(cell(text).replace(/^"/, '')[0]).toBe("'")
  })

  test('a number below zero stays a number', () => {
    expect(cell(-30)).toBe('-30')
  })
})

describe('the file', () => {
  const balances = { available: 0, held: 0, owed: 0 }
  const head = { opening: balances, closing: balances, firstSeq: 1, lastSeq: 3, count: 3, totals: [] }
  const period = { from: NOW - DAY_MS, to: NOW }
  const entry = (seq: number): Entry => ({
    ...{ seq, key: `k${seq}`, kind: 'grant', from: 'source:promo', to: 'available', credits: 1, grantId: 'g' },
    ...{ reference: 'g', at: NOW - DAY_MS, availableAfter: seq, heldAfter: 0, owedAfter: 0, memo: null },
  })

  test('is named after the days that it covers', () => {
    expect(csvName({ from: Date.parse('2026-10-31T17:00:00Z'), to: Date.parse('2026-11-30T17:00:00Z') })).toBe(
      'lumiku-credits_2026-11-01_2026-11-30.csv',
    )
  })

  test('asks for the next entries only when the last ones were taken, and no further than it covers', async () => {
    const asked: number[] = []
    const read = async (afterSeq: number) => {
      asked.push(afterSeq)
      return [entry(afterSeq + 1)]
    }
    const text = await new Response(statementCsv(period, head, read, 'en')).text()
    expect(asked).toEqual([0, 1, 2])
    expect(text.trimEnd().split('\r\n').slice(-3)).toEqual(
      [1, 2, 3].map((n) => `${n},2026-11-20 22:30:00,grant,g,source:promo,available,1,1,100,${n},0,0,`),
    )
  })

  test('that could not be read to its end breaks off: half a statement never looks whole', async () => {
    const read = async (afterSeq: number) => {
      if (afterSeq > 0) throw new Error('the object is away')
      return [entry(1)]
    }
    await expect(new Response(statementCsv(period, head, read, 'en')).text()).rejects.toThrow('the object is away')
  })
})
