import { z } from '@hono/zod-openapi'
import { WIB_OFFSET_MS, wibMonth } from '../kernel/calendar'

const DAY_MS = 24 * 3_600_000
const MAX_STATEMENT_DAYS = 366

/** `from <= at < to`, in ms. */
export type Period = { from: number; to: number }

/** A day of Jakarta, or a moment with its offset. */
export const DayOrTime = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'must be a date (2026-11-30) or a time with its offset')
  .openapi({ type: 'string', example: '2026-11-01' })

/**
 * The period that a statement is asked for: a `to` that is a day includes that day, one that is a time does not include
 * that moment. What is missing is the WIB month of the other, or of `now`. An empty or a too long period is told as
 * the rule that it breaks.
 */
export function periodOf(asked: { from?: string | undefined; to?: string | undefined }, now: number): Period | string {
  const from = asked.from === undefined ? undefined : momentOf(asked.from, 0)
  const to = asked.to === undefined ? undefined : momentOf(asked.to, DAY_MS)
  const period = {
    from: from ?? wibMonth(to === undefined ? now : to - 1).from,
    to: to ?? wibMonth(from ?? now).to,
  }
  if (period.from >= period.to) return 'must be after from'
  if (period.to - period.from > MAX_STATEMENT_DAYS * DAY_MS)
    return `must be at most ${MAX_STATEMENT_DAYS} days after from`
  return period
}

const momentOf = (text: string, addedToDayMs: number): number =>
  text.includes('T') ? Date.parse(text) : Date.parse(`${text}T00:00:00+07:00`) + addedToDayMs

/** A moment by Jakarta's clock, `2026-11-30 23:59:59`. */
export const wibTime = (at: number): string => new Date(at + WIB_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')

/** The first and the last day of a period in Jakarta, `2026-11-30`. */
export const wibDays = ({ from, to }: Period): { first: string; last: string } => ({
  first: wibTime(from).slice(0, 10),
  last: wibTime(to - 1).slice(0, 10),
})
