#!/usr/bin/env node
// How fast the library is found in when it has 100,000 poses, how many rows that reads, and what SQLite alone would take.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { seconds } from '../scripts/child-process.mjs'
import { startServer } from '../scripts/server.mjs'
import './sources.mjs'

const { libraryCases } = await import('./library/cases.mjs')
const { createClient } = await import('./library/client.mjs')
const { fillLibrary } = await import('./library/fill.mjs')
const { measureCase, measureOverhead } = await import('./library/measure.mjs')
const { recallOf } = await import('./library/recall.mjs')
const { figuresOf, header, legend, line, overheadLine, quantile } = await import('./library/report.mjs')

const help = `npm run bench:library -- [options]

Fills a database with poses like those of data/poses, asks a real \`wrangler dev\` and SQLite itself in turns, prints the figures.

  --poses N     poses in the library (default 100000; two to four minutes to make)
  --runs N      runs of each case (default 100; a case ends after 25 s in any case)
  --only TEXT   cases whose name has TEXT
  --plans       also each statement of each case with SQLite's plan
  --keep DIR    keeps the database in DIR, and uses the one that is there
  --json        figures as JSON, nothing else on stdout
  --port N      (default 8793)
  --help        this text
`

const { values: asked } = parseArgs({
  options: {
    poses: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '100' },
    only: { type: 'string', default: '' },
    plans: { type: 'boolean', default: false },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
    port: { type: 'string', default: '8793' },
    help: { type: 'boolean', default: false },
  },
})
const [poses, runs, port] = [asked.poses, asked.runs, asked.port].map(Number)
if (asked.help) {
  console.log(help)
  process.exit(0)
}
if (![poses, runs, port].every((value) => Number.isInteger(value) && value > 0) || poses < 811 || poses > 1_000_000) {
  console.error(`--poses takes 811 to 1000000, --runs and --port a whole number.\n\n${help}`)
  process.exit(2)
}

const say = (text) => process.stderr.write(text)
const show = (text) => !asked.json && console.log(text)
const dir = asked.keep ? resolve(asked.keep) : await mkdtemp(join(tmpdir(), 'lumiku-library-'))
let server
let isStopped = false
process.on('SIGINT', () => {
  isStopped = true
  server?.kill()
  process.exit(130)
})
try {
  const startedMs = Date.now()
  const file = await fillLibrary(dir, poses, (written) => {
    if (process.stderr.isTTY || written % 20_000 === 0)
      say(
        `${process.stderr.isTTY ? '\r' : ''}${written}/${poses} poses, ${seconds(Date.now() - startedMs)}  ${process.stderr.isTTY ? '' : '\n'}`,
      )
  })
  say('\n')
  let kill
  const running = await startServer({
    port,
    args: ['bench/library/worker.mjs', '--persist-to', dir],
    onChild: (child) => {
      kill = child.kill
    },
  })
  server = { ...running, kill }
  await measure(await createClient(server.origin), new DatabaseSync(file, { readOnly: true }))
} finally {
  await server?.stop()
  if (!asked.keep && !isStopped) await rm(dir, { recursive: true, force: true })
}

async function measure(client, db) {
  const { paths } = await client.get('/openapi.json')
  const overhead = await measureOverhead(client, runs)
  show(`\n${poses} poses, ${runs} runs\n\n${overheadLine('a route that does nothing', overhead.empty)}`)
  show(`${overheadLine('a route that asks D1 for a constant', overhead.select)}\n\n${header()}`)
  const all = await libraryCases(db, { cursorAt: (pages) => cursorAt(client, pages) })
  const cases = all.filter(({ name }) => name.includes(asked.only))
  const report = { poses, overhead, cases: [], recall: {} }
  for (const each of cases) {
    const unknown = unknownTo(paths, each.variants[0])
    if (unknown) {
      show(`${each.name.padEnd(38)} the API has no ${unknown}`)
      continue
    }
    const { counts, ...times } = await measureCase(client, each, { runs })
    const figures = figuresOf(each.name, { ...times, counts }, quantile(overhead.empty, 0.5))
    report.cases.push(figures)
    show(line(figures))
    if (asked.plans) for (const statement of counts[0].statements) show(planOf(db, statement))
    if (!each.isNearest) continue
    report.recall[each.name] = await recallOf(client, db, each.variants)
  }
  show(legend)
  for (const [name, { queries, first, top }] of Object.entries(report.recall))
    show(
      `${name}: of ${queries}, the truly nearest pose is found for ${percent(first)}, of the ten nearest ${percent(top)}`,
    )
  if (asked.json) console.log(JSON.stringify(report, null, 2))
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

/** The part of a request that the API does not know, or null: what it does not know it might leave out without a word. */
function unknownTo(paths, { path, body }) {
  const { pathname, searchParams } = new URL(path, server.origin)
  const template = Object.keys(paths).find((each) =>
    new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  )
  const operation = paths[template]?.[body ? 'post' : 'get']
  if (!operation) return pathname
  const known = new Set((operation.parameters ?? []).map(({ name }) => name))
  return [...searchParams.keys()].find((name) => !known.has(name)) ?? null
}

/** The cursor after `pages` pages of the whole library; undefined when pages have no cursors. */
async function cursorAt(client, pages) {
  let cursor
  for (let page = 0; page < pages; page++) {
    const query = new URLSearchParams({ limit: '24', ...(cursor && { cursor }) })
    cursor = (await client.get(`/api/v1/apps/pose-generator/library?${query}`)).page.nextCursor
    if (!cursor) return undefined
  }
  return cursor
}

/** A statement, what it read, and how SQLite says it will run it. */
function planOf(db, { sql, params, rowsRead, rows }) {
  const steps = db.prepare(`explain query plan ${sql}`).all(...params)
  return [`    ${sql}`, `    read ${rowsRead}, answered ${rows}`, ...steps.map(({ detail }) => `      ${detail}`)].join(
    '\n',
  )
}
