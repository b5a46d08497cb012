import { describe, expect, test } from 'vitest'
import { checkAfterFailure, isHopeless, nextCheck } from '../../src/payments/next-check'
import { DAY_MS, HOUR_MS, MINUTE_MS, T0 } from '../support/jobs'

const pending = { status: 'pending' as const, createdAt: T0, paidAt: null }

/** Ages in minutes at which an order is asked about that nobody ever pays. */
function visits(): number[] {
  const ages: number[] = []
  for (let at: number | null = T0; at !== null; ) {
    at = nextCheck(pending, false, at)
    if (at !== null) ages.push((at - T0) / MINUTE_MS)
  }
  return ages
}

describe('when an order is asked about again', () => {
  test('unpaid: at 15 and 30 minutes, at 1, 2, 4 ... hours, and a last time after a week', () => {
    expect(visits()).toEqual([15, 30, 60, 120, 240, 480, 960, 1_920, 3_840, 7_680, 7 * 24 * 60])
    expect(isHopeless(pending, T0 + 7 * DAY_MS)).toBe(true)
    expect(isHopeless(pending, T0 + 7 * DAY_MS - 1)).toBe(false)
  })

  test('the plan depends on the order’s age alone: asking late or twice moves no later visit', () => {
    expect(nextCheck(pending, false, T0 + 15 * MINUTE_MS + 1)).toBe(T0 + 30 * MINUTE_MS)
    expect(nextCheck(pending, false, T0 + 29 * MINUTE_MS)).toBe(T0 + 30 * MINUTE_MS)
    expect(nextCheck(pending, false, T0 - HOUR_MS)).toBe(T0 + 15 * MINUTE_MS)
  })

  test('when news is expected, once more in half a minute', () => {
    const now = T0 + 2 * MINUTE_MS
    expect(nextCheck(pending, true, now)).toBe(now + 30_000)
    expect(nextCheck(pending, true, T0 + 15 * MINUTE_MS - 1)).toBe(T0 + 15 * MINUTE_MS)
  })

  test('paid: once more ten minutes after, and then when somebody tells us', () => {
    const paid = { status: 'paid' as const, createdAt: T0, paidAt: T0 + HOUR_MS }
    expect(nextCheck(paid, false, T0 + HOUR_MS)).toBe(T0 + HOUR_MS + 10 * MINUTE_MS)
    expect(nextCheck(paid, true, T0 + HOUR_MS + 10 * MINUTE_MS)).toBeNull()
  })

  test.each(['expired', 'failed', 'cancelled', 'refunded', 'partially_refunded', 'charged_back'] as const)(
    '%s: when somebody tells us',
    (status) => {
      expect(nextCheck({ ...pending, status }, true, T0)).toBeNull()
    },
  )

  test('without an answer: after a minute, then ever later, never later than an hour', () => {
    const waits = [1, 2, 3, 4, 7, 8, 50, 1e9].map((failures) => (checkAfterFailure(failures, T0) - T0) / MINUTE_MS)
    expect(waits).toEqual([1, 2, 4, 8, 60, 60, 60, 60])
  })
})
