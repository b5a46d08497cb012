/** Western Indonesian Time is UTC+7 all year. */
export const WIB_OFFSET_MS = 7 * 3_600_000
export const DAY_MS = 24 * 3_600_000

/** Number of the WIB day that `at` (ms) falls in, counted from 1970. */
export const wibDay = (at: number): number => Math.floor((at + WIB_OFFSET_MS) / DAY_MS)

/** First moment (ms) of a WIB day by its number. */
export const startOfWibDay = (day: number): number => day * DAY_MS - WIB_OFFSET_MS

/** A WIB day by its number as it is written, `2026-11-30`. */
export const wibDate = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

/**
 * The same day and time of day `months` later, by the calendar of Jakarta; the last day of a shorter month stands for
 * the days it does not have (31 January + 1 = 28 or 29 February).
 */
export function addMonths(at: number, months: number): number {
  const local = new Date(at + WIB_OFFSET_MS)
  const day = local.getUTCDate()
  local.setUTCDate(1)
  local.setUTCMonth(local.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0)).getUTCDate()
  local.setUTCDate(Math.min(day, lastDay))
  return local.getTime() - WIB_OFFSET_MS
}

/**
 * `months` after `at`, which is itself some months after `anchor`: counted from there, so that a short month on the
 * way does not make all later ones short (31 January, 28 February, 31 March). Counted from `at` when it is no such day.
 */
export function addMonthsSince(anchor: number, at: number, months: number): number {
  const passed = monthNumber(at) - monthNumber(anchor)
  return addMonths(anchor, passed) === at ? addMonths(anchor, passed + months) : addMonths(at, months)
}

/** Months since the year 0, in Jakarta. */
function monthNumber(at: number): number {
  const local = new Date(at + WIB_OFFSET_MS)
  return local.getUTCFullYear() * 12 + local.getUTCMonth()
}

/** Start of the WIB month that `at` (ms) falls in, and of the one after it. */
export function wibMonth(at: number): { from: number; to: number } {
  const local = new Date(at + WIB_OFFSET_MS)
  const first = (offset: number) => Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + offset, 1) - WIB_OFFSET_MS
  return { from: first(0), to: first(1) }
}
