import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { saveArchive } from '../../scripts/shoot/archive.mjs'
import { createApi } from '../../scripts/shoot/client.mjs'

// No multiple of a thousand, as ZIPs have it.
const ZIP = Buffer.from(Array.from({ length: 589_655 }, (_, i) => (i * 31) % 251))
const ID = 'exp_01M802VT4E6X50ZKWPNRR5XXC5'

let server: Server
let dir: string
let downloadUrl: string | null
const ranges: (string | undefined)[] = []

/** Speaks like the API about one export, and breaks the first download in the middle. */
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lumiku-zip-'))
  ranges.length = 0
  downloadUrl = '/zip'
  const state = () => ({
    export: {
      id: ID,
      status: 'completed',
      picturesTotal: 1,
      picturesDone: 1,
      picturesFailed: 0,
      downloadUrl,
      sizeBytes: ZIP.length,
    },
  })
  server = createServer((request, response) => {
    if (request.url !== '/zip')
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(state()))
    ranges.push(request.headers.range)
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': ZIP.length - from })
    if (ranges.length > 1) return response.end(ZIP.subarray(from))
    response.write(ZIP.subarray(0, 200_000))
    const part = join(dir, 'gen_1.zip.part')
    const isOnDisk = () => existsSync(part) && statSync(part).size > 0
    void vi.waitUntil(isOnDisk, { timeout: 20_000, interval: 5 }).finally(() => response.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
})
afterEach(() => {
  server.close()
  rmSync(dir, { recursive: true })
})

const save = () => {
  const api = createApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return saveArchive(api, { generationId: 'gen_1', formats: ['shopee_product'], dir, onProgress: () => {} })
}

test('a ZIP whose line broke arrives whole, from where it broke', async () => {
  expect(await save()).toEqual({ path: join(dir, 'gen_1.zip'), bytes: ZIP.length, failed: 0 })
  expect(readFileSync(join(dir, 'gen_1.zip')).equals(ZIP)).toBe(true)
  expect(readdirSync(dir)).toEqual(['gen_1.zip'])
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)])
})

test('an export without a file leaves nothing on disk', async () => {
  downloadUrl = null
  expect(await save()).toEqual({ path: null, bytes: 0, failed: 0 })
  expect(readdirSync(dir)).toEqual([])
})
