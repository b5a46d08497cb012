import type { Balances, EntryKind } from '../../src/credits/types'
import { all, first, number } from './rows'

export type StatementHead = {
  opening: Balances
  closing: Balances
  firstSeq: number
  lastSeq: number
  count: number
  totals: { kind: EntryKind; credits: number }[]
}

type AfterRow = { seq: number; available_after: number; held_after: number; owed_after: number }

/**
 * Balances before and after the entries of `from <= at < to` (ms), and what of each kind there was. `lastSeq` fixes
 * what the statement covers: entries written while it is read are not in it. Entries are in order of time as long as
 * the clock does not step back; a period is therefore a range of numbers, taken at its outermost entries.
 */
export function statementHead(sql: SqlStorage, from: number, to: number): StatementHead {
  const range = first<{ low: number | null; high: number | null }>(
    sql,
    'SELECT MIN(seq) AS low, MAX(seq) AS high FROM entry WHERE at >= ? AND at < ?',
    ...[from, to],
  )!
  const before = number(sql, 'SELECT COALESCE(MAX(seq), 0) FROM entry WHERE at < ?', from)
  const [low, high] = [range.low ?? before + 1, range.high ?? before]
  return {
    opening: balancesAt(sql, low - 1),
    closing: balancesAt(sql, high),
    firstSeq: low,
    lastSeq: high,
    count: Math.max(0, high - low + 1),
    totals: all<{ kind: EntryKind; credits: number }>(
      sql,
      'SELECT kind, SUM(credits) AS credits FROM entry WHERE seq BETWEEN ? AND ? GROUP BY kind ORDER BY kind',
      ...[low, high],
    ),
  }
}

function balancesAt(sql: SqlStorage, seq: number): Balances {
  const row = first<AfterRow>(sql, 'SELECT * FROM entry WHERE seq = ?', seq)
  return { available: row?.available_after ?? 0, held: row?.held_after ?? 0, owed: row?.owed_after ?? 0 }
}
