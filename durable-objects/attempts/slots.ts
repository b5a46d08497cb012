import { assert } from '../../src/kernel/assert'
import type { Admission } from './guesses'

/** At most `max` in any `windowMs`. */
export type SlotLimit = { max: number; windowMs: number }

export function createSlotTable(sql: SqlStorage): void {
  sql.exec('CREATE TABLE IF NOT EXISTS slot(id INTEGER PRIMARY KEY, expires_at INTEGER NOT NULL) STRICT')
}

/** Takes one slot of a sliding window, or says when the next is free. A refusal takes nothing. */
export function takeSlot(sql: SqlStorage, limit: SlotLimit, now: number): Admission {
  assert(limit.max > 0 && limit.windowMs > 0, 'a window has room for somebody')
  sql.exec('DELETE FROM slot WHERE expires_at <= ?', now)
  const taken = sql.exec<{ expires_at: number }>('SELECT expires_at FROM slot ORDER BY expires_at').toArray()
  // The limit may have been lowered since: wait until enough have gone, not only the first.
  const next = taken[taken.length - limit.max]
  if (next) return { ok: false, retryAfterMs: next.expires_at - now }
  sql.exec('INSERT INTO slot(expires_at) VALUES (?)', now + limit.windowMs)
  return { ok: true }
}
