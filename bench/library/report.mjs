// The figures as people read them.

/** The value that `share` (0..1) of them do not exceed; null of none. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]
}

const ms = (value) => (value === null ? '-' : value < 9.95 ? value.toFixed(1) : value.toFixed(0))
const whole = (value) => (value === null ? '-' : String(Math.round(value)))
const ratio = (value) => (value === null ? '-' : value >= 100 ? value.toFixed(0) : value.toPrecision(2))

/**
 * The figures of one case in milliseconds and rows; ratios are of the middle values, the product's to
 * SQLite's; `emptyMs` is what a request costs that does nothing.
 */
export function figuresOf(name, { cold, warm, afterWrite, direct, counts }, emptyMs) {
  const over = (times) => (times.length === 0 ? null : quantile(times, 0.5) / quantile(direct, 0.5))
  return {
    name,
    runs: cold.length,
    coldP50: quantile(cold, 0.5),
    coldP99: quantile(cold, 0.99),
    warmP50: quantile(warm, 0.5),
    warmP99: quantile(warm, 0.99),
    afterWriteP50: quantile(afterWrite, 0.5),
    rowsRead: Math.max(...counts.map((count) => count.rowsRead)),
    rows: Math.max(...counts.map((count) => count.rows)),
    statements: Math.max(...counts.map((count) => count.statements.length)),
    directP50: quantile(direct, 0.5),
    directP99: quantile(direct, 0.99),
    coldRatio: over(cold),
    warmRatio: over(warm),
    netRatio: Math.max(0, quantile(cold, 0.5) - emptyMs) / quantile(direct, 0.5),
  }
}

const columns = [
  ['runs', (f) => whole(f.runs), 6],
  ['cold p50', (f) => ms(f.coldP50), 10],
  ['p99', (f) => ms(f.coldP99), 7],
  ['warm p50', (f) => ms(f.warmP50), 10],
  ['p99', (f) => ms(f.warmP99), 7],
  ['new p50', (f) => ms(f.afterWriteP50), 9],
  ['rows read', (f) => whole(f.rowsRead), 11],
  ['rows', (f) => whole(f.rows), 6],
  ['stmts', (f) => whole(f.statements), 6],
  ['SQLite p50', (f) => ms(f.directP50), 12],
  ['p99', (f) => ms(f.directP99), 7],
  ['cold/SQLite', (f) => ratio(f.coldRatio), 13],
  ['net/SQLite', (f) => ratio(f.netRatio), 12],
  ['warm/SQLite', (f) => ratio(f.warmRatio), 13],
]

export const header = () => ''.padEnd(38) + columns.map(([title, , width]) => title.padStart(width)).join('')

export const line = (figures) =>
  figures.name.padEnd(38) + columns.map(([, read, width]) => read(figures).padStart(width)).join('')

export const overheadLine = (name, times) =>
  `${name.padEnd(38)}${ms(quantile(times, 0.5)).padStart(16)}${ms(quantile(times, 0.99)).padStart(7)}`

export const legend = `
Milliseconds over loopback. cold: nothing from the edge cache; warm: from it; new: the first answer after the library changed.
rows read: by D1's count, most of any wording, cold (what FTS5 reads of its own tables is not in it). SQLite: the same asked of
the same file by node:sqlite without HTTP, Worker or D1; for similar and nearest every skeleton compared. net: cold without what a route
that does nothing takes.`
