import { env } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { expectJson, request } from '../support/app'

const control = (id: string, query = '', headers: Record<string, string> = {}) =>
  request(`/apps/pose-generator/library/${id}/control${query}`, { headers })
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer())
const keptMaps = async () => (await env.MEDIA.list({ prefix: 'control/' })).objects

/** Width and height of a PNG (IHDR, PNG specification section 11.2.1). */
const sizeOf = (png: Uint8Array) => {
  const view = new DataView(png.buffer)
  return [view.getUint32(16), view.getUint32(20)]
}

test('a map is drawn once, kept, and served from there the second time', async () => {
  const before = await keptMaps()
  const first = await control('carry-box-waist', '?size=832x1216')
  expect(first.status).toBe(200)
  expect(first.headers.get('content-type')).toBe('image/png')
  expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const png = await bytesOf(first)
  expect(sizeOf(png)).toEqual([832, 1216])

  const made = (await keptMaps()).filter(({ key }) => !before.some((old) => old.key === key))
  expect(made).toHaveLength(1)
  expect(first.headers.get('etag')).toBe(`"${made[0]!.key.replace('control/', '').replace('.png', '')}"`)

  const second = await control('carry-box-waist', '?size=832x1216')
  expect(await bytesOf(second)).toEqual(png)
  const after = await keptMaps()
  expect(after).toHaveLength(before.length + 1)
  expect(after.find(({ key }) => key === made[0]!.key)?.uploaded).toEqual(made[0]!.uploaded)
})

test('the second request shows what is kept, not a new drawing', async () => {
  const first = await control('carry-box-waist', '?size=896x1152')
  await bytesOf(first)
  const key = `control/${first.headers.get('etag')!.slice(1, -1)}.png`
  await env.MEDIA.put(key, 'kept')
  const second = await control('carry-box-waist', '?size=896x1152')
  expect(new TextDecoder().decode(await bytesOf(second))).toBe('kept')
  await env.MEDIA.delete(key)
})

test('ten first requests at once leave one map', async () => {
  const before = (await keptMaps()).length
  const answers = await Promise.all(Array.from({ length: 10 }, () => control('carry-big-box', '?size=512x512')))
  const maps = await Promise.all(answers.map(bytesOf))
  expect(maps.every((map) => map.length === maps[0]!.length)).toBe(true)
  expect((await keptMaps()).length).toBe(before + 1)
})

test('an odd size is drawn but not kept: a stranger cannot fill the bucket', async () => {
  const before = (await keptMaps()).length
  expect(sizeOf(await bytesOf(await control('carry-box-waist', '?size=272x288')))).toEqual([272, 288])
  expect((await keptMaps()).length).toBe(before)
})

test('the default is 1024 x 1024', async () => {
  expect(sizeOf(await bytesOf(await control('duo-handshake')))).toEqual([1024, 1024])
})

test('who has the map gets 304 without a body', async () => {
  const etag = (await control('carry-box-waist')).headers.get('etag')!
  for (const header of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const answer = await control('carry-box-waist', '', { 'if-none-match': header })
    expect(answer.status).toBe(304)
    expect(await answer.text()).toBe('')
  }
  expect((await control('carry-box-waist', '', { 'if-none-match': '"other"' })).status).toBe(200)
})

test.each(['1000x1024', '240x1024', '1024x1552', '1024', 'axb', '1024X1024', '-16x1024', '1024x1024x1024', ''])(
  'size=%s is refused with field and rule',
  async (size) => {
    const answer = await expectJson<{ error: { details: { issues: { field: string; rule: string }[] } } }>(
      control('carry-box-waist', `?size=${size}`),
      422,
    )
    expect(answer.error.details.issues[0]?.field).toBe('size')
    expect(answer.error.details.issues[0]?.rule).toMatch(/must be/)
  },
)

test.each([
  ['1:1', 1024, 1024],
  ['4:5', 896, 1120],
  ['9:16', 720, 1280],
  ['16:9', 1280, 720],
  ['2:3', 832, 1248],
] as const)('a map for %s has exactly that shape, in sides that the models take', async (aspect, width, height) => {
  const answer = await control('carry-box-waist', `?aspect=${aspect}`)
  expect(sizeOf(await bytesOf(answer))).toEqual([width, height])
  const [across, down] = aspect.split(':').map(Number)
  expect(width * down!).toBe(height * across!)
  expect([width % 16, height % 16]).toEqual([0, 0])
  expect(await env.MEDIA.head(`control/${answer.headers.get('etag')!.slice(1, -1)}.png`)).not.toBeNull()
})

test('a mirrored map is another one, kept beside the first, in every aspect', async () => {
  const [plain, mirrored] = await Promise.all([
    control('carry-box-waist', '?aspect=2:3'),
    control('carry-box-waist', '?aspect=2:3&mirror=true'),
  ])
  expect(mirrored.headers.get('etag')).not.toBe(plain.headers.get('etag'))
  const [a, b] = [await bytesOf(plain), await bytesOf(mirrored)]
  expect(sizeOf(b)).toEqual([832, 1248])
  expect(Buffer.compare(a, b)).not.toBe(0)
  expect(await env.MEDIA.head(`control/${mirrored.headers.get('etag')!.slice(1, -1)}.png`)).not.toBeNull()
})

test.each([
  ['aspect=3:2', 'aspect'],
  ['aspect=', 'aspect'],
  ['size=1024x1024&aspect=1:1', 'aspect'],
  ['mirror=yes', 'mirror'],
])('%s is refused by the name of the field', async (query, field) => {
  const answer = await expectJson<{ error: { details: { issues: { field: string }[] } } }>(
    control('carry-box-waist', `?${query}`),
    422,
  )
  expect(answer.error.details.issues.map((issue) => issue.field)).toEqual([field])
})

test('one address has sixty maps a minute of sizes that are not kept, and any number of those that are', async () => {
  const headers = { 'cf-connecting-ip': '203.0.113.77' }
  const statuses: number[] = []
  for (let n = 0; n < 61; n++) {
    const answer = await control('carry-box-waist', `?size=256x${272 + 16 * n}`, headers)
    await answer.arrayBuffer()
    statuses.push(answer.status)
  }
  expect(statuses).toEqual([...Array(60).fill(200), 429])
  for (const query of ['?size=512x512', '?aspect=9:16']) {
    const answer = await control('carry-box-waist', query, headers)
    await answer.arrayBuffer()
    expect(answer.status).toBe(200)
  }
}, 30_000)
