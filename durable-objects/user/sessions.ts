import { assert } from '../../src/kernel/assert'
import { all, first } from './rows'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/** Devices signed in at once; the one used longest ago makes room. */
export const MAX_LIVE_SESSIONS = 10
/** A session ends when nobody refreshed it for this long. */
export const SESSION_LIFETIME_MS = 30 * DAY_MS
/** Two tabs refresh with the same token within a breath: for this long the second gets what the first got. */
export const ROTATION_GRACE_MS = 10 * SECOND_MS
/** A revoked row is kept this long, so that its end can be explained. A forgotten one is refused just the same. */
const REVOKED_KEPT_MS = DAY_MS

/** A device that is signed in. Times in ms since the epoch. */
export type SessionView = { id: string; userAgent: string; createdAt: number; lastUsedAt: number; expiresAt: number }

export type SessionAsk = { id: string; refreshHash: string; userAgent: string }
export type RotationAsk = { id: string; presentedHash: string; successorHash: string }
export type RotationAnswer =
  | { ok: true; session: SessionView }
  | { ok: false; code: 'UNKNOWN' | 'EXPIRED' | 'REVOKED' | 'REUSED' }

type SessionRow = {
  id: string
  refresh_hash: string
  parent_hash: string | null
  parent_until: number | null
  user_agent: string
  created_at: number
  last_used_at: number
  expires_at: number
  revoked_at: number | null
}

/** Opens a session under an id that the caller chose; the same ask again answers the session already there. */
export function openSession(sql: SqlStorage, ask: SessionAsk, now: number): SessionView {
  const seen = find(sql, ask.id)
  if (seen) {
    assert(seen.refresh_hash === ask.refreshHash, 'a session id is used for one session')
    return viewOf(seen)
  }
  sql.exec('DELETE FROM session WHERE expires_at <= ? OR revoked_at <= ?', now, now - REVOKED_KEPT_MS)
  sql.exec(
    `INSERT INTO session(id, refresh_hash, user_agent, created_at, last_used_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
    ask.id,
    ask.refreshHash,
    ask.userAgent,
    now,
    now,
    now + SESSION_LIFETIME_MS,
  )
  sql.exec(
    `UPDATE session SET revoked_at = ? WHERE revoked_at IS NULL AND id <> ? AND id NOT IN (
       SELECT id FROM session WHERE revoked_at IS NULL AND id <> ? ORDER BY last_used_at DESC, id DESC LIMIT ?)`,
    now,
    ask.id,
    ask.id,
    MAX_LIVE_SESSIONS - 1,
  )
  return viewOf(known(sql, ask.id))
}

/**
 * Trades a refresh token for its successor (RFC 9700 section 4.14.2). Only the newest token may do that, and for 10 s
 * its immediate parent, which gets the same successor. Any other token of the session was used before: somebody has a
 * copy, nobody can tell who, so the session ends for both. The caller has checked that we issued the token.
 */
export function rotateSession(sql: SqlStorage, ask: RotationAsk, now: number): RotationAnswer {
  const row = find(sql, ask.id)
  if (!row) return { ok: false, code: 'UNKNOWN' }
  if (row.revoked_at !== null) return { ok: false, code: 'REVOKED' }
  if (row.expires_at <= now) return { ok: false, code: 'EXPIRED' }
  if (ask.presentedHash === row.refresh_hash) {
    sql.exec(
      `UPDATE session SET refresh_hash = ?, parent_hash = ?, parent_until = ?, last_used_at = ?, expires_at = ? WHERE id = ?`,
      ask.successorHash,
      ask.presentedHash,
      now + ROTATION_GRACE_MS,
      now,
      now + SESSION_LIFETIME_MS,
      ask.id,
    )
    return { ok: true, session: viewOf(known(sql, ask.id)) }
  }
  const inGrace = ask.presentedHash === row.parent_hash && row.parent_until !== null && now < row.parent_until
  if (inGrace && ask.successorHash === row.refresh_hash) return { ok: true, session: viewOf(row) }
  revokeSession(sql, ask.id, now)
  return { ok: false, code: 'REUSED' }
}

/** Ends a session. False when no live session has this id. */
export function revokeSession(sql: SqlStorage, id: string, now: number): boolean {
  if (!isSessionAlive(sql, id, now)) return false
  sql.exec('UPDATE session SET revoked_at = ? WHERE id = ?', now, id)
  return true
}

/** Ends every live session but `keepId` (null: all of them). Answers the ids it ended. */
export function revokeOtherSessions(sql: SqlStorage, keepId: string | null, now: number): string[] {
  const others = listSessions(sql, now).filter((session) => session.id !== keepId)
  for (const { id } of others) revokeSession(sql, id, now)
  return others.map(({ id }) => id)
}

/** The live sessions, last used first. */
export const listSessions = (sql: SqlStorage, now: number): SessionView[] =>
  all<SessionRow>(
    sql,
    'SELECT * FROM session WHERE revoked_at IS NULL AND expires_at > ? ORDER BY last_used_at DESC, id DESC',
    now,
  ).map(viewOf)

/** Whether an access token of this session still counts. */
export function isSessionAlive(sql: SqlStorage, id: string, now: number): boolean {
  const row = find(sql, id)
  return row !== undefined && row.revoked_at === null && row.expires_at > now
}

const find = (sql: SqlStorage, id: string) => first<SessionRow>(sql, 'SELECT * FROM session WHERE id = ?', id)

function known(sql: SqlStorage, id: string): SessionRow {
  const row = find(sql, id)
  assert(row, 'the session was just written')
  return row
}

const viewOf = (row: SessionRow): SessionView => ({
  id: row.id,
  userAgent: row.user_agent,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
})
