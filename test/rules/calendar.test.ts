import { describe, expect, test } from 'vitest'
import { addMonths, addMonthsSince, wibMonth } from '../../src/kernel/calendar'

const HOUR_MS = 3_600_000
/** A moment by the clocks of Jakarta; months count from 1. */
const wib = (year: number, month: number, day: number, hour = 0) => Date.UTC(year, month - 1, day, hour) - 7 * HOUR_MS
const shown = (at: number) => new Date(at + 7 * HOUR_MS).toISOString().slice(0, 16)

describe('a month later', () => {
  test.each([
    ['2026-11-20T12:00', 1, '2026-12-20T12:00'],
    ['2026-12-31T23:00', 1, '2027-01-31T23:00'],
    ['2027-01-31T08:00', 1, '2027-02-28T08:00'],
    ['2028-01-31T08:00', 1, '2028-02-29T08:00'],
    ['2027-01-29T08:00', 1, '2027-02-28T08:00'],
    ['2027-03-31T08:00', 1, '2027-04-30T08:00'],
    ['2027-02-28T08:00', 1, '2027-03-28T08:00'],
    ['2026-11-20T12:00', 12, '2027-11-20T12:00'],
    ['2028-02-29T12:00', 12, '2029-02-28T12:00'],
    ['2028-02-29T12:00', 48, '2032-02-29T12:00'],
    ['2027-01-31T08:00', 13, '2028-02-29T08:00'],
  ])('%s and %i: %s', (from, months, to) => {
    expect(shown(addMonths(Date.parse(`${from}:00+07:00`), months))).toBe(to)
  })

  test('the day is that of Jakarta, where it is tomorrow already when it is evening in UTC', () => {
    const at = Date.UTC(2027, 0, 30, 17, 30)
    expect(shown(at)).toBe('2027-01-31T00:30')
    expect(new Date(addMonths(at, 1)).toISOString()).toBe('2027-02-27T17:30:00.000Z')
  })

  test('milliseconds stay', () => {
    expect(addMonths(wib(2027, 5, 5) + 123, 1)).toBe(wib(2027, 6, 5) + 123)
  })

  test('a year of months ends on the day it began, whichever day that was', () => {
    for (let day = 0; day < 366; day++) {
      const from = wib(2027, 1, 1, 9) + day * 24 * HOUR_MS
      let at = from
      for (let month = 0; month < 12; month++) at = addMonthsSince(from, at, 1)
      expect(shown(at)).toBe(shown(addMonths(from, 12)))
    }
  })
})

describe('months after a first day', () => {
  test('a short month on the way does not make the later ones short', () => {
    const first = wib(2027, 1, 31, 8)
    const ends = [1, 2, 3].map((months) => addMonths(first, months))
    expect(ends.map(shown)).toEqual(['2027-02-28T08:00', '2027-03-31T08:00', '2027-04-30T08:00'])
    expect(addMonthsSince(first, ends[0]!, 1)).toBe(ends[1])
    expect(addMonthsSince(first, ends[1]!, 1)).toBe(ends[2])
  })

  test('a day that is not months after it counts for itself', () => {
    const moved = wib(2027, 3, 3, 8)
    expect(shown(addMonthsSince(wib(2027, 1, 31, 8), moved, 1))).toBe('2027-04-03T08:00')
  })
})

test('a statement’s month is a month of Jakarta', () => {
  const { from, to } = wibMonth(wib(2027, 2, 28, 23))
  expect([shown(from), shown(to)]).toEqual(['2027-02-01T00:00', '2027-03-01T00:00'])
  expect(wibMonth(from)).toEqual({ from, to })
  expect(wibMonth(to).from).toBe(to)
  expect(wibMonth(from - 1)).toEqual({ from: wib(2027, 1, 1), to: from })
})
