#!/usr/bin/env node
import { setTimeout as wait } from 'node:timers/promises'
// Kills the whole server in the middle of a shoot, starts it again and asks nothing of it: the shoot must complete by
// itself, with no picture twice and no credit lost.
import { parseArgs } from 'node:util'
import { checkBooks, must, newDataDir, newSeller, startGeneration, startOn } from './laboratory.mjs'

const help = `npm run bench:crash -- [options]

  --pictures N   pictures of the generation (default 100)
  --kills N      kill -9 of the whole process group, this often (default 1)
  --latency MS   simulated latency of the provider (default 200)
  --wait S       how long to leave the restarted server alone (default 60)
  --port N       (default 8791)
  --help         this text
`

const { values: asked } = parseArgs({
  options: {
    pictures: { type: 'string', default: '100' },
    kills: { type: 'string', default: '1' },
    latency: { type: 'string', default: '200' },
    wait: { type: 'string', default: '60' },
    port: { type: 'string', default: '8791' },
    help: { type: 'boolean', default: false },
  },
})
if (asked.help) {
  console.log(help)
  process.exit(0)
}

const pictures = Number(asked.pictures)
const vars = { EMBEDDED_LATENCY_MS: asked.latency, EMBEDDED_FIXED: '1' }
const data = await newDataDir()
let server = await startOn(data.dir, Number(asked.port), vars)
process.on('SIGINT', () => {
  server.kill()
  process.exit(130)
})
try {
  const api = await newSeller(server.origin, pictures * 30)
  const { generation } = await startGeneration(api, pictures, 512)
  for (let kill = 1; kill <= Number(asked.kills); kill++) {
    await wait(((pictures * Number(asked.latency)) / 4) * (0.4 / Number(asked.kills)) + 300)
    const before = await api.get(`/apps/pose-generator/generations/${generation.id}`)
    server.kill()
    await server.exited
    console.log(`killed at ${before.progress.posesCompleted} of ${pictures} pictures`)
    server = await startOn(data.dir, Number(asked.port), vars)
  }
  console.log(`restarted; nobody asks anything for ${asked.wait} s`)
  await wait(Number(asked.wait) * 1000)
  const books = await checkBooks(api, generation.id)
  must(books.generation.status === 'completed', `completed by itself (it is ${books.generation.status})`)
  const tookMs = Date.parse(books.generation.endedAt) - Date.parse(books.generation.createdAt)
  console.log(
    `completed by itself ${(tookMs / 1000).toFixed(1)} s after its start: ${books.rows} rows, ${books.objects} objects,`,
  )
  console.log(
    `${books.generation.creditCharged} credits charged, ${books.generation.creditRefunded} released, entries sum to the balance`,
  )
} finally {
  await server.stop()
  await data.remove()
}
