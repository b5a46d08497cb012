// One case after the other, the product and SQLite in turns, so that whatever else the machine does hits both.
/** A case ends when it has its runs, or after this long. */
const CASE_LIMIT_MS = 25_000
/** SQLite alone is asked no longer than this: without an index of its own a facet takes seconds. */
const DIRECT_LIMIT_MS = 8_000
const COUNTED_VARIANTS = 10
/** After a write everything remembered is read anew: a few runs tell what that costs. */
const RUNS_AFTER_WRITE = 8

/**
 * Times of one case: `{ cold, warm, afterWrite, direct }`, lists of milliseconds; what D1 read (`counts`: one
 * `{ rowsRead, rows, statements }` for each variant); `bytes` of an answer. Throws when an answer is not 200.
 */
export async function measureCase(client, { variants }, { runs }) {
  const counts = []
  for (const variant of variants.slice(0, COUNTED_VARIANTS)) {
    counts.push(await client.count(variant))
    await client.time(variant, 'warm')
  }
  variants[0].direct()
  const times = { cold: [], warm: [], afterWrite: [], direct: [] }
  let directMs = 0
  const endMs = performance.now() + CASE_LIMIT_MS
  for (let run = 0; run < runs && performance.now() < endMs; run++) {
    const variant = variants[run % variants.length]
    times.cold.push(await client.time(variant, 'cold'))
    if (directMs < DIRECT_LIMIT_MS) {
      const startMs = performance.now()
      variant.direct()
      times.direct.push(performance.now() - startMs)
      directMs += times.direct.at(-1)
    }
    times.warm.push(await client.time(variant, 'warm'))
  }
  for (let run = 0; run < RUNS_AFTER_WRITE; run++) {
    await client.get('/bench/write')
    times.afterWrite.push(await client.time(variants[run % variants.length], 'warm'))
  }
  return { ...times, counts }
}

/** What a request costs that does nothing, and one that asks the database for a constant. */
export async function measureOverhead(client, runs) {
  const timesOf = async (path) => {
    const times = []
    for (let run = 0; run < runs; run++) times.push(await client.time({ path }, 'warm'))
    return times
  }
  return { empty: await timesOf('/bench/empty'), select: await timesOf('/bench/select') }
}
