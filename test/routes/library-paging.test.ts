import { env } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { poseFavorites, poseRatings, poses, poseUses } from '../../src/db/tables/poses'
import { refreshPopularity } from '../../src/poses/library/refresh-popularity'
import { expectJson, request, signUp } from '../support/app'
import { db, poseRow } from '../support/rows'

type Card = { id: string; name: string; isFavorite: boolean | null; ratingAverage: number | null; ratingCount: number }
type Page = {
  items: (Card & { favoriteCount: number })[]
  page: { total: number; isTotalExact: boolean; nextCursor: string | null }
}

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
  test('a pose that was edited, and one that was hidden (J9)', async () => {
    const id = await publish({ nameEn: 'Zeppelin Ride', displayOrder: 0 })
    expect((await library('search=zeppelin')).items.map(({ name }) => name)).toEqual(['Zeppelin Ride'])
    await db.update(poses).set({ nameEn: 'Zeppelin Dive' }).where(eq(poses.id, id))
    expect((await library('search=zeppelin', { 'accept-language': 'en' })).items[0]?.name).toBe('Zeppelin Dive')
    await db.update(poses).set({ isPublic: false }).where(eq(poses.id, id))
    expect((await library('search=zeppelin')).items.map(({ id }) => id)).not.toContain(id)
  })

  test('a category that was renamed is found by its new name (J9)', async () => {
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
    const id = await publish({ displayOrder: 900, usageCount: 1_000_000 })
    await refreshPopularity(db)
    expect((await library('sort=popular&limit=1')).items[0]?.id).toBe(id)
    expect(await refreshPopularity(db)).toBe(0)
  })
})

describe('what is personal', () => {
  test.each(['favorites=true', 'mine=true', 'recent=true', 'collection=col_01HZZZZZZZZZZZZZZZZZZZZZZZ'])(
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

describe('what somebody used last', () => {
  test('comes first, with words and filters, and pages without a gap', async () => {
    const person = await signUp()
    const ids = await Promise.all(['Zither alpha', 'Zither beta', 'Zither gamma'].map((nameEn) => publish({ nameEn })))
    for (const [index, poseId] of ids.entries())
      await db.insert(poseUses).values({ userId: person.user.id, poseId, uses: 1, lastUsedAt: 1_000 + index })
    const newestFirst = ids.toReversed()
    const listed = (query: string) => library(`recent=true&${query}`, bearer(person))
    expect((await listed('')).items.map(({ id }) => id)).toEqual(newestFirst)
    expect((await listed('search=gamma')).items.map(({ id }) => id)).toEqual([ids[2]])
    expect((await listed('favorites=true')).items).toEqual([])
    const first = await listed('limit=2')
    const rest = await listed(`limit=2&cursor=${first.page.nextCursor}`)
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(newestFirst)
    expect([first.page.total, rest.page.total, rest.page.nextCursor]).toEqual([3, 3, null])
    const facets = await expectJson<{ facets: { stance: { count: number }[] } }>(
      request('/apps/pose-generator/library/facets?recent=true', { headers: bearer(person) }),
      200,
    )
    expect(facets.facets.stance.reduce((sum, { count }) => sum + count, 0)).toBe(3)
  })
})

test('the best rated come first after the next look, and one single rating does not make the best', async () => {
  const many = await publish({ ratingSum: 480, ratingCount: 100, displayOrder: 901 })
  const single = await publish({ ratingSum: 5, ratingCount: 1, displayOrder: 900 })
  const rated = async () => (await library('sort=rating&limit=2')).items.map(({ id }) => id)
  expect(await rated()).not.toContain(many)
  expect(await refreshPopularity(db)).toBeGreaterThan(0)
  expect(await rated()).toEqual([many, single])
})

describe('a word that thousands of poses have', () => {
  const COUNT = 3_100
  const copies = `insert into poses (id, base_pose, category_slug, category_path, name_en, name_id, description_en,
      description_id, tags_en, tags_id, difficulty, gender, people_count, stance, framing, view, props, prompt_hint,
      is_public, display_order, added_at, revision, source, license, credit, popularity)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${COUNT})
    select 'zz-many-' || i, base_pose, category_slug, category_path, case when i % 100 = 0 then 'Quokkarama' else 'Plain' end,
      'Biasa', case when i % 100 = 0 then '' else 'quokkarama' end, '', '[]', '[]', difficulty, gender, people_count, stance,
      framing, case when i % 500 = 0 then 'back' else 'front' end, props, prompt_hint, 1, 10000 + i, added_at, revision,
      source, license, credit, i from poses, n where poses.id = 'carry-box-chest'`
  beforeAll(() => env.DB.prepare(copies).run(), 60_000)
  afterAll(() => env.DB.prepare("delete from poses where id like 'zz-many-%'").run(), 60_000)

  test('shows what is called so first, then the popular, each once, and says that it did not count all', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { items, page } = await library(`search=quokkarama&limit=100${cursor}`)
      expect(page).toMatchObject({ isTotalExact: false, total: 3_000 })
      seen.push(...items.map(({ id }) => id))
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
    } while (cursor !== '')
    const numbers = Array.from({ length: COUNT }, (_, i) => COUNT - i)
    const named = (i: number) => i % 100 === 0
    const expected = [...numbers.filter(named), ...numbers.filter((i) => !named(i))].map((i) => `zz-many-${i}`)
    expect(seen).toEqual(expected)
    const second = await library('search=quokkarama&limit=20&page=2')
    expect(second.items.map(({ id }) => id)).toEqual(expected.slice(20, 40))
  }, 60_000)

  test('is narrowed by filters and sorted as asked', async () => {
    const back = await library('search=quokkarama&view=back')
    expect(back.items.map(({ id }) => id)).toEqual([3000, 2500, 2000, 1500, 1000, 500].map((i) => `zz-many-${i}`))
    const curated = await library('search=quokkarama&sort=curated&limit=2')
    expect(curated.items.map(({ id }) => id)).toEqual(['zz-many-1', 'zz-many-2'])
    const facets = await expectJson<{ isCapped: boolean }>(
      request('/apps/pose-generator/library/facets?search=quokkarama'),
      200,
    )
    expect(facets.isCapped).toBe(true)
  })
})
