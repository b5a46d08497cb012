import type { StatementHead } from '../../durable-objects/user/statement'
import type { Language } from '../http/errors'
import { toEntry } from './entry-view'
import { RUPIAH_PER_CREDIT } from './prices'
import { type Period, wibDays, wibTime } from './statement-period'
import type { Balances, Entry, EntryKind } from './types'

/** Excel reads UTF-8 as such only after this mark; others skip it. */
const BYTE_ORDER_MARK = '\uFEFF'
/** Entries fetched and sent at a time: a year of a busy shop never stands in memory. */
const PAGE_ENTRIES = 500

type Cell = string | number

/** A spreadsheet set to Indonesian writes decimals with a comma, so it takes semicolons for the cells of a line. */
const WORDS = {
  en: {
    separator: ',',
    columns: [
      ...['seq', 'time (WIB)', 'kind', 'reference', 'from', 'to', 'credits', 'change', 'change (Rp)'],
      ...['available', 'held', 'owed', 'reason'],
    ],
    title: 'Lumiku credit statement',
    top: ['from (WIB)', 'before (WIB)', 'rupiah per credit', 'entries', 'opening balance', 'closing balance'],
    kinds: {},
  },
  id: {
    separator: ';',
    columns: [
      ...['no', 'waktu (WIB)', 'jenis', 'referensi', 'dari', 'ke', 'kredit', 'perubahan', 'perubahan (Rp)'],
      ...['tersedia', 'ditahan', 'terutang', 'alasan'],
    ],
    title: 'Laporan kredit Lumiku',
    top: ['dari (WIB)', 'sebelum (WIB)', 'rupiah per kredit', 'jumlah catatan', 'saldo awal', 'saldo akhir'],
    kinds: {
      ...{ grant: 'penambahan', hold: 'penahanan', settle: 'pemakaian', release: 'pelepasan' },
      ...{ expire: 'kedaluwarsa', refund: 'pengembalian', reversal: 'pembatalan', recovery: 'pelunasan' },
    },
  },
} as const satisfies Record<Language, Words>

type Words = {
  separator: string
  columns: readonly string[]
  title: string
  top: readonly [string, string, string, string, string, string]
  kinds: Partial<Record<EntryKind, string>>
}

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
  language: Language,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const words: Words = WORDS[language]
  let afterSeq = head.firstSeq - 1
  return new ReadableStream({
    start: (stream) => stream.enqueue(encoder.encode(BYTE_ORDER_MARK + lines(words, topRows(words, period, head)))),
    async pull(stream) {
      const entries = afterSeq < head.lastSeq ? await read(afterSeq, PAGE_ENTRIES) : []
      const last = entries.at(-1)
      if (!last) return stream.close()
      afterSeq = last.seq
      stream.enqueue(
        encoder.encode(
          lines(
            words,
            entries.map((entry) => entryRow(words, entry)),
          ),
        ),
      )
    },
  })
}

function topRows(words: Words, period: Period, { opening, closing, count }: StatementHead): Cell[][] {
  const balance = (name: string, of: Balances): Cell[] => {
    const total = totalOf(of)
    return [name, '', '', '', '', '', total, '', total * RUPIAH_PER_CREDIT, of.available, of.held, of.owed]
  }
  const [from, before, rupiahPerCredit, entries, openingName, closingName] = words.top
  const [creditsName, , , ...balances] = words.columns.slice(6)
  return [
    [words.title],
    [from, wibTime(period.from)],
    [before, wibTime(period.to)],
    [rupiahPerCredit, RUPIAH_PER_CREDIT],
    [entries, count],
    ['', '', '', '', '', '', creditsName!, '', 'rupiah', ...balances.slice(0, 3)],
    balance(openingName, opening),
    balance(closingName, closing),
    [],
    [...words.columns],
  ]
}

function entryRow({ kinds }: Words, entry: Entry): Cell[] {
  const { seq, kind, reference, from, to, credits, change, availableAfter, heldAfter, owedAfter, reason } =
    toEntry(entry)
  return [
    ...[seq, wibTime(entry.at), kinds[kind] ?? kind, reference, from, to, credits, change, change * RUPIAH_PER_CREDIT],
    ...[availableAfter, heldAfter, owedAfter, reason ?? ''],
  ]
}

const lines = ({ columns, separator }: Words, rows: Cell[][]): string =>
  rows.map((row) => `${columns.map((_, column) => cell(row[column] ?? '')).join(separator)}\r\n`).join('')

/** What makes a spreadsheet take a text for a formula: these in front, full-width too, or white space before them. */
const RUNS = /^(\s*[=+\-@＝＋－＠]|[\t\r\n])/

/** A cell; a text that would run gets an apostrophe in front (OWASP, CSV injection). Numbers stay numbers. */
export function cell(value: Cell): string {
  if (typeof value === 'number') return String(value)
  const text = RUNS.test(value) ? `'${value}` : value
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
