import { all, first } from '../user/rows'
import { WINDOW_MS } from './circuit'
import type { Meter } from './meter'
import type { ProviderStatus, SettleAsk } from './types'

const BUCKET_MS = 5_000
const HOUR_MS = 60 * 60_000
const DURATIONS_KEPT = 200
const ERRORS_KEPT = 20
const MAX_DETAIL_CHARACTERS = 300

const bucketOf = (now: number): number => now - (now % BUCKET_MS)

/** Counts one admission. */
export const countAdmission = (sql: SqlStorage, now: number): void => {
  sql.exec(
    'INSERT INTO bucket(start, admitted) VALUES (?, 1) ON CONFLICT(start) DO UPDATE SET admitted = admitted + 1',
    bucketOf(now),
  )
}

/**
 * Admissions of the last minute, at least: a bucket counts until its last moment is a minute old, so that no 60 seconds
 * ever see more than the limit. `freeAt` is when the oldest of them stop counting.
 */
export function recentAdmissions(sql: SqlStorage, now: number): { count: number; freeAt: number } {
  const row = first<{ count: number; oldest: number | null }>(
    sql,
    'SELECT COALESCE(SUM(admitted), 0) AS count, MIN(start) AS oldest FROM bucket WHERE start > ? AND admitted > 0',
    now - WINDOW_MS - BUCKET_MS,
  )
  return { count: row?.count ?? 0, freeAt: (row?.oldest ?? now) + WINDOW_MS + BUCKET_MS }
}

/** Counts one outcome, for the hour's figures and, if `isHeard`, for the circuit. A picture that was called off is neither. */
export function countOutcome(sql: SqlStorage, { vote, outcome }: SettleAsk, isHeard: boolean, now: number): void {
  sql.exec('DELETE FROM bucket WHERE start < ?', now - HOUR_MS - BUCKET_MS)
  if (outcome === 'CANCELLED') return
  const isCall = isHeard && vote !== 'trip'
  const values = [outcome === 'ok', outcome !== 'ok', isCall, isCall && vote === 'count'].map(Number)
  sql.exec(
    `INSERT INTO bucket(start, ok, failed, calls, counted) VALUES (?, ?, ?, ?, ?) ON CONFLICT(start) DO UPDATE SET
       ok = ok + excluded.ok, failed = failed + excluded.failed, calls = calls + excluded.calls,
       counted = counted + excluded.counted`,
    bucketOf(now),
    ...values,
  )
}

/** What the circuit judges by: calls of the last minute since it was last closed. */
export function recentCalls(sql: SqlStorage, { window_from }: Meter, now: number): { calls: number; counted: number } {
  const since = Math.max(window_from, now - WINDOW_MS)
  const row = first<{ calls: number; counted: number }>(
    sql,
    'SELECT COALESCE(SUM(calls), 0) AS calls, COALESCE(SUM(counted), 0) AS counted FROM bucket WHERE start >= ?',
    since,
  )
  return row ?? { calls: 0, counted: 0 }
}

/** Keeps how long a picture took; the median is kept at hand for those who ask when to come again. */
export function keepDuration(sql: SqlStorage, meter: Meter, tookMs: number): Meter {
  const n = meter.durations_seen % DURATIONS_KEPT
  sql.exec('INSERT OR REPLACE INTO duration(n, took_ms) VALUES (?, ?)', n, Math.round(tookMs))
  return { ...meter, durations_seen: meter.durations_seen + 1, median_ms: percentiles(sql).p50Ms }
}

export function keepError(sql: SqlStorage, meter: Meter, { outcome, detail }: SettleAsk, now: number): Meter {
  sql.exec(
    'INSERT OR REPLACE INTO failure(n, at, code, detail) VALUES (?, ?, ?, ?)',
    ...[meter.errors_seen % ERRORS_KEPT, now, outcome, detail.slice(0, MAX_DETAIL_CHARACTERS)],
  )
  return { ...meter, errors_seen: meter.errors_seen + 1 }
}

export type Figures = Pick<ProviderStatus, 'p50Ms' | 'p90Ms' | 'lastHour' | 'lastErrors'>

export function figures(sql: SqlStorage, now: number): Figures {
  const lastHour = first<{ ok: number; failed: number }>(
    sql,
    'SELECT COALESCE(SUM(ok), 0) AS ok, COALESCE(SUM(failed), 0) AS failed FROM bucket WHERE start > ?',
    now - HOUR_MS,
  )
  const lastErrors = all<{ at: number; code: string; detail: string; n: number }>(
    sql,
    'SELECT n, at, code, detail FROM failure ORDER BY at DESC, n DESC',
  )
  return {
    ...percentiles(sql),
    lastHour: lastHour ?? { ok: 0, failed: 0 },
    lastErrors: lastErrors.map(({ at, code, detail }) => ({ at, code, detail })),
  }
}

/** Nearest rank: a time that was really taken. */
function percentiles(sql: SqlStorage): { p50Ms: number | null; p90Ms: number | null } {
  const sorted = all<{ took_ms: number }>(sql, 'SELECT took_ms FROM duration ORDER BY took_ms')
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]?.took_ms ?? null
  return { p50Ms: at(0.5), p90Ms: at(0.9) }
}
