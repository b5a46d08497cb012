import { env } from 'cloudflare:test'
import { afterAll, describe, expect, test } from 'vitest'
import { modules } from '../../src/render/modules'
import { decodeWith } from '../../src/uploads/codecs'
import { expectJson, request } from '../support/app'
import { anyAddress } from '../support/people'
import { presetRow, removePresetRows } from '../support/presets'
import { errorOf } from '../support/walk'

const PRESETS = '/apps/avatar-creator/presets'
const picture = (id: string, query = '', headers: Record<string, string> = {}) =>
  request(`${PRESETS}/${id}/picture${query}`, { headers })
const keptOf = async (id: string) => (await env.MEDIA.list({ prefix: `presets/${id}/` })).objects.map(({ key }) => key)
const keyOf = (id: string, answer: Response) => `presets/${id}/${answer.headers.get('etag')!.slice(1, -1)}.jpg`

const pixelsOf = async (answer: Response) => {
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('image/jpeg')
  const { webpDecoder: webp, jpegDecoder: jpeg } = modules
  return decodeWith({ webp, jpeg }, 'jpeg', new Uint8Array(await answer.arrayBuffer()))
}

/** Mean difference of two pictures of one size, 0..255. */
async function difference(a: Response, b: Response): Promise<number> {
  const [one, other] = await Promise.all([pixelsOf(a), pixelsOf(b)])
  return one.rgba.reduce((sum, level, at) => sum + Math.abs(level - other.rgba[at]!), 0) / one.rgba.length
}

afterAll(removePresetRows)

describe('showAvatarPresetPicture', () => {
  test.each([
    ['', 512, 640],
    ['?size=thumbnail', 320, 320],
    ['?size=portrait', 512, 640],
    ['?size=full', 640, 960],
  ])('is a JPEG at the size %s', async (query, width, height) => {
    expect(await pixelsOf(await picture('barista', query))).toMatchObject({ width, height })
  })

  test('is drawn once, kept under what it shows, and served from there the second time', async () => {
    const id = await presetRow()
    const first = await picture(id)
    expect(await keptOf(id)).toEqual([keyOf(id, first)])
    await env.MEDIA.put(keyOf(id, first), 'kept')
    expect(await (await picture(id)).text()).toBe('kept')
  })

  test('ten first looks at once make one picture', async () => {
    const id = await presetRow()
    const answers = await Promise.all(Array.from({ length: 10 }, () => picture(id, '?size=full')))
    const sizes = await Promise.all(answers.map(async (answer) => (await answer.arrayBuffer()).byteLength))
    expect(new Set(sizes).size).toBe(1)
    expect(await keptOf(id)).toHaveLength(1)
  })

  test('shows the words and the attributes of the preset: other ones are another picture', async () => {
    const looks = { gender: 'male', hairStyle: 'short', skinTone: 'medium' } as const
    const plain = await presetRow({ ...looks, words: 'red t-shirt' })
    const same = await presetRow({ ...looks, words: 'red t-shirt' })
    const dressed = await presetRow({ ...looks, words: 'blue shirt, long sleeves' })
    const darker = await presetRow({ ...looks, words: 'red t-shirt', skinTone: 'dark' })
    const look = (id: string) => picture(id, '?size=thumbnail')
    expect(await difference(await look(plain), await look(same))).toBe(0)
    expect(await difference(await look(plain), await look(dressed))).toBeGreaterThan(5)
    expect(await difference(await look(plain), await look(darker))).toBeGreaterThan(2)
  })

  test('the addresses in a preset are kept for ever; any other is asked about again', async () => {
    const preset = await expectJson<Record<string, string>>(request(`${PRESETS}/barista`), 200)
    for (const name of ['thumbnailUrl', 'portraitUrl', 'fullUrl']) {
      const answer = await request(`/${preset[name]}`.replace('//', '/').replace('/api/v1', ''))
      expect([name, answer.status, answer.headers.get('cache-control')]).toEqual([
        ...[name, 200, 'public, max-age=31536000, immutable'],
      ])
    }
    for (const query of ['', '?v=other'])
      expect((await picture('barista', query)).headers.get('cache-control')).toBe('public, max-age=86400')
  })

  test('who has it gets 304 without a body', async () => {
    const etag = (await picture('barista')).headers.get('etag')!
    const answer = await picture('barista', '', { 'if-none-match': etag })
    expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, etag, ''])
  })

  test('an address that has too much drawn has to wait; what is drawn already it is shown', async () => {
    const id = await presetRow()
    const headers = { 'cf-connecting-ip': anyAddress() }
    const sizes = Array.from({ length: 61 }, (_, n) => `${320 + 16 * n}x320`)
    const drawings = []
    for (const size of sizes)
      drawings.push(await request(`/apps/pose-generator/library/carry-box-chest/control?size=${size}`, { headers }))
    expect(drawings.at(-1)?.status).toBe(429)
    const refused = await picture(id, '', headers)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.headers.get('cache-control')).toBeNull()
    expect(await errorOf(refused)).toMatchObject({ statusCode: 429, code: 'RATE_LIMITED' })
    expect((await picture(id, '', { 'cf-connecting-ip': anyAddress() })).status).toBe(200)
    expect((await picture(id, '', headers)).status).toBe(200)
  })

  test.each([
    ['?size=huge', 'size'],
    [`?v=${'x'.repeat(65)}`, 'v'],
  ])('refuses %s with the name of the field', async (query, field) => {
    const answer = await picture('barista', query)
    expect(answer.status).toBe(422)
    expect((await errorOf(answer)).issues[0]).toMatchObject({ field })
  })
})
