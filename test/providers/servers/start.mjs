// All fake providers on loopback, each with its own port, key, faults and counters. Also a script: see `help`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startCanary } from './canary-server.mjs'
import { startChat } from './chat-server.mjs'
import { startClassifier } from './classifier-server.mjs'
import { startDetector } from './detector-server.mjs'
import { startEndpoint } from './endpoint-server.mjs'
import { startFal } from './fal-server.mjs'
import { startHuggingFace } from './huggingface-server.mjs'
import { startMatting } from './matting-server.mjs'
import { startWavespeed } from './wavespeed-server.mjs'
import { startWorkersAi } from './workers-ai-server.mjs'

const help = `node test/providers/servers/start.mjs [--port N] [--state FILE]

Starts every fake provider, prints its name and address, and serves until SIGTERM or SIGINT.

  --port N      the first listens on N, the others on the ports after it; 0 (default) takes free ones
  --state FILE  writes JSON {pid, providers: {name: {url, key}}} there once all of them answer`

/** One line for each server; the order is that of the ports. */
const STARTS = {
  fal: startFal,
  wavespeed: startWavespeed,
  canary: startCanary,
  'workers-ai': startWorkersAi,
  huggingface: startHuggingFace,
  'huggingface-endpoint': startEndpoint,
  classifier: startClassifier,
  chat: startChat,
  detector: startDetector,
  matting: startMatting,
}

/** Starts all: `{fal: {url, key, stop}, wavespeed: ..., stop}`. The last stops all. */
export async function startProviders({ port = 0 } = {}) {
  const started = {}
  const stop = () => Promise.all(Object.values(started).map((server) => server.stop()))
  try {
    for (const [n, [name, start]] of Object.entries(STARTS).entries())
      started[name] = await start({ port: port === 0 ? 0 : port + n })
  } catch (error) {
    await stop()
    throw error
  }
  return { ...started, stop }
}

async function main() {
  const options = { port: { type: 'string', default: '0' }, state: { type: 'string' }, help: { type: 'boolean' } }
  const { values } = parseArgs({ options })
  if (values.help) return console.log(help)
  const { stop, ...servers } = await startProviders({ port: Number(values.port) })
  const providers = Object.fromEntries(Object.entries(servers).map(([name, { url, key }]) => [name, { url, key }]))
  if (values.state) writeFileSync(values.state, `${JSON.stringify({ pid: process.pid, providers }, null, 2)}\n`)
  for (const [name, { url }] of Object.entries(providers)) console.log(`${name} ${url}`)
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
