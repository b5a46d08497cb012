import { ID_PREFIXES } from '../../src/kernel/ids'
import { EVENTS_KEPT, EVENTS_KEPT_MS } from '../../src/kernel/limits'
import type { EventData, EventType, LiveEvent } from '../../src/progress/events'
import { all, number } from './rows'

type EventRow = { seq: number; at: number; type: string; generation_id: string | null; data: string }

export const latestSeq = (sql: SqlStorage): number => number(sql, 'SELECT COALESCE(MAX(seq), 0) FROM event')

/** Appends to the user's log, in the same transaction as the change that it tells of. Numbers have no gaps. */
export function appendEvent(
  sql: SqlStorage,
  type: EventType,
  generationId: string | null,
  data: EventData,
  now: number,
): void {
  sql.exec(
    'INSERT INTO event(seq, at, type, generation_id, data) VALUES (?, ?, ?, ?, ?)',
    ...[latestSeq(sql) + 1, now, type, generationId, JSON.stringify(data)],
  )
}

/** A shoot's id under the name that clients know; that of any other job as `jobId`. */
const idOf = (id: string) => (id.startsWith(`${ID_PREFIXES.generation}_`) ? { generationId: id } : { jobId: id })

/** Events after `seq`, in order; null when some of them were trimmed and the client must start over from a snapshot. */
export function eventsAfter(sql: SqlStorage, seq: number, limit: number): LiveEvent[] | null {
  const oldest = number(sql, 'SELECT COALESCE(MIN(seq), 1) FROM event')
  if (seq < oldest - 1 || seq > latestSeq(sql)) return null
  const rows = all<EventRow>(sql, 'SELECT * FROM event WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
  return rows.map((row) => ({
    seq: row.seq,
    v: 1,
    type: row.type as EventType,
    ...(row.generation_id !== null && idOf(row.generation_id)),
    at: new Date(row.at).toISOString(),
    data: JSON.parse(row.data) as EventData,
  }))
}

/** Forgets events that are both old and many; never the newest, which carries the numbering. */
export function trimEvents(sql: SqlStorage, now: number): void {
  const upTo = latestSeq(sql) - EVENTS_KEPT
  if (upTo > 0) sql.exec('DELETE FROM event WHERE seq <= ? AND at < ?', upTo, now - EVENTS_KEPT_MS)
}
