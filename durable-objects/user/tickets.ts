import { TICKET_LIFETIME_MS } from '../../src/kernel/limits'
import { first } from './rows'

/** Keeps the hash of a one-time ticket for the live socket. Old ones go on the way. */
export function keepTicket(sql: SqlStorage, hash: string, sessionId: string, now: number): void {
  sql.exec('DELETE FROM ticket WHERE expires_at <= ?', now)
  sql.exec(
    'INSERT INTO ticket(hash, session_id, expires_at) VALUES (?, ?, ?)',
    hash,
    sessionId,
    now + TICKET_LIFETIME_MS,
  )
}

/** The session of a ticket, which is spent by asking; null when it is unknown, used or too old. */
export function takeTicket(sql: SqlStorage, hash: string, now: number): string | null {
  const row = first<{ session_id: string; expires_at: number }>(
    sql,
    'DELETE FROM ticket WHERE hash = ? RETURNING session_id, expires_at',
    hash,
  )
  return row && row.expires_at > now ? row.session_id : null
}
