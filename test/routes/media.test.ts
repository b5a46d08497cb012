import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { SIGNED_URL_LIFETIME_MS } from '../../src/kernel/limits'
import { signMediaPath } from '../../src/media/sign'
import { request, signUp } from '../support/app'
import type { Person } from '../support/people'
import { ended, type Picture, resultsOf, startShoot } from '../support/shoots'
import { type Uploaded, upload } from '../support/uploads'
import { errorOf } from '../support/walk'

let sari: Person
let picture: Picture
let uploaded: Uploaded
beforeAll(async () => {
  sari = await signUp()
  const { generation } = await startShoot(sari)
  await ended(sari, generation.id)
  picture = (await resultsOf(sari, generation.id)).items[0]!
  uploaded = await upload(sari)
})
afterEach(() => {
  vi.useRealTimers()
})

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  request(url.startsWith('/api/v1') ? url.slice('/api/v1'.length) : url, { headers, method })

describe('GET /media/:id', () => {
  test('whoever has the URL sees the picture, without signing in', async () => {
    const original = await get(picture.outputImageUrl!)
    expect(original.status).toBe(200)
    expect(original.headers.get('content-type')).toBe('image/png')
    expect(Number(original.headers.get('content-length'))).toBe((await original.arrayBuffer()).byteLength)
    const thumbnail = await get(picture.thumbnailUrl!)
    expect(thumbnail.headers.get('content-type')).toBe('image/jpeg')
    expect((await get(uploaded.url)).status).toBe(200)
  })

  test('private, unsniffed, unframed, and no script runs in it (G7, G8)', async () => {
    for (const url of [picture.outputImageUrl!, picture.thumbnailUrl!, uploaded.url]) {
      const { headers } = await get(url)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('content-disposition')).toMatch(/^inline; filename="(img|upl)_[0-9A-Z]{26}\.(png|jpg)"$/)
      expect(headers.get('cross-origin-resource-policy')).toBe('same-site')
      expect(headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/)
      const [, maxAge] = /^private, max-age=(\d+)$/.exec(headers.get('cache-control') ?? '') ?? []
      expect(Number(maxAge)).toBeLessThanOrEqual(SIGNED_URL_LIFETIME_MS / 1000)
    }
  })

  test('one character of id, expiry or signature changed: never the picture (G6)', async () => {
    const url = new URL(picture.outputImageUrl!, 'http://localhost')
    const changed: string[] = []
    const swap = (text: string, at: number) => text.slice(0, at) + (text[at] === '7' ? '8' : '7') + text.slice(at + 1)
    const withQuery = (name: string, value: string) => {
      const other = new URL(url)
      other.searchParams.set(name, value)
      return other.pathname + other.search
    }
    for (let at = 'img_'.length; at < picture.id.length; at++)
      changed.push(url.pathname.replace(picture.id, swap(picture.id, at)) + url.search)
    for (const name of ['exp', 'sig']) {
      const value = url.searchParams.get(name)!
      for (let at = 0; at < value.length; at++) changed.push(withQuery(name, swap(value, at)))
    }
    expect(changed.length).toBeGreaterThan(26 + 13 + 42)
    for (const path of changed) expect([(await get(path)).status, path]).toEqual([403, path])
  })

  test('a signature is for one variant: the thumbnail’s does not open the original', async () => {
    const url = picture.thumbnailUrl!
    expect((await get(url.replace('variant=thumbnail', 'variant=original'))).status).toBe(403)
    expect((await get(url.replace('variant=thumbnail&', ''))).status).toBe(403)
    expect((await get(uploaded.url.replace('variant=original', 'variant=thumbnail'))).status).toBe(403)
  })

  test('and for one picture', async () => {
    const others = uploaded.url.replace(uploaded.id, picture.id)
    expect(await errorOf(await get(others))).toMatchObject({ statusCode: 403, code: 'FORBIDDEN' })
  })

  test.each([
    ['without a signature', 'sig', ''],
    ['with a short one', 'sig', 'abc'],
    ['with another variant', 'variant', 'huge'],
    ['with a word for a time', 'exp', 'tomorrow'],
    ['with a negative time', 'exp', '-1'],
    ['with the time in hexadecimal', 'exp', '0x1a2b'],
    ['with half a millisecond', 'exp', '1.5'],
    ['with a time in other digits', 'exp', '1.8e12'],
  ])('%s: 422', async (_, name, value) => {
    const url = new URL(picture.outputImageUrl!, 'http://localhost')
    url.searchParams.set(name, value)
    expect((await errorOf(await get(url.pathname + url.search))).issues).toMatchObject([{ field: name }])
  })

  test('what expired is a 403, also signed for later than we ever sign (G7)', async () => {
    const sign = (now: number) => signMediaPath(env.MEDIA_SIGNING_SECRET, picture.id, 'original', now)
    const now = Date.now()
    expect((await get(await sign(now - SIGNED_URL_LIFETIME_MS))).status).toBe(403)
    expect((await get(await sign(now + SIGNED_URL_LIFETIME_MS))).status).toBe(403)
    expect((await get(await sign(now))).status).toBe(200)
  })

  test('a URL lives 10 to 15 minutes, and is the same for a while so that browsers keep the picture', async () => {
    const at = async (now: number) =>
      Number(/exp=(\d+)/.exec(await signMediaPath('secret', picture.id, 'original', now))![1])
    for (let now = 1_800_000_000_000; now < 1_800_000_000_000 + 600_000; now += 7_777) {
      expect((await at(now)) - now).toBeGreaterThan(600_000 - 1)
      expect((await at(now)) - now).toBeLessThanOrEqual(SIGNED_URL_LIFETIME_MS)
    }
    expect(await at(1_800_000_000_001)).toBe(await at(1_800_000_000_002))
  })

  test('a picture that is gone is a 404, signed or not', async () => {
    const { id, url } = await upload(sari)
    await env.MEDIA.delete(`u/${sari.user.id}/uploads/${id}.png`)
    expect((await get(url)).status).toBe(404)
    const missing = await signMediaPath(
      env.MEDIA_SIGNING_SECRET,
      'img_01J00000000000000000000000',
      'original',
      Date.now(),
    )
    expect((await get(missing)).status).toBe(404)
    const never = await signMediaPath(env.MEDIA_SIGNING_SECRET, uploaded.id, 'thumbnail', Date.now())
    expect((await get(never)).status).toBe(404)
  })

  test('HEAD says the same without the bytes', async () => {
    const head = await get(uploaded.url, {}, 'HEAD')
    expect([head.status, (await head.arrayBuffer()).byteLength]).toEqual([200, 0])
  })

  test('the bytes in R2 have no address of their own', async () => {
    for (const path of [
      `//u/${sari.user.id}/uploads/${uploaded.id}.png`,
      `/media/u/${sari.user.id}/uploads/${uploaded.id}.png`,
    ])
      expect((await request(path)).status).toBe(404)
  })
})
