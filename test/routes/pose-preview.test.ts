import { env } from 'cloudflare:test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modules } from '../../src/render/modules'
import { decodeWith } from '../../src/uploads/codecs'
import { expectJson, request } from '../support/app'

const preview = (id: string, headers: Record<string, string> = {}, query = '') =>
  request(`/apps/pose-generator/library/${id}/preview${query}`, { headers })
const keptPreviews = async () => (await env.MEDIA.list({ prefix: 'preview/' })).objects.map(({ key }) => key)

const pixelsOf = async (answer: Response) => {
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('image/webp')
  const { webpDecoder: webp, jpegDecoder: jpeg } = modules
  return decodeWith({ webp, jpeg }, 'webp', new Uint8Array(await answer.arrayBuffer()))
}
const sizeOf = (answer: Response) => pixelsOf(answer).then(({ width, height }) => [width, height])

test('the preview of a pose is a WebP that caches may keep', async () => {
  const answer = await preview('carry-box-chest')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('image/webp')
  expect(answer.headers.get('cache-control')).toBe('public, max-age=86400')
  const bytes = new Uint8Array(await answer.arrayBuffer())
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('RIFF')
  expect(new TextDecoder().decode(bytes.subarray(8, 12))).toBe('WEBP')
})

test('who has it gets 304 without a body', async () => {
  const etag = (await preview('carry-box-chest')).headers.get('etag')!
  expect(etag).toMatch(/^"[^"]+"$/)
  const answer = await preview('carry-box-chest', { 'if-none-match': etag })
  expect(answer.status).toBe(304)
  expect(answer.headers.get('etag')).toBe(etag)
  expect(await answer.text()).toBe('')
})

test('the large one is drawn once, kept, and served from there the second time', async () => {
  const before = await keptPreviews()
  const first = await preview('carry-box-chest', {}, '?size=768')
  expect(await sizeOf(first)).toEqual([768, 768])
  const made = (await keptPreviews()).filter((key) => !before.includes(key))
  expect(made).toEqual([`preview/${first.headers.get('etag')!.slice(1, -1)}.webp`])
  await env.MEDIA.put(made[0]!, 'kept')
  expect(await (await preview('carry-box-chest', {}, '?size=768')).text()).toBe('kept')
  await env.MEDIA.delete(made[0]!)
})

test('ten first looks at once make one large preview', async () => {
  const before = (await keptPreviews()).length
  const answers = await Promise.all(Array.from({ length: 10 }, () => preview('yoga-tree', {}, '?size=768')))
  const sizes = new Set(await Promise.all(answers.map(async (answer) => (await answer.arrayBuffer()).byteLength)))
  expect([...sizes]).toHaveLength(1)
  expect((await keptPreviews()).length).toBe(before + 1)
})

test('a mirrored preview shows the same picture turned round, at both sizes', async () => {
  for (const query of ['size=320', 'size=768']) {
    const [plain, mirrored] = await Promise.all([
      preview('carry-box-chest', {}, `?${query}`).then(pixelsOf),
      preview('carry-box-chest', {}, `?${query}&mirror=true`).then(pixelsOf),
    ])
    expect(mirrored.width).toBe(plain.width)
    let [same, turned] = [0, 0]
    for (let y = 0; y < plain.height; y++)
      for (let x = 0; x < plain.width; x++) {
        const at = (picture: typeof plain, column: number) => picture.rgba[(y * plain.width + column) * 4]!
        same += Math.abs(at(mirrored, x) - at(plain, x))
        turned += Math.abs(at(mirrored, x) - at(plain, plain.width - 1 - x))
      }
    // What is left is what coding twice loses.
    expect(turned / (plain.width * plain.height)).toBeLessThan(2)
    expect(same).toBeGreaterThan(3 * turned)
  }
})

test('the address of a card is kept for ever; any other is asked about again', async () => {
  const { previewLargeUrl } = await expectJson<{ previewLargeUrl: string }>(
    request('/apps/pose-generator/library/carry-box-chest'),
    200,
  )
  const answer = await request(`/${previewLargeUrl}`)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  const other = await preview('carry-box-chest', {}, '?size=768&v=other')
  expect(other.headers.get('cache-control')).toBe('public, max-age=86400')
  const etag = other.headers.get('etag')!
  expect(etag).toBe(answer.headers.get('etag'))
  const known = await preview('carry-box-chest', { 'if-none-match': etag }, '?size=768')
  expect(known.status).toBe(304)
  expect(await known.text()).toBe('')
})

describe('a pose that was not shipped with the library', () => {
  beforeAll(() =>
    env.DB.batch([
      env.DB.prepare('create table copied as select * from poses where id = ?').bind('yoga-tree'),
      env.DB.prepare("update copied set id = 'not-shipped', number = null, display_order = display_order + 5000"),
      env.DB.prepare('insert into poses select * from copied'),
      env.DB.prepare('drop table copied'),
      env.DB.prepare(
        "insert into pose_geometry select 'not-shipped', geometry from pose_geometry where pose_id = 'yoga-tree'",
      ),
    ]),
  )
  afterAll(() => env.DB.prepare("delete from poses where id = 'not-shipped'").run())

  test('has previews that are drawn', async () => {
    expect(await sizeOf(await preview('not-shipped'))).toEqual([320, 320])
    expect(await sizeOf(await preview('not-shipped', {}, '?size=768&mirror=true'))).toEqual([768, 768])
  })

  test('a large preview has another address when its words change, for they say what it wears and holds', async () => {
    const address = async () =>
      (await expectJson<{ previewLargeUrl: string }>(request('/apps/pose-generator/library/not-shipped'), 200))
        .previewLargeUrl
    const before = await address()
    await env.DB.prepare("update poses set prompt_hint = 'in a hijab' where id = 'not-shipped'").run()
    expect(await address()).not.toBe(before)
  })

  test('a pose that an admin bent does not show its old preview; one that was only renamed does', async () => {
    const shipped = (await preview('yoga-tree')).headers.get('etag')
    await env.DB.prepare("update poses set name_en = 'Tree', edited_at = 1 where id = 'yoga-tree'").run()
    expect((await preview('yoga-tree')).headers.get('etag')).toBe(shipped)
    await env.DB.prepare("update poses set revision = 'bent' where id = 'yoga-tree'").run()
    const drawn = await preview('yoga-tree')
    const back =
      "update poses set name_en = 'Tree Pose', edited_at = null, revision = shipped_revision where id = 'yoga-tree'"
    await env.DB.prepare(back).run()
    expect(await sizeOf(drawn)).toEqual([320, 320])
    expect(drawn.headers.get('etag')).not.toBe(shipped)
  })

  test('hidden from the library it is 404 at every size, like one that never was', async () => {
    await env.DB.prepare("update poses set is_public = 0 where id = 'not-shipped'").run()
    for (const query of ['', '?mirror=true', '?size=768']) {
      for (const id of ['not-shipped', 'no-such-pose'])
        expect((await expectJson<{ error: { code: string } }>(preview(id, {}, query), 404)).error.code).toBe(
          'NOT_FOUND',
        )
    }
  })
})

test.each([
  ['size=512', 'size'],
  ['mirror=1', 'mirror'],
  [`v=${'x'.repeat(65)}`, 'v'],
])('%s is refused by the name of the field', async (query, field) => {
  const answer = await expectJson<{ error: { details: { issues: { field: string }[] } } }>(
    preview('carry-box-chest', {}, `?${query}`),
    422,
  )
  expect(answer.error.details.issues.map((issue) => issue.field)).toEqual([field])
})

test('the files are reached through the library alone', async () => {
  expect((await request('//carry-box-chest.webp')).status).toBe(404)
})
