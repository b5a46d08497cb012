import { createHash } from 'node:crypto'
import type { Account, Balances, Entry, EntryKind, Memo } from '../../src/credits/types'
import { all, first } from './rows'

export type Posting = {
  key: string
  kind: EntryKind
  from: Account
  to: Account
  credits: number
  grantId: string
  reference: string
  memo?: Memo
}

type Last = { seq: number; hash: string; available_after: number; held_after: number; owed_after: number }
const GENESIS: Last = { seq: 0, hash: '', available_after: 0, held_after: 0, owed_after: 0 }

const lastEntry = (sql: SqlStorage): Last =>
  first<Last>(sql, 'SELECT seq, hash, available_after, held_after, owed_after FROM entry ORDER BY seq DESC LIMIT 1') ??
  GENESIS

/** Appends one entry. Throws when its key was used before: what happens once is decided by the caller, first. */
export function post(sql: SqlStorage, posting: Posting, now: number): void {
  const last = lastEntry(sql)
  const change = (account: Account) =>
    (posting.to === account ? posting.credits : 0) - (posting.from === account ? posting.credits : 0)
  const entry: Entry = {
    ...posting,
    seq: last.seq + 1,
    at: now,
    availableAfter: last.available_after + change('available'),
    heldAfter: last.held_after + change('held'),
    owedAfter: last.owed_after - change('receivable'),
    memo: posting.memo ?? null,
  }
  sql.exec(
    `INSERT INTO entry(seq, key, kind, from_account, to_account, credits, grant_id, reference, at, available_after,
       held_after, owed_after, memo, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[entry.seq, entry.key, entry.kind, entry.from, entry.to, entry.credits, entry.grantId, entry.reference],
    ...[entry.at, entry.availableAfter, entry.heldAfter, entry.owedAfter, memoText(entry.memo)],
    ...[last.hash, entryHash(last.hash, entry)],
  )
}

/** Fixed order of fields: the hash covers this very text. */
const memoText = (memo: Memo | null): string | null =>
  memo && JSON.stringify({ actor: memo.actor, requestId: memo.requestId, reason: memo.reason })

/**
 * SHA-256 over the previous entry's hash and every field of this one, in this order, joined by line feeds. What is owed
 * and the memo are appended only when there is one: entries older than these fields keep their hash.
 */
export const entryHash = (previousHash: string, entry: Entry): string =>
  createHash('sha256')
    .update(
      [previousHash, entry.seq, entry.key, entry.kind, entry.from, entry.to, entry.credits, entry.grantId]
        .concat([entry.reference, entry.at, entry.availableAfter, entry.heldAfter])
        .concat(entry.owedAfter > 0 || entry.memo ? [entry.owedAfter, memoText(entry.memo) ?? ''] : [])
        .join('\n'),
    )
    .digest('hex')

/** Running balances after the last entry. */
export function lastBalances(sql: SqlStorage): Balances {
  const { available_after, held_after, owed_after } = lastEntry(sql)
  return { available: available_after, held: held_after, owed: owed_after }
}

export type EntryRow = Record<'key' | 'kind' | 'from_account' | 'to_account' | 'grant_id' | 'reference', string> &
  Record<'seq' | 'credits' | 'at' | 'available_after' | 'held_after' | 'owed_after', number> &
  Record<'previous_hash' | 'hash', string> & { memo: string | null }

export const toEntry = (row: EntryRow): Entry => ({
  seq: row.seq,
  key: row.key,
  kind: row.kind as EntryKind,
  from: row.from_account as Account,
  to: row.to_account as Account,
  credits: row.credits,
  grantId: row.grant_id,
  reference: row.reference,
  at: row.at,
  availableAfter: row.available_after,
  heldAfter: row.held_after,
  owedAfter: row.owed_after,
  memo: row.memo === null ? null : (JSON.parse(row.memo) as Memo),
})

/** Entries with seq below `before`, newest first. */
export const entriesBefore = (sql: SqlStorage, before: number, limit: number): Entry[] =>
  all<EntryRow>(sql, 'SELECT * FROM entry WHERE seq < ? ORDER BY seq DESC LIMIT ?', before, limit).map(toEntry)

/** Entries with seq above `after` and up to `last`, oldest first. */
export const entriesAfter = (sql: SqlStorage, after: number, limit: number, last = Number.MAX_SAFE_INTEGER): Entry[] =>
  all<EntryRow>(sql, 'SELECT * FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?', after, last, limit).map(
    toEntry,
  )
