import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract'
import {
  askJson,
  checkedPicture,
  downloadPicture,
  type Explain,
  fromBase64,
  MAX_PICTURE_BYTES,
  mayDownload,
  retryAfterMs,
  standardError,
  toBase64,
} from '../../src/providers/http'
import { codeOf, controlOf, errorOf, providerCall } from '../support/providers'
import { jpeg, png, webp } from '../support/uploads'

const NOW = Date.UTC(2026, 10, 21, 12)
const canary = controlOf(env.TEST_CANARY_URL)
beforeEach(() => canary.reset())

describe('where a picture may be downloaded from', () => {
  const base = 'http://127.0.0.1:9001'
  const hosts = ['fal.media', 'cdn.example.com']

  test.each([
    'http://127.0.0.1:9001/files/a.png',
    'https://fal.media/files/a.png',
    'https://v3.fal.media/files/a.png?token=1',
    'https://a.b.fal.media/a.png',
    'https://FAL.MEDIA/a.png',
    'https://fal.media:443/a.png',
    'https://cdn.example.com/a.png',
  ])('%s', (url) => {
    expect(mayDownload(url, base, hosts)).toBe(true)
  })

  test.each([
    ['another port of ours', 'http://127.0.0.1:9002/files/a.png'],
    ['our own host by another protocol', 'https://127.0.0.1:9001/files/a.png'],
    ['a known host without encryption', 'http://fal.media/a.png'],
    ['a known host at another port', 'https://fal.media:8443/a.png'],
    ['a host that ends alike', 'https://evilfal.media/a.png'],
    ['a host that begins alike', 'https://fal.media.example.org/a.png'],
    ['a host above a known one', 'https://example.com/a.png'],
    ['a name in the address', 'https://fal.media@example.org/a.png'],
    ['a password for a known host', 'https://me:secret@fal.media/a.png'],
    ['a name for our own host', 'http://me@127.0.0.1:9001/files/a.png'],
    ['this machine', 'http://localhost/a.png'],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['a path', '/files/a.png'],
    ['nothing', ''],
  ])('not %s', (_why, url) => {
    expect(mayDownload(url, base, hosts)).toBe(false)
  })
})

describe('what Retry-After means', () => {
  test.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['999999999', 24 * 3_600_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ['soon', undefined],
    ['-5x', undefined],
    ['1.5', 1_500],
    ['-5', undefined],
    ['', undefined],
  ])('%j', (value, ms) => {
    expect(retryAfterMs(new Headers({ 'retry-after': value }), NOW)).toBe(ms)
  })

  test('nothing, when it is not there', () => {
    expect(retryAfterMs(new Headers(), NOW)).toBeUndefined()
  })
})

describe('what a status means', () => {
  test.each([
    [429, '', 'RATE_LIMITED'],
    [402, '', 'QUOTA'],
    [401, '', 'AUTH'],
    [403, '', 'AUTH'],
    [404, '', 'AUTH'],
    [410, '', 'AUTH'],
    [408, '', 'TIMEOUT'],
    [400, '', 'INVALID'],
    [413, '', 'INVALID'],
    [422, '', 'INVALID'],
    [400, 'NSFW content detected', 'MODERATED_IN'],
    [422, 'content_policy_violation', 'MODERATED_IN'],
    [400, 'CUDA error: out of memory', 'UPSTREAM_5XX'],
    [400, 'in the bedroom', 'INVALID'],
    [500, '', 'UPSTREAM_5XX'],
    [502, '', 'UPSTREAM_5XX'],
    [503, '', 'UPSTREAM_5XX'],
    [504, 'NSFW', 'UPSTREAM_5XX'],
    [302, '', 'BAD_OUTPUT'],
    [304, '', 'BAD_OUTPUT'],
  ])('%i %s is %s', (status, text, code) => {
    expect(standardError({ status, headers: new Headers(), json: null, text }, NOW)).toMatchObject({ code, status })
  })

  test('503 with an estimated time is a model that is being loaded', () => {
    const said = (estimated_time: unknown, headers = new Headers()) =>
      standardError({ status: 503, headers, json: { estimated_time }, text: '' }, NOW)
    expect(said(20)).toMatchObject({ code: 'COLD', retryAfterMs: 20_000 })
    expect(said(0.2)).toMatchObject({ code: 'COLD', retryAfterMs: 1_000 })
    expect(said(600)).toMatchObject({ code: 'COLD', retryAfterMs: 60_000 })
    expect(said('soon')).toMatchObject({ code: 'UPSTREAM_5XX', retryAfterMs: undefined })
    expect(said(20, new Headers({ 'retry-after': '5' }))).toMatchObject({ code: 'COLD', retryAfterMs: 5_000 })
  })

  test('what was said is never told on', () => {
    const text = 'NSFW: A seller carries a box, key fal-secret'
    const error = standardError(
      { status: 400, headers: new Headers({ 'x-request-id': 'up_1' }), json: { text }, text },
      NOW,
    )
    expect(`${error.message} ${error.safeDetail} ${JSON.stringify(error)}`).not.toMatch(/seller|fal-secret/)
    expect(error).toMatchObject({ code: 'MODERATED_IN', upstreamId: 'up_1' })
  })
})

describe('bytes in answers', () => {
  test('base64 goes there and back, whatever the length', () => {
    const bytes = Uint8Array.from({ length: 0x8000 * 2 + 5 }, (_, n) => (n * 31) & 255)
    const back = fromBase64(toBase64(bytes))
    expect(back.length).toBe(bytes.length)
    expect(back.every((byte, at) => byte === bytes[at])).toBe(true)
    expect(toBase64(new Uint8Array())).toBe('')
  })

  test('broken base64 is a bad answer', async () => {
    expect(await codeOf((async () => fromBase64('%%%'))())).toBe('BAD_OUTPUT')
  })

  test.each([
    ['png', png],
    ['jpeg', jpeg],
    ['webp', webp],
  ])('%s is known by its first bytes', (_, bytes) => {
    expect(checkedPicture(bytes)).toBe(bytes)
  })

  test('what is no picture is a bad answer', async () => {
    const page = Uint8Array.from('<html>welcome</html>', (letter) => letter.charCodeAt(0))
    expect(await codeOf((async () => checkedPicture(page))())).toBe('BAD_OUTPUT')
  })
})

describe('a download', () => {
  const download = (url: string, call = providerCall()) =>
    downloadPicture(call, url, { baseUrl: 'https://queue.example.com', hosts: [] })

  test('of a picture in the address itself needs no network', async () => {
    const call = providerCall()
    expect(await download(`data:image/png;base64,${toBase64(png)}`, call)).toEqual(png)
    expect(call.seen).toEqual([])
  })

  test.each(['data:text/html;base64,PGh0bWw+', 'data:image/svg+xml;base64,PHN2Zz4=', 'data:image/png,abc'])(
    'of %s is refused',
    async (url) => {
      expect(await codeOf(download(url))).toBe('BAD_OUTPUT')
    },
  )

  test('of a picture in the address itself that is too large is refused', async () => {
    const start = toBase64(png.subarray(0, 30))
    const zeros = (bytes: number) => 'AAAA'.repeat(Math.ceil(bytes / 3))
    const picture = await download(`data:image/png;base64,${start}${zeros(1_000_000)}`)
    expect(picture.length).toBeGreaterThan(1_000_000)
    const error = await errorOf(download(`data:image/png;base64,${start}${zeros(MAX_PICTURE_BYTES)}`))
    expect(error).toMatchObject({ code: 'BAD_OUTPUT', safeDetail: `more than ${MAX_PICTURE_BYTES} bytes` })
  })

  test('at a place that nobody named is refused before it is asked', async () => {
    expect(await codeOf(download(`${env.TEST_CANARY_URL}/a.png`))).toBe('BAD_OUTPUT')
    expect(await canary.stats()).toMatchObject({ calls: 0 })
  })
})

test('a page in place of JSON is a bad answer', async () => {
  const error = await errorOf(askJson(providerCall(), `${env.TEST_CANARY_URL}/page`))
  expect(error).toMatchObject({ code: 'BAD_OUTPUT', status: 200, safeDetail: '200 without JSON' })
})

test('an adapter may say itself what a refusal means', async () => {
  await canary.breakNext('500', { path: 'download' })
  const url = `${env.TEST_CANARY_URL}/x`
  const explain: Explain = ({ status, json }) => new ProviderError('COLD', JSON.stringify({ status, json }))
  const error = await errorOf(askJson(providerCall(), url, { explain }))
  expect(error).toMatchObject({ code: 'COLD', safeDetail: '{"status":500,"json":{"detail":"internal error"}}' })
})
