import type { Balances, EntryKind } from '../../src/credits/types'
import { all, first, number } from './rows'

/** `from <= at < to` in ms. `upTo` is the `lastSeq` of an earlier answer: then this one is the same again. */
export type StatementAsk = { from: number; to: number; upTo?: number | undefined }

/** `credits` were moved by the entries of a kind, `change` of them in or out of what the user has. */
export type KindTotal = { kind: EntryKind; count: number; credits: number; change: number }

export type StatementHead = {
  opening: Balances
  closing: Balances
  firstSeq: number
  lastSeq: number
  count: number
  totals: KindTotal[]
}

type AfterRow = { available_after: number; held_after: number; owed_after: number }

const OWN = `('available', 'held', 'receivable')`

/**
 * Balances before and after the entries of a period, and what of each kind there was. `lastSeq` fixes what the
 * statement covers: entries written while it is read are not in it.
 *
 * A period is the entries between two cuts, and a cut is the last entry before a moment. So even when the clock stepped
 * back, periods that meet share no entry, miss none, and one closes with what the next opens with.
 */
export function statementHead(
  sql: SqlStorage,
  { from, to, upTo = Number.MAX_SAFE_INTEGER }: StatementAsk,
): StatementHead {
  const before = lastBefore(sql, from, upTo)
  const lastSeq = Math.max(before, lastBefore(sql, to, upTo))
  return {
    opening: balancesAt(sql, before),
    closing: balancesAt(sql, lastSeq),
    firstSeq: before + 1,
    lastSeq,
    count: lastSeq - before,
    totals: all<KindTotal>(
      sql,
      `SELECT kind, COUNT(*) AS count, SUM(credits) AS credits,
         SUM(credits * ((to_account IN ${OWN}) - (from_account IN ${OWN}))) AS change
       FROM entry WHERE seq > ? AND seq <= ? GROUP BY kind ORDER BY kind`,
      ...[before, lastSeq],
    ),
  }
}

/** Read from the newest backwards: what is asked for is nearly always near. */
const lastBefore = (sql: SqlStorage, at: number, upTo: number): number =>
  number(
    sql,
    'SELECT COALESCE((SELECT seq FROM entry WHERE at < ? AND seq <= ? ORDER BY seq DESC LIMIT 1), 0)',
    ...[at, upTo],
  )

function balancesAt(sql: SqlStorage, seq: number): Balances {
  const row = first<AfterRow>(sql, 'SELECT * FROM entry WHERE seq = ?', seq)
  return { available: row?.available_after ?? 0, held: row?.held_after ?? 0, owed: row?.owed_after ?? 0 }
}
