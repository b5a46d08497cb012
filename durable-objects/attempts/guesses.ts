import { assert } from '../../src/kernel/assert'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS

/** The longest wait after a wrong guess. Never a lock: whoever forgot a password can always try again. */
export const MAX_DELAY_MS = 15 * MINUTE_MS

/** `freeFailures` cost nothing; failures are forgotten when the last is `keptMs` old. */
export type GuessLimit = { freeFailures: number; keptMs: number }

export type Admission = { ok: true } | { ok: false; retryAfterMs: number }

type GuessRow = { failures: number; last_at: number; expires_at: number }

/** Wait after the n-th failure in ms: 0 while they are free, then 2, 4, 8 ... seconds up to 15 minutes. */
export const delayMs = (failures: number, freeFailures: number): number =>
  failures <= freeFailures ? 0 : Math.min(MAX_DELAY_MS, SECOND_MS * 2 ** Math.min(failures - freeFailures, 20))

export function createGuessTable(sql: SqlStorage): void {
  sql.exec(`CREATE TABLE IF NOT EXISTS guess(only INTEGER PRIMARY KEY CHECK(only = 1),
    failures INTEGER NOT NULL CHECK(failures > 0), last_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT`)
}

/**
 * Admits one guess and counts it as failed until it is known to be right: of a hundred guesses sent at once, all but the
 * free ones and one more are refused. A refused guess is not counted, so refusing never prolongs the wait.
 */
export function takeGuess(sql: SqlStorage, limit: GuessLimit, now: number): Admission {
  assert(limit.keptMs > MAX_DELAY_MS, 'failures are remembered for longer than the longest wait')
  const row = findGuess(sql)
  const seen = row && row.expires_at > now ? row : undefined
  const waitMs = seen ? seen.last_at + delayMs(seen.failures, limit.freeFailures) - now : 0
  if (waitMs > 0) return { ok: false, retryAfterMs: waitMs }
  sql.exec(
    `INSERT INTO guess(only, failures, last_at, expires_at) VALUES (1, ?, ?, ?) ON CONFLICT(only) DO UPDATE SET
       failures = excluded.failures, last_at = excluded.last_at, expires_at = excluded.expires_at`,
    (seen?.failures ?? 0) + 1,
    now,
    now + limit.keptMs,
  )
  return { ok: true }
}

/** Takes back the count of one guess: it was right, or its password was never looked at. */
export function giveBackGuess(sql: SqlStorage): void {
  sql.exec('DELETE FROM guess WHERE failures <= 1')
  sql.exec('UPDATE guess SET failures = failures - 1')
}

/** Forgets all failures. */
export function forgetGuesses(sql: SqlStorage): void {
  sql.exec('DELETE FROM guess')
}

const findGuess = (sql: SqlStorage) =>
  sql.exec<GuessRow>('SELECT failures, last_at, expires_at FROM guess').toArray()[0]
