#!/usr/bin/env node
// How fast the engine makes pictures, and that it counts right while it does: a shoot over a real `wrangler dev`.
import { parseArgs } from 'node:util'
import { openLive } from '../scripts/shoot/live.mjs'
import { checkBooks, must, newDataDir, newSeller, startGeneration, startOn } from './laboratory.mjs'

const help = `npm run bench:engine -- [options]

Starts a server with data of its own, shoots, checks books, rows, objects and events, prints the figures.

  --pictures N      pictures of the generation (default 500)
  --latency MS      simulated latency of the provider (default 50)
  --fail-rate R     share of pictures that fail, 0..1 (default 0)
  --render          draw every picture instead of one fixed one
  --size PX         side of the pictures (default 512)
  --port N          (default 8790)
  --help            this text
`

const { values: asked } = parseArgs({
  options: {
    pictures: { type: 'string', default: '500' },
    latency: { type: 'string', default: '50' },
    'fail-rate': { type: 'string', default: '0' },
    render: { type: 'boolean', default: false },
    size: { type: 'string', default: '512' },
    port: { type: 'string', default: '8790' },
    help: { type: 'boolean', default: false },
  },
})
if (asked.help) {
  console.log(help)
  process.exit(0)
}

const pictures = Number(asked.pictures)
/** Messages that the consumer works on at once: max_batch_size in wrangler.toml; locally one batch at a time. */
const inFlight = 4

const data = await newDataDir()
const server = await startOn(data.dir, Number(asked.port), {
  EMBEDDED_LATENCY_MS: asked.latency,
  EMBEDDED_FIXED: asked.render ? '0' : '1',
  EMBEDDED_FAIL_RATE: asked['fail-rate'],
})
process.on('SIGINT', () => {
  server.kill()
  process.exit(130)
})
try {
  await measure()
} finally {
  await server.stop()
  await data.remove()
}

async function measure() {
  const api = await newSeller(server.origin, pictures * 30)
  const events = []
  let finished
  const ended = new Promise((done) => {
    finished = done
  })
  const live = await openLive(api, {
    onEvent: (event) => {
      events.push(event)
      const { posesCompleted = 0, posesFailed = 0 } = event.data ?? {}
      if (event.type === 'pose_generation_progress' && process.stderr.isTTY)
        process.stderr.write(`\r${posesCompleted + posesFailed}/${pictures}  `)
      if (/_(complete|failed|cancelled)$/.test(event.type)) finished()
    },
    onReconnect: () => {},
    onLost: (error) => {
      throw error
    },
  })
  const askedMs = performance.now()
  const started = await startGeneration(api, pictures, Number(asked.size))
  const acceptedMs = performance.now() - askedMs
  await ended
  const wallMs = performance.now() - askedMs
  live.close()
  const books = await checkBooks(api, started.generation.id)
  const seqs = events.map((event) => event.seq)
  must(
    seqs.every((seq, i) => i === 0 || seq === seqs[i - 1] + 1),
    'events without a gap',
  )
  const told = events.filter((event) => event.type === 'pose_generation_progress').length
  must(told === pictures, 'an event for every picture')
  const idealMs = (pictures * Number(asked.latency)) / inFlight
  const figures = {
    pictures,
    accepted: `${Math.round(acceptedMs)} ms`,
    wall: `${(wallMs / 1000).toFixed(1)} s`,
    'pictures/s': (pictures / (wallMs / 1000)).toFixed(1),
    ...(idealMs > 0 && { 'wall / ideal': (wallMs / idealMs).toFixed(2) }),
    status: books.generation.status,
    finished: books.generation.posesCompleted,
    failed: books.generation.posesFailed,
    charged: books.generation.creditCharged,
    released: books.generation.creditRefunded,
    'rows in D1': books.rows,
    'objects in R2': books.objects,
    'events, no gap': told,
    'ledger entries': books.entries,
  }
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(16)} ${value}`)
}
