import { and, eq, gt, lte, max } from 'drizzle-orm'
import type { Database } from '../db/client'
import { creditEntries } from '../db/tables/money'
import type { Check, Entry } from './types'

/** Rows compared at a time: 20,000 entries are 20 calls, of the 50 that the smallest plan allows a request. */
const PAGE_ENTRIES = 2_000
const MAX_NAMED = 5

/** The part of a user's object that this asks. */
type Ledger = {
  mirroredSeq(): Promise<number>
  entriesUpTo(afterSeq: number, lastSeq: number, limit: number): Promise<Entry[]>
}

type Row = typeof creditEntries.$inferSelect

/**
 * Whether D1's copy of a ledger is the ledger, row by row as far as the object knows it to be copied. It may lag; it may
 * not differ, and it may not know entries that the ledger does not have (which is how a cut-off end is found).
 */
export async function checkMirror(db: Database, ledger: Ledger, userId: string): Promise<Check> {
  const claim = 'the copy for reports says what the ledger says, as far as it has come'
  const broken: string[] = []
  // The copy's end is read first: meanwhile the ledger only grows, so a copy that is ahead of it is no race.
  const [copied] = await db
    .select({ seq: max(creditEntries.seq) })
    .from(creditEntries)
    .where(eq(creditEntries.userId, userId))
  const copiedSeq = copied?.seq ?? 0
  const lastSeq = Math.max(copiedSeq, await ledger.mirroredSeq())
  for (let after = 0; after < lastSeq && broken.length < MAX_NAMED; after += PAGE_ENTRIES) {
    const last = Math.min(after + PAGE_ENTRIES, lastSeq)
    const [entries, rows] = await Promise.all([
      ledger.entriesUpTo(after, last, PAGE_ENTRIES),
      db
        .select()
        .from(creditEntries)
        .where(and(eq(creditEntries.userId, userId), gt(creditEntries.seq, after), lte(creditEntries.seq, last))),
    ])
    broken.push(...differences(entries, rows, after, last))
  }
  const detail = broken.length === 0 ? null : broken.slice(0, MAX_NAMED).join('; ')
  return { id: 'I15', claim, ok: broken.length === 0, detail }
}

function differences(entries: Entry[], rows: Row[], after: number, last: number): string[] {
  const bySeq = new Map(rows.map((row) => [row.seq, row]))
  const known = new Map(entries.map((entry) => [entry.seq, entry]))
  const broken: string[] = []
  for (let seq = after + 1; seq <= last; seq++) {
    const entry = known.get(seq)
    const row = bySeq.get(seq)
    if (!entry) broken.push(`entry ${seq} is in the copy only`)
    else if (!row) broken.push(`entry ${seq} is missing in the copy`)
    else if (!isSame(entry, row)) broken.push(`entry ${seq} differs`)
  }
  return broken
}

const isSame = (entry: Entry, row: Row): boolean =>
  entry.kind === row.kind &&
  entry.from === row.fromAccount &&
  entry.to === row.toAccount &&
  entry.credits === row.credits &&
  entry.reference === row.reference &&
  entry.at === row.createdAt
