#!/usr/bin/env node
// The pictures of a shop, made in workerd and by sharp on the same machine, in turns.
import { rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { run } from '../scripts/child-process.mjs'
import { startServer } from '../scripts/server.mjs'
import { cpuClock } from './images/cpu.mjs'
import { codeAllNative, decodeNative, pngOf } from './images/native.mjs'
import { PICTURES, SIDE } from './images/pictures.mjs'
import { measureQuality } from './images/quality.mjs'
import { printTable } from './images/table.mjs'
import './sources.mjs'

const HELP = `npm run bench:images -- [--runs N] [--port N] [--help]

Makes the 17 files of three test pictures inside workerd and by sharp (one core, one after the other, decoded once), in
turns, and prints each figure beside its bar: times (medians), bytes, quality, memory and the size of the code. Exit code 1
when a bar is missed. Takes a few minutes; Ctrl-C ends it at once.

  --runs N   of each, 1 to 101; the bars are meant for 11 or more (default 11)
  --port N   of the server, 127.0.0.1 (default 8793)
`
const CONFIG = 'bench/images/wrangler.toml'
const WARM_UPS = 3
const REPEATS = 200
const MIB = 2 ** 20
/** The thirteen of the first requirements and the four that made them seventeen. */
const SEVENTEEN = [
  ...['instagram_story', 'instagram_feed', 'instagram_portrait', 'tiktok', 'facebook_post', 'twitter_post'],
  ...['linkedin_post', 'shopee_product', 'tokopedia_product', 'lazada_product', 'print_a4', 'print_4x6', 'original'],
  ...['tiktok_shop', 'whatsapp_status', 'pinterest_pin', 'website_hero'],
]

const { values: asked } = parseArgs({
  options: {
    runs: { type: 'string', default: '11' },
    port: { type: 'string', default: '8793' },
    help: { type: 'boolean', default: false },
  },
})
const runs = Number(asked.runs)
if (asked.help || !Number.isInteger(runs) || runs < 1 || runs > 101) {
  process.stdout.write(HELP)
  process.exit(asked.help ? 0 : 2)
}

const say = (text) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`)
let kill = () => {}
process.on('SIGINT', () => {
  kill()
  process.exit(130)
})

const { FORMATS } = await import('../src/exports/formats.ts')
say('drawing the test pictures')
const pictures = Object.fromEntries(Object.entries(PICTURES).map(([name, draw]) => [name, draw()]))
const masters = {}
for (const [name, rgba] of Object.entries(pictures)) masters[name] = await pngOf(rgba, SIDE)

say('building the Worker')
const dir = await mkdtemp(join(tmpdir(), 'lumiku-bench-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))
await build()
const server = await startServer({
  port: Number(asked.port),
  // What was built, not the sources: an edit during the bench would start the Worker anew.
  args: ['--config', join(dir, 'wrangler.toml'), '--no-bundle'],
  onChild: (child) => {
    kill = child.kill
  },
})
const passed = await measure().finally(() => server.stop())
process.exit(passed ? 0 : 1)

async function measure() {
  const cpuMs = cpuClock()
  for (const [name, bytes] of Object.entries(masters)) await call(`/pictures?picture=${name}`, bytes)
  const times = await inTurns(cpuMs)
  say(`coding ${REPEATS} times in one kernel`)
  const repeated = await (await call(`/repeat?picture=fashion&times=${REPEATS}`)).json()
  const quality = {}
  for (const [name, rgba] of Object.entries(pictures)) {
    const decoded = await decodeNative(masters[name])
    quality[name] = await measureQuality({ rgba, width: SIDE, height: SIDE }, decoded, distinctFormats(), {
      fileOf: async (id) => Buffer.from(await (await call(`/file?picture=${name}&formats=${id}`)).arrayBuffer()),
      onStep: (id) => say(`quality of ${name}: ${id}`),
    })
  }
  say('')
  return printTable({
    runs,
    times,
    quality,
    codeBytes: await codeSize(),
    growthPages: (repeated.last - repeated.first) / 65536,
    MIB,
  })
}

/** Worker and sharp, one after the other, so that a slow minute of the machine is a slow minute of both. */
async function inTurns(cpuMs) {
  const times = {}
  const sets = { all: SEVENTEEN, a4: ['print_a4'] }
  for (let turn = -WARM_UPS; turn < runs; turn++) {
    for (const name of Object.keys(pictures)) {
      for (const [set, ids] of Object.entries(sets)) {
        say(turn < 0 ? 'warming up' : `run ${turn + 1} of ${runs}: ${name}, ${set}`)
        const one = await timed(() => call(`/render?picture=${name}&formats=${ids}`), cpuMs)
        const answer = await one.value.json()
        if (answer.failures.length > 0) throw new Error(JSON.stringify(answer.failures))
        const formats = ids.map((id) => FORMATS[id])
        const other = await timed(() => codeAllNative(masters[name], formats), ownCpuMs)
        if (turn < 0) continue
        times[name] ??= {}
        times[name][set] ??= { ours: [], cpu: [], native: [], nativeCpu: [], answer, nativeBytes: other.value }
        times[name][set].ours.push(one.ms)
        times[name][set].cpu.push(one.cpuMs)
        times[name][set].native.push(other.ms)
        times[name][set].nativeCpu.push(other.cpuMs)
      }
    }
  }
  return times
}

/** Of this process, in which sharp runs: all its threads. */
function ownCpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function timed(work, cpuMs = () => null) {
  const [startMs, startCpuMs] = [performance.now(), cpuMs()]
  const value = await work()
  const ms = performance.now() - startMs
  return { value, ms, cpuMs: startCpuMs === null ? null : cpuMs() - startCpuMs }
}

async function call(path, body) {
  const answer = await fetch(server.origin + path, body ? { method: 'POST', body } : {})
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

/** Files that are coded: a format whose file equals another's is left out. */
function distinctFormats() {
  const seen = new Map()
  for (const format of SEVENTEEN.map((id) => FORMATS[id])) {
    if (format.widthPx) seen.set([format.widthPx, format.heightPx, format.type, format.quality].join(), format)
  }
  return [...seen.values()]
}

async function build() {
  const { code, output } = await run('wrangler', ['deploy', '--dry-run', '--config', CONFIG, '--outdir', dir])
  if (code !== 0) throw new Error(output)
  await writeFile(join(dir, 'wrangler.toml'), (await readFile(CONFIG, 'utf8')).replace('worker.mjs', 'worker.js'))
}

/** Of everything the Worker loads to decode and code pictures, each file by itself. */
async function codeSize() {
  // The renderer of the embedded provider is in src/render/modules.ts too; it codes no pictures.
  const files = (await readdir(dir)).filter((file) => /\.(js|wasm)$/.test(file) && !file.includes('mannequin'))
  const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(dir, file))).length))
  return sizes.reduce((sum, size) => sum + size, 0)
}
