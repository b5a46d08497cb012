import { IDEMPOTENCY_KEPT_MS } from '../../src/kernel/limits'
import { first } from './rows'

export type IdempotencyAsk = { route: string; key: string; fingerprint: string }

/** What is known of a key: nothing yet, its first answer, or that it was spent on another request. */
export type Replay = { known: false } | { known: true; same: true; answer: string } | { known: true; same: false }

export function findReplay(sql: SqlStorage, ask: IdempotencyAsk): Replay {
  const row = first<{ fingerprint: string; answer: string }>(
    sql,
    'SELECT fingerprint, answer FROM idempotency WHERE route = ? AND key = ?',
    ask.route,
    ask.key,
  )
  if (!row) return { known: false }
  return row.fingerprint === ask.fingerprint
    ? { known: true, same: true, answer: row.answer }
    : { known: true, same: false }
}

/** Keeps the answer, in the same transaction as the work. Refusals are not kept: they changed nothing. */
export const keepAnswer = (sql: SqlStorage, ask: IdempotencyAsk, answer: string, now: number): void => {
  sql.exec(
    'INSERT INTO idempotency(route, key, fingerprint, answer, created_at) VALUES (?, ?, ?, ?, ?)',
    ...[ask.route, ask.key, ask.fingerprint, answer, now],
  )
}

export const trimAnswers = (sql: SqlStorage, now: number): void => {
  sql.exec('DELETE FROM idempotency WHERE created_at < ?', now - IDEMPOTENCY_KEPT_MS)
}
