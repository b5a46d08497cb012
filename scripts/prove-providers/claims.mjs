// What a scenario claims, with what was measured; and the table of all of them.

/** Collects claims. `claim(what, measured, holds)` is one that can fail; `note(what, measured)` only tells a figure. */
export function newClaims() {
  const rows = []
  return {
    rows,
    claim(what, measured, holds) {
      rows.push({ what, measured, verdict: holds === true ? 'true' : 'NOT TRUE' })
    },
    note: (what, measured) => rows.push({ what, measured, verdict: '' }),
  }
}

export const failedClaims = (rows) => rows.filter(({ verdict }) => verdict === 'NOT TRUE')

/** `{ name, tookMs, rows }` of each scenario as lines for a terminal. */
export function table(scenarios) {
  const rows = scenarios.flatMap((scenario) => scenario.rows)
  const width = Math.max(0, ...rows.map(({ what }) => what.length))
  return scenarios
    .flatMap(({ name, tookMs, rows: own }) => [
      `${name} (${Math.round(tookMs / 1000)} s)`,
      ...own.map(({ what, measured, verdict }) => `  ${verdict.padEnd(8)}  ${what.padEnd(width)}  ${measured}`),
    ])
    .join('\n')
}

/** The value below which so many (0..1) of `values` are: one that was measured. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

/** How often each word is among `words`, for a line of the table: `TIMEOUT 2, NETWORK 1`. */
export function counted(words) {
  const counts = new Map()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]) => `${word} ${count}`).join(', ')
}
