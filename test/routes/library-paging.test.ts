import { env } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, test } from 'vitest'
import { poseFavorites, poseRatings, poses } from '../../src/db/tables/poses'
import { refreshPopularity } from '../../src/poses/refresh-popularity'
import { expectJson, request, signUp } from '../support/app'
import { db, poseRow } from '../support/rows'

type Card = { id: string; name: string; isFavorite: boolean | null; ratingAverage: number | null; ratingCount: number }
type Page = { items: (Card & { favoriteCount: number })[]; page: { total: number; nextCursor: string | null } }

const library = (query: string, headers: Record<string, string> = {}) =>
  expectJson<Page>(request(`/apps/pose-generator/library?${query}`, { headers }), 200)

const bearer = ({ accessToken }: { accessToken: string }) => ({ authorization: `Bearer ${accessToken}` })

const made: string[] = []
afterEach(async () => {
  for (const id of made.splice(0)) await db.delete(poses).where(eq(poses.id, id))
})
async function publish(values: Partial<typeof poses.$inferInsert> = {}): Promise<string> {
  const id = await poseRow({ isPublic: true, ...values })
  made.push(id)
  return id
}

describe('a cursor', () => {
  test.each([
    'sort=curated',
    'sort=popular',
    'sort=newest',
    'sort=name',
    'sort=rating',
    'search=box',
    'search=dua orang',
  ])(
    'of %s shows every pose that was there once, while others are added',
    async (order) => {
      const whole = await library(`limit=100&${order}`)
      const seen: string[] = []
      let cursor = ''
      do {
        const page = await library(`limit=3&${order}${cursor}`)
        seen.push(...page.items.map(({ id }) => id))
        await publish({ displayOrder: seen.length, nameEn: `A box of ${seen.length}` })
        cursor = page.page.nextCursor === null ? '' : `&cursor=${page.page.nextCursor}`
      } while (cursor !== '')
      const old = new Set(whole.items.map(({ id }) => id))
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((id) => old.has(id)).toSorted()).toEqual([...old].toSorted())
    },
    30_000,
  )

  test('of another list, another search, or of nobody is refused', async () => {
    const { page } = await library('limit=3&search=box')
    for (const query of [
      `search=kotak&cursor=${page.nextCursor}`,
      `sort=name&search=box&cursor=${page.nextCursor}`,
      'search=box&cursor=abc.def',
      'search=box&cursor=%27;drop',
      `search=box&page=2&cursor=${page.nextCursor}`,
    ])
      expect((await request(`/apps/pose-generator/library?limit=3&${query}`)).status).toBe(422)
  })
})

describe('nothing is stale', () => {
  test('a pose that was edited, and one that was hidden', async () => {
    const id = await publish({ nameEn: 'Zeppelin Ride', displayOrder: 0 })
    expect((await library('search=zeppelin')).items.map(({ name }) => name)).toEqual(['Zeppelin Ride'])
    await db.update(poses).set({ nameEn: 'Zeppelin Dive' }).where(eq(poses.id, id))
    expect((await library('search=zeppelin', { 'accept-language': 'en' })).items[0]?.name).toBe('Zeppelin Dive')
    await db.update(poses).set({ isPublic: false }).where(eq(poses.id, id))
    expect((await library('search=zeppelin')).items.map(({ id }) => id)).not.toContain(id)
  })

  test('a category that was renamed is found by its new name', async () => {
    const slug = 'hold-one'
    const before = await env.DB.prepare('select name_en as name from pose_categories where slug = ?')
      .bind(slug)
      .first<string>('name')
    expect((await library('search=quokkas')).page.total).toBe(0)
    await env.DB.prepare('update pose_categories set name_en = ? where slug = ?').bind('Quokkas', slug).run()
    const { page } = await library('search=quokkas')
    await env.DB.prepare('update pose_categories set name_en = ? where slug = ?').bind(before, slug).run()
    expect(page.total).toBeGreaterThan(0)
  })

  test('favourites and ratings stand on the card at once, and are the caller’s own', async () => {
    const person = await signUp()
    const id = await publish({ displayOrder: -1 })
    const first = await library('limit=1', bearer(person))
    expect(first.items[0]).toMatchObject({ id, isFavorite: false, ratingAverage: null, ratingCount: 0 })
    await db.insert(poseFavorites).values({ userId: person.user.id, poseId: id, createdAt: 1 })
    await db.insert(poseRatings).values({ userId: person.user.id, poseId: id, stars: 4, updatedAt: 1 })
    const second = await library('limit=1', bearer(person))
    expect(second.items[0]).toMatchObject({ id, isFavorite: true, favoriteCount: 1, ratingAverage: 4, ratingCount: 1 })
    expect((await library('limit=1')).items[0]).toMatchObject({ id, isFavorite: null })
    expect((await library('favorites=true', bearer(person))).items.map((card) => card.id)).toEqual([id])
  })

  test('the popular come first after the next look at what was counted', async () => {
    const id = await publish({ displayOrder: 900, usageCount: 40 })
    await refreshPopularity(db)
    expect((await library('sort=popular&limit=1')).items[0]?.id).toBe(id)
    expect(await refreshPopularity(db)).toBe(0)
  })
})

describe('what is personal', () => {
  test.each(['favorites=true', 'mine=true', 'collection=col_01HZZZZZZZZZZZZZZZZZZZZZZZ'])(
    '%s wants to know who asks',
    async (query) => {
      expect((await request(`/apps/pose-generator/library?${query}`)).status).toBe(401)
      expect((await request(`/apps/pose-generator/library/facets?${query}`)).status).toBe(401)
    },
  )

  test('is not for caches, and shows own poses to their owner alone', async () => {
    const [owner, other] = [await signUp(), await signUp()]
    const id = await poseRow({ ownerId: owner.user.id, isPublic: false, nameEn: 'My zither' })
    made.push(id)
    const answer = await request('/apps/pose-generator/library?mine=true&search=zither', { headers: bearer(owner) })
    expect(answer.headers.get('cache-control')).toContain('private')
    expect(answer.headers.get('vary')).toContain('Authorization')
    expect((await expectJson<Page>(answer, 200)).items.map((card) => card.id)).toEqual([id])
    expect((await library('mine=true', bearer(other))).items).toEqual([])
    expect((await library('search=zither')).items).toEqual([])
    const collection = await request('/apps/pose-generator/library?collection=col_01HZZZZZZZZZZZZZZZZZZZZZZZ', {
      headers: bearer(other),
    })
    expect(collection.status).toBe(404)
  })
})
