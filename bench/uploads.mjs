#!/usr/bin/env node
// What uploads cost: hostile ones, which are refused before a pixel is decoded, and the largest that are taken.
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { must, newDataDir, newSeller, startOn } from './laboratory.mjs'

const help = `npm run bench:uploads -- [--port N] [--runs N] [--help]

Prints the status and the median time from the first byte sent to the answer, over loopback. Hostile files are sent 15
times, pictures of 8 megapixels 5 times.
`
const { values: asked } = parseArgs({
  options: {
    port: { type: 'string', default: '8792' },
    runs: { type: 'string', default: '15' },
    help: { type: 'boolean', default: false },
  },
})
if (asked.help) {
  console.log(help)
  process.exit(0)
}

const runs = Number(asked.runs)
const mebibyte = 1024 * 1024

function chunk(type, data) {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(data.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, data, Buffer.alloc(4)]) // the reader stops at the header: no CRC is needed
}

function pngOf(width, height, data) {
  const ihdr = Buffer.alloc(13)
  ihdr.writeUInt32BE(width)
  ihdr.writeUInt32BE(height, 4)
  ihdr.set([8, 2], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', ihdr), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

const bomb = pngOf(16000, 16000, deflateSync(Buffer.alloc(1_000_000)))
const hostile = [
  ['PNG bomb of 16000 x 16000', bomb, 'image/png', 422],
  ['PNG cut in its first row', pngOf(512, 512, deflateSync(Buffer.alloc(700))), 'image/png', 422],
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png', 415],
  ['PNG sent as JPEG', bomb, 'image/jpeg', 415],
  ['11 MB', Buffer.alloc(11 * mebibyte, 0xff), 'image/jpeg', 413],
]

/** 3264 x 2448, just under 8 megapixels: waves with grain, the same every time. */
function photo() {
  const [width, height] = [3264, 2448]
  const raw = Buffer.alloc(width * height * 3)
  let seed = 1
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      const at = (y * width + x) * 3
      for (let channel = 0; channel < 3; channel++)
        raw[at + channel] = 128 + 90 * Math.sin(x * 0.007 + channel) * Math.cos(y * 0.005 - channel) + (seed >>> 28)
    }
  return sharp(raw, { raw: { width, height, channels: 3 } })
}
const taken = async () => [
  ['JPEG of 8 megapixels', await photo().jpeg({ quality: 85 }).toBuffer(), 'image/jpeg'],
  ['the same, progressive', await photo().jpeg({ quality: 85, progressive: true }).toBuffer(), 'image/jpeg'],
  ['the same in Display P3', await photo().withIccProfile('p3').jpeg({ quality: 85 }).toBuffer(), 'image/jpeg'],
  ['WebP of 8 megapixels', await photo().webp({ quality: 80 }).toBuffer(), 'image/webp'],
  ['PNG of 2 megapixels', await photo().resize(1632).png().toBuffer(), 'image/png'],
]

/** 50 MiB in pieces without a length; answers the status, and how much was sent when the server hung up or answered. */
async function sendEndless(origin) {
  const account = { email: `bench-${randomUUID()}@lumiku.test`, password: 'a long bench password', name: 'Bench' }
  const headers = { 'content-type': 'application/json' }
  const registered = await fetch(`${origin}/api/v1/auth/register`, {
    method: 'POST',
    headers,
    body: JSON.stringify(account),
  })
  const { accessToken } = await registered.json()
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(mebibyte).fill(0xff))
      sent += mebibyte
      if (sent >= 50 * mebibyte) controller.close()
    },
  })
  const answer = await fetch(`${origin}/api/v1/uploads`, {
    ...{ method: 'POST', body, duplex: 'half' },
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'image/jpeg' },
  }).catch(() => null)
  return { status: answer?.status ?? 'hung up', sentMib: sent / mebibyte }
}

async function medianMs(api, times, [name, bytes, type, expected = 201]) {
  const timesMs = []
  for (let run = 0; run < times; run++) {
    const startMs = performance.now()
    const status = await api.send('/uploads', bytes, type).then(
      () => 201,
      (failure) => failure.status ?? failure,
    )
    timesMs.push(performance.now() - startMs)
    must(status === expected, `${name} is answered with ${expected}, not ${status}`)
  }
  timesMs.sort((a, b) => a - b)
  return timesMs[times >> 1]
}

const data = await newDataDir()
const server = await startOn(data.dir, Number(asked.port), {})
process.on('SIGINT', () => {
  server.kill()
  process.exit(130)
})
try {
  const api = await newSeller(server.origin, 0)
  const print = (name, bytes, status, ms) =>
    console.log(`${name.padEnd(28)} ${(bytes / mebibyte).toFixed(2).padStart(6)} MiB  ${status}  ${ms.toFixed(1)} ms`)
  for (const each of hostile) print(each[0], each[1].length, each[3], await medianMs(api, runs, each))
  const { status, sentMib } = await sendEndless(server.origin)
  must(
    [413, 'hung up'].includes(status) && sentMib < 50,
    `50 MiB in pieces end early, not with ${status} at ${sentMib} MiB`,
  )
  console.log(`${'50 MiB in pieces'.padEnd(28)} ${sentMib.toFixed(2).padStart(6)} MiB  ${status}`)
  for (const each of await taken()) print(each[0], each[1].length, 201, await medianMs(api, Math.min(runs, 5), each))
  const { storage } = await api.get('/uploads?limit=1')
  console.log(`stored: ${storage.uploads} pictures, ${(storage.usedBytes / mebibyte).toFixed(0)} MiB as PNG`)
} finally {
  await server.stop()
  await data.remove()
}
