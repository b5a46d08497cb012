#!/usr/bin/env node
// What a ZIP of hundreds of pictures costs the Worker that sends it, and that it is right: over a real `wrangler dev`.
import { execFileSync, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { copyFile, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { must, newDataDir, newSeller, startGeneration, startOn } from './laboratory.mjs'
import { startAlone } from './zip/alone.mjs'

const help = `npm run bench:zip -- [options]

Makes a shoot, exports it, starts the server anew, and downloads the ZIP: whole, then from three places on. Then the code
that sends it does so once more in a process of its own, from files on the disk: that is what the memory's bar is for, as
the local server has its R2, D1 and objects in the Worker's process. CPU and memory need /proc (Linux).

  --pictures N      (default 500)
  --formats a,b,c   (default five JPEG formats)
  --size PX         side of the pictures (default 512)
  --render          draw every picture instead of one fixed one
  --downloads N     of the whole, for the median (default 3)
  --port N          (default 8793)
  --help            this text
`

const { values: asked } = parseArgs({
  options: {
    pictures: { type: 'string', default: '500' },
    formats: {
      type: 'string',
      default: 'instagram_story,instagram_feed,facebook_post,shopee_product,tokopedia_product',
    },
    size: { type: 'string', default: '512' },
    render: { type: 'boolean', default: false },
    downloads: { type: 'string', default: '3' },
    port: { type: 'string', default: '8793' },
    help: { type: 'boolean', default: false },
  },
})
if (asked.help) {
  console.log(help)
  process.exit(0)
}

const MIB = 1024 * 1024
const barMib = 40
const pictures = Number(asked.pictures)
const formats = asked.formats.split(',')
const vars = { EMBEDDED_FIXED: asked.render ? '0' : '1', LIMIT_POSES_PER_HOUR: '10000' }
const data = await newDataDir()
let server = await startOn(data.dir, Number(asked.port), vars)
process.on('SIGINT', () => {
  server.kill()
  rm(data.dir, { recursive: true, force: true }).finally(() => process.exit(130))
})
try {
  await measure()
} finally {
  await server.stop()
  await data.remove()
}

async function measure() {
  const api = await newSeller(server.origin, pictures * 30)
  const shoot = (await startGeneration(api, pictures, Number(asked.size))).generation.id
  await follow('pictures', async () => {
    const { progress } = await api.get(`/apps/pose-generator/generations/${shoot}`)
    return progress.percentage
  })
  const startedMs = performance.now()
  const body = { generationId: shoot, formats, name: 'Bench' }
  const { links } = await api.post('/apps/pose-generator/exports', body, { key: randomUUID() })
  const show = async () => (await api.get(links.self.replace('/api/v1', ''))).export
  await follow('files', async () => (await show()).percentage)
  const builtMs = performance.now() - startedMs

  // Anew, so that what the building left in memory is not counted as idle.
  await server.stop()
  server = await startOn(data.dir, Number(asked.port), vars)
  const done = await show()
  must(done.status === 'completed', `the export is complete, not ${done.status}`)
  must(done.files === pictures * formats.length, 'a file for every picture and format')
  const url = server.origin + done.downloadUrl
  const { headers } = await fetch(url, { method: 'HEAD' })
  must(Number(headers.get('content-length')) === done.sizeBytes, 'HEAD tells the length')
  const whole = join(data.dir, 'whole.zip')
  await fetchPart(url, whole, ['-r', '0-99'])
  const pid = workerOf(data.dir)
  const runs = await downloads(pid, url, whole, 'download')
  const sizeBytes = (await stat(whole)).size
  must(sizeBytes === done.sizeBytes, 'the length that the API told')
  execFileSync('unzip', ['-tqq', whole], { stdio: 'inherit' })
  const sha256 = await sha256Of(whole)
  const part = join(data.dir, 'part.zip')
  for (const share of [0.001, 0.5, 0.999]) {
    await copyFile(whole, part)
    await truncate(part, Math.floor(sizeBytes * share))
    await fetchPart(url, part, ['-C', '-'])
    must((await sha256Of(part)) === sha256, `resumed at ${share} it has the same bytes`)
  }
  await server.stop()
  const alone = await startAlone(whole, data.dir)
  try {
    const again = await downloads(alone.pid, alone.origin, part, 'download, Worker alone')
    must((await sha256Of(part)) === sha256, 'the Worker alone sends the same bytes')
    report({ runs, again, sizeBytes, sha256, builtMs, files: done.files })
  } finally {
    alone.stop()
  }
}

async function downloads(pid, url, path, what) {
  const runs = []
  for (let run = 1; run <= Number(asked.downloads); run++) {
    runs.push(await watched(pid, () => fetchPart(url, path)))
    say(`${what} ${run}/${asked.downloads}: ${(runs.at(-1).wallMs / 1000).toFixed(1)} s`)
  }
  return runs
}

function report({ runs, again, sizeBytes, sha256, builtMs, files }) {
  const aboveIdle = mostAboveIdle(again)
  const figures = {
    'files in the ZIP': files,
    bytes: `${(sizeBytes / 1e6).toFixed(1)} MB`,
    'files built in': `${(builtMs / 1000).toFixed(1)} s`,
    'server: wall, CPU': timesOf(runs, sizeBytes, files),
    'server: memory': `${mostAboveIdle(runs).toFixed(1)} MiB above idle, with the local R2 and D1`,
    'alone: wall, CPU': timesOf(again, sizeBytes, files),
    'alone: memory': `${aboveIdle.toFixed(1)} MiB above idle, bar ${barMib}: ${aboveIdle <= barMib ? 'passed' : 'FAILED'}`,
    'unzip -t': 'clean',
    'resumed 3 times': `the same, SHA-256 ${sha256.slice(0, 16)}...`,
  }
  for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(18)} ${value}`)
  if (!(aboveIdle <= barMib)) process.exitCode = 1
}

/** Medians. */
function timesOf(runs, sizeBytes, files) {
  const median = (name) => runs.map((run) => run[name]).sort((a, b) => a - b)[runs.length >> 1]
  const [wallMs, cpuMs] = [median('wallMs'), median('cpuMs')]
  const rate = `${(sizeBytes / 1e3 / wallMs).toFixed(0)} MB/s`
  return `${(wallMs / 1000).toFixed(2)} s (${rate}), ${cpuMs} ms (${((1000 * cpuMs) / files).toFixed(0)} us a file)`
}

/** The worst of them, in MiB. */
function mostAboveIdle(runs) {
  return Math.max(...runs.map(({ peakBytes, idleBytes }) => (peakBytes - idleBytes) / MIB))
}

function say(line) {
  console.error(line)
}

/** Asks until it is 100 per cent, and says how far it is. */
async function follow(what, percentageOf) {
  for (let said = -1, percentage = 0; percentage < 100; await wait(500)) {
    percentage = await percentageOf()
    if (percentage - said >= 10) {
      said = percentage
      say(`${what}: ${percentage} %`)
    }
  }
}

function fetchPart(url, path, args = []) {
  const child = spawn('curl', ['-sS', '--fail', '-o', path, ...args, url], { stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((done, failed) => {
    child.on('error', failed)
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`curl ended with ${code}`))))
  })
}

/** The workerd that has the data open: wrangler has a second one, which only passes on. */
function workerOf(dir) {
  const isWorker = (pid) => {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'workerd') return false
      return readdirSync(`/proc/${pid}/fd`).some((fd) => linkOf(`/proc/${pid}/fd/${fd}`).startsWith(dir))
    } catch {
      return false // it is gone, or somebody else's
    }
  }
  const found = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isWorker(name))
  must(found !== undefined, 'the Worker has a process')
  return found
}

function linkOf(path) {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Does `work` and answers its wall time with the CPU and the memory that the process took meanwhile. */
async function watched(pid, work) {
  await wait(2_000)
  const idleBytes = residentBytes(pid)
  const cpuBefore = cpuMsOf(pid)
  let peakBytes = idleBytes
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(pid))
  }, 20)
  const startedMs = performance.now()
  await work().finally(() => clearInterval(sampler))
  const wallMs = performance.now() - startedMs
  must(residentBytes(pid) > 0, 'the Worker is the same as before; wrangler starts it anew when a source file changes')
  return { wallMs, cpuMs: cpuMsOf(pid) - cpuBefore, idleBytes, peakBytes }
}

/** VmRSS of proc(5); 0 for a process that has ended. */
function residentBytes(pid) {
  try {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** utime and stime of proc(5), in its hundredths of a second. */
function cpuMsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return 10 * (Number(fields[11]) + Number(fields[12]))
}

async function sha256Of(path) {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
