import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { UsageError } from '../../scripts/shoot/args.mjs'
import { readWarmArgs } from '../../scripts/warm/args.mjs'
import { summaryOf, warm } from '../../scripts/warm/run.mjs'
import { ASPECTS } from '../../src/poses/pictures/control-image-sizes'

const LIBRARY = '/api/v1/apps/pose-generator/library'
const card = (n: number) => ({
  id: `pose-${n}`,
  name: `Pose ${n}`,
  previewUrl: `${LIBRARY}/pose-${n}/preview?v=a`,
  previewLargeUrl: `${LIBRARY}/pose-${n}/preview?size=768&v=a-1`,
  controlUrl: `${LIBRARY}/pose-${n}/control?size=1024x1024&v=a`,
})

let server: Server | undefined
afterEach(() => new Promise((done) => (server ? server.close(done) : done(undefined))))

/** A server with so many poses that writes down what it was asked for. `refuses`: pictures that are 404. */
async function libraryOf(
  count: number,
  { refuses = /^$/, onPicture = () => {} }: { refuses?: RegExp; onPicture?: () => void } = {},
) {
  const asked: string[] = []
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://library')
    if (url.pathname === '/health') return response.end('{}')
    if (url.pathname === LIBRARY) {
      const start = (Number(url.searchParams.get('page')) - 1) * 100
      const cards = Array.from({ length: count }, (_, n) => card(n)).slice(start, start + 100)
      return response.setHeader('content-type', 'application/json').end(JSON.stringify({ items: cards }))
    }
    asked.push(url.pathname.replace(LIBRARY, '') + url.search)
    onPicture()
    if (refuses.test(request.url ?? ''))
      return response.writeHead(404).end('{"error":{"code":"NOT_FOUND","message":"no"}}')
    return response.end('1234')
  })
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done))
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const silent = () => {
  const said: string[] = []
  return { said, update: () => {}, say: (text: string) => void said.push(text) }
}
const never = new AbortController().signal
const argsFor = (url: string, ...more: string[]) => readWarmArgs(['--url', url, ...more])

describe('npm run warm', () => {
  test('asks once for every map and preview of every pose, mirrored too, by the addresses of its card', async () => {
    const { asked, url } = await libraryOf(101)
    const result = await warm(argsFor(url), silent(), never)
    expect(result).toMatchObject({
      total: 101 * 13,
      done: 101 * 13,
      failed: 0,
      bytes: 101 * 13 * 4,
      isInterrupted: false,
    })
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked).toContain('/pose-100/control?v=a&aspect=9:16&mirror=true')
    expect(asked).toContain('/pose-0/preview?size=768&v=a-1')
    expect(asked).toContain('/pose-0/preview?v=a&mirror=true')
  })

  test('only some shapes, and nothing mirrored, when that is all that is wanted', async () => {
    const { asked, url } = await libraryOf(1)
    await warm(argsFor(url, '--aspects', '1:1, 4:5', '--plain'), silent(), never)
    expect(asked.sort()).toEqual([
      '/pose-0/control?v=a&aspect=1:1',
      '/pose-0/control?v=a&aspect=4:5',
      '/pose-0/preview?size=768&v=a-1',
    ])
  })

  test('what fails is counted and named, and the rest goes on', async () => {
    const { url } = await libraryOf(3, { refuses: /pose-1\/control.*2:3/ })
    const bar = silent()
    const result = await warm(argsFor(url), bar, never)
    expect(result).toMatchObject({ total: 39, done: 39, failed: 2 })
    expect(bar.said.join()).toContain('/pose-1/control?v=a&aspect=2:3')
    expect(summaryOf(result)).toMatch(/^37 of 39 pictures are there, 2 failed; 0\.0 MB in 0:0\d$/)
  })

  test('Ctrl-C ends it after what is on its way, and says that it goes on from there', async () => {
    const interrupt = new AbortController()
    const { asked, url } = await libraryOf(20, { onPicture: () => interrupt.abort() })
    const result = await warm(argsFor(url, '--concurrency', '2'), silent(), interrupt.signal)
    expect(result.isInterrupted).toBe(true)
    expect(asked.length).toBeLessThanOrEqual(2)
    expect(summaryOf(result)).toContain('goes on from here')
  })

  test('gives up when everything fails: the server is gone', async () => {
    const { asked, url } = await libraryOf(20, { refuses: /./ })
    await expect(warm(argsFor(url), silent(), never)).rejects.toThrow('20 in a row failed')
    expect(asked.length).toBeLessThan(30)
  })

  test('without a server it says how to start one', async () => {
    const { url } = await libraryOf(1)
    await new Promise((done) => server!.close(done))
    server = undefined
    await expect(warm(argsFor(url), silent(), never)).rejects.toThrow('npm start')
  })

  test('knows the shapes that the server draws', () => {
    expect(readWarmArgs([]).aspects).toEqual(ASPECTS)
  })

  test.each([
    [['--aspects', '3:2'], /1:1, 4:5/],
    [['--concurrency', '17'], /1 to 16/],
    [['--concurrency', '0'], /1 to 16/],
    [['--url', 'ftp://x'], /--url takes/],
    [['--unknown'], /--help/],
  ])('%j is refused with what is allowed', (argv, why) => {
    expect(() => readWarmArgs(argv)).toThrow(UsageError)
    expect(() => readWarmArgs(argv)).toThrow(why)
  })
})
