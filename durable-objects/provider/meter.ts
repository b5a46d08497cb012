import { assert } from '../../src/kernel/assert'
import { first } from '../user/rows'

/** The one row of the provider's own numbers; see schema.ts for what each is. Times in ms, money in micro-USD. */
export type Meter = {
  max_slots: number
  slots_cut: number
  successes: number
  halved_at: number
  paused_until: number
  epoch: number
  streak: number
  open_until: number | null
  open_ms: number
  probe_oks: number
  down_since: number | null
  window_from: number
  spend_day: number
  spent: number
  durations_seen: number
  errors_seen: number
  median_ms: number | null
}

export function readMeter(sql: SqlStorage): Meter {
  const row = first<Meter & { only: number }>(sql, 'SELECT * FROM meter')
  assert(row, 'a provider has one meter')
  const { only: _, ...meter } = row
  return meter
}

/** Writes what has changed; nothing when nothing has. */
export function writeMeter(sql: SqlStorage, before: Meter, after: Meter): void {
  const changed = (Object.keys(after) as (keyof Meter)[]).filter((column) => after[column] !== before[column])
  if (changed.length === 0) return
  const values = changed.map((column) => after[column])
  sql.exec(`UPDATE meter SET ${changed.map((column) => `${column} = ?`).join(', ')}`, ...values)
}
