import type { StatementHead } from '../../durable-objects/user/statement'
import { toEntry } from './entry-view'
import { RUPIAH_PER_CREDIT } from './prices'
import { type Period, wibDays, wibTime } from './statement-period'
import type { Balances, Entry } from './types'

/** Excel reads UTF-8 as such only after this mark; others skip it. */
const BYTE_ORDER_MARK = '\uFEFF'
const COLUMNS = [
  ...(['seq', 'time (WIB)', 'kind', 'reference', 'from', 'to', 'credits', 'change', 'change (Rp)'] as const),
  ...(['available', 'held', 'owed', 'reason'] as const),
]
/** Entries fetched and sent at a time: a year of a busy shop never stands in memory. */
const PAGE_ENTRIES = 500

type Cell = string | number

/** What the user has: available and held, less what is owed. */
export const totalOf = ({ available, held, owed }: Balances): number => available + held - owed

/** Name of the file, plain ASCII. */
export function csvName(period: Period): string {
  const { first, last } = wibDays(period)
  return `lumiku-credits_${first}_${last}.csv`
}

/**
 * The whole statement as CSV (RFC 4180: CRLF, every line as many cells): what it covers, the balances, then the entries,
 * oldest first. `read` gives entries after a number, at most so many; it is asked for the next page only when the client
 * has taken the last. A read that fails breaks the transfer off, so that half a statement is never taken for a whole.
 */
export function statementCsv(
  period: Period,
  head: StatementHead,
  read: (afterSeq: number, limit: number) => Promise<Entry[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let afterSeq = head.firstSeq - 1
  return new ReadableStream({
    start: (stream) => stream.enqueue(encoder.encode(BYTE_ORDER_MARK + lines(topRows(period, head)))),
    async pull(stream) {
      const entries = afterSeq < head.lastSeq ? await read(afterSeq, PAGE_ENTRIES) : []
      const last = entries.at(-1)
      if (!last) return stream.close()
      afterSeq = last.seq
      stream.enqueue(encoder.encode(lines(entries.map(entryRow))))
    },
  })
}

function topRows(period: Period, { opening, closing, count }: StatementHead): Cell[][] {
  const balance = (name: string, of: Balances): Cell[] => {
    const total = totalOf(of)
    return [name, '', '', '', '', '', total, '', total * RUPIAH_PER_CREDIT, of.available, of.held, of.owed]
  }
  return [
    ['Lumiku credit statement'],
    ['from (WIB)', wibTime(period.from)],
    ['before (WIB)', wibTime(period.to)],
    ['rupiah per credit', RUPIAH_PER_CREDIT],
    ['entries', count],
    ['', '', '', '', '', '', 'credits', '', 'rupiah', 'available', 'held', 'owed'],
    balance('opening balance', opening),
    balance('closing balance', closing),
    [],
    COLUMNS,
  ]
}

function entryRow(entry: Entry): Cell[] {
  const { seq, kind, reference, from, to, credits, change, availableAfter, heldAfter, owedAfter, reason } =
    toEntry(entry)
  return [
    ...[seq, wibTime(entry.at), kind, reference, from, to, credits, change, change * RUPIAH_PER_CREDIT],
    ...[availableAfter, heldAfter, owedAfter, reason ?? ''],
  ]
}

const lines = (rows: Cell[][]): string =>
  rows.map((row) => `${COLUMNS.map((_, column) => cell(row[column] ?? '')).join(',')}\r\n`).join('')

/** What makes a spreadsheet take a text for a formula: these in front, full-width too, or white space before them. */
const RUNS = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/

/** A cell; a text that would run gets an apostrophe in front (OWASP, CSV injection). Numbers stay numbers. */
export function cell(value: Cell): string {
  if (typeof value === 'number') return String(value)
  const text = RUNS.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
