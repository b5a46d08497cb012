#!/usr/bin/env node
// What a hostile upload costs: each is sent to a real server 15 times, and refused before a pixel is decoded.
import { parseArgs } from 'node:util'
import { deflateSync } from 'node:zlib'
import { must, newDataDir, newSeller, startOn } from './laboratory.mjs'

const help = `npm run bench:uploads -- [--port N] [--help]

Prints the status and the median time from the last byte sent to the answer, over loopback.
`
const { values: asked } = parseArgs({
  options: { port: { type: 'string', default: '8792' }, help: { type: 'boolean', default: false } },
})
if (asked.help) {
  console.log(help)
  process.exit(0)
}

const runs = 15

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
const cases = [
  ['PNG bomb of 16000 x 16000', bomb, 'image/png', 422],
  ['PNG cut in its first row', pngOf(512, 512, deflateSync(Buffer.alloc(700))), 'image/png', 422],
  ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png', 415],
  ['PNG sent as JPEG', bomb, 'image/jpeg', 415],
  ['11 MB', Buffer.alloc(11 * 1024 * 1024, 0xff), 'image/jpeg', 413],
]

const data = await newDataDir()
const server = await startOn(data.dir, Number(asked.port), {})
process.on('SIGINT', () => {
  server.kill()
  process.exit(130)
})
try {
  const api = await newSeller(server.origin, 0)
  for (const [name, bytes, type, expected] of cases) {
    const timesMs = []
    for (let run = 0; run < runs; run++) {
      const startMs = performance.now()
      const status = await api.send('/uploads', bytes, type).then(
        () => 201,
        (failure) => failure.status,
      )
      timesMs.push(performance.now() - startMs)
      must(status === expected, `${name} is refused with ${expected}, not ${status}`)
    }
    timesMs.sort((a, b) => a - b)
    console.log(`${name.padEnd(28)} ${expected}  ${timesMs[runs >> 1].toFixed(1)} ms`)
  }
} finally {
  await server.stop()
  await data.remove()
}
