import { eq } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { AVATAR_ATTRIBUTES } from '../../src/db/tables/avatar-attributes'
import { avatarPresets } from '../../src/db/tables/avatars'
import { expectJson, request } from '../support/app'
import { presetRow, publishPresets, removePresetRows } from '../support/presets'
import { db } from '../support/rows'
import { errorOf } from '../support/walk'

type Preset = {
  id: string
  category: string
  name: string
  names: { en: string; id: string }
  description: string
  descriptions: { en: string; id: string }
  region: string | null
  persona: { name: string; age: number }
  attributes: Record<string, string>
  words: string
  portraitUrl: string
}
type Page = { items: Preset[]; page: { nextCursor: string | null; limit: number } }

const PRESETS = '/apps/avatar-creator/presets'
const list = (query = '', headers: Record<string, string> = {}) =>
  expectJson<Page>(request(`${PRESETS}?limit=100${query}`, { headers }), 200)
const idsOf = ({ items }: Page) => items.map(({ id }) => id)

afterAll(removePresetRows)

describe('listAvatarPresets', () => {
  test('shows people to begin with, in every category, to anybody', async () => {
    const { items } = await list()
    expect(items.length).toBeGreaterThanOrEqual(28)
    for (const category of ['business', 'casual', 'traditional', 'creative'])
      expect(items.filter((each) => each.category === category).length).toBeGreaterThanOrEqual(6)
    expect(items.find(({ id }) => id === 'javanese-kebaya')).toMatchObject({
      ...{ category: 'traditional', name: 'Javanese kebaya', names: { en: 'Javanese kebaya', id: 'Kebaya Jawa' } },
      ...{ region: 'Jawa Tengah', attributes: { gender: 'female', hairStyle: 'bun', style: 'traditional' } },
      persona: { name: expect.any(String), age: expect.any(Number) },
    })
  })

  test('speaks the language of the caller, and tells both', async () => {
    const answer = await request(`${PRESETS}?limit=100`, { headers: { 'accept-language': 'id' } })
    expect(answer.headers.get('content-language')).toBe('id')
    expect(answer.headers.get('vary')).toContain('Accept-Language')
    for (const { name, names, description, descriptions } of (await expectJson<Page>(answer, 200)).items)
      expect([name, description]).toEqual([names.id, descriptions.id])
    for (const { name, names } of (await list()).items) expect(name).toBe(names.en)
  })

  test.each(['business', 'traditional'])('finds those of the category %s', async (category) => {
    const { items } = await list(`&category=${category}`)
    expect(new Set(items.map((each) => each.category))).toEqual(new Set([category]))
    expect(items.length).toBe((await list()).items.filter((each) => each.category === category).length)
  })

  test.each(AVATAR_ATTRIBUTES.gender)('finds those who are %s', async (gender) => {
    const { items } = await list(`&gender=${gender}`)
    expect(items.length).toBeGreaterThan(0)
    expect(new Set(items.map(({ attributes }) => attributes.gender))).toEqual(new Set([gender]))
  })

  test.each([
    ['kebaya Jawa', 'javanese-kebaya'],
    ['jarik sanggul', 'javanese-kebaya'],
    ['pesaan', 'madurese-stripes'],
    ['DAYAK', 'dayak-kalimantan'],
    ['sumatera barat', 'minang-tengkuluk'],
    ['coffee shop', 'barista'],
  ])('finds by the words %s', async (search, id) => {
    expect(idsOf(await list(`&search=${encodeURIComponent(search)}`))).toContain(id)
  })

  test('finds nothing by words that do not stand together anywhere', async () => {
    expect(await list('&search=kebaya+montir')).toEqual({ items: [], page: { nextCursor: null, limit: 100 } })
  })

  test('pages through all of them once, in their order', async () => {
    const all = idsOf(await list())
    const seen: string[] = []
    for (let cursor: string | null = '', pages = 0; cursor !== null && pages < 30; pages++) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { items, page } = await expectJson<Page>(request(`${PRESETS}?limit=7${query}`), 200)
      seen.push(...items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(all)
  })

  test.each([
    ['category=sporty', 'category'],
    ['gender=robot', 'gender'],
    ['search=a', 'search'],
    ['cursor=kebaya', 'cursor'],
    ['cursor=5', 'cursor'],
    ['limit=101', 'limit'],
  ])('refuses %s with the name of the field', async (query, field) => {
    const answer = await request(`${PRESETS}?${query}`)
    expect(answer.status).toBe(422)
    expect((await errorOf(answer)).issues[0]).toMatchObject({ field })
  })

  test('who has the list already gets 304 without a body; in another language it is another list', async () => {
    const first = await request(PRESETS)
    const etag = first.headers.get('etag')!
    expect(first.headers.get('cache-control')).toBe('public, max-age=600')
    const again = await request(PRESETS, { headers: { 'if-none-match': etag } })
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, ''])
    const indonesian = await request(PRESETS, { headers: { 'accept-language': 'id', 'if-none-match': etag } })
    expect(indonesian.status).toBe(200)
    expect(indonesian.headers.get('etag')).not.toBe(etag)
  })

  test('is read once for each version of the data, and a new version is seen at once', async () => {
    const id = await presetRow()
    expect(idsOf(await list())).toContain(id)
    await db.update(avatarPresets).set({ nameEn: 'Renamed' }).where(eq(avatarPresets.id, id))
    const nameOf = async () => (await list()).items.find((each) => each.id === id)?.name
    expect(await nameOf()).toBe('One more')
    await publishPresets()
    expect(await nameOf()).toBe('Renamed')
  })

  test('does not show what left the data', async () => {
    const id = await presetRow({ isPublic: false })
    expect(idsOf(await list())).not.toContain(id)
  })
})

describe('showAvatarPreset', () => {
  test('shows one as the list does', async () => {
    const listed = (await list()).items.find(({ id }) => id === 'barista')
    expect(await expectJson(request(`${PRESETS}/barista`), 200)).toEqual(listed)
  })

  test('who has it already gets 304', async () => {
    const etag = (await request(`${PRESETS}/barista`)).headers.get('etag')!
    expect((await request(`${PRESETS}/barista`, { headers: { 'if-none-match': `W/${etag}` } })).status).toBe(304)
  })

  test('one that is hidden is 404 like one that never was, in the list, alone and as a picture', async () => {
    const hidden = await presetRow({ isPublic: false })
    for (const path of [hidden, 'no-such-preset', `${hidden}/picture`, 'no-such-preset/picture'])
      expect(await errorOf(await request(`${PRESETS}/${path}`))).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
  })

  test.each(['Kebaya', 'a'.repeat(61), '-a', 'a--b', '%00'])('refuses the id %s', async (id) => {
    const answer = await request(`${PRESETS}/${id}`)
    expect(answer.status).toBe(422)
    expect((await errorOf(answer)).issues[0]).toMatchObject({ field: 'id' })
  })
})
