import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { expectJson, request } from '../support/app'

type Card = {
  id: string
  name: string
  names: { en: string; id: string }
  tags: string[]
  category: string
  categoryPath: string[]
  difficulty: string
  gender: string
  peopleCount: number
  isFeatured: boolean
  isPremium: boolean
  previewUrl: string
  controlUrl: string
}
type Page = { items: Card[]; page: { page: number; limit: number; total: number; totalPages: number } }
type Refusal = { error: { code: string; details: { issues: { field: string; rule: string }[] } } }

const library = (query = '', headers: Record<string, string> = {}) =>
  expectJson<Page>(request(`/apps/pose-generator/library${query}`, { headers }), 200)
const refused = async (query: string) => {
  const answer = await expectJson<Refusal>(request(`/apps/pose-generator/library${query}`), 422)
  expect(answer.error.code).toBe('VALIDATION_FAILED')
  return answer.error.details.issues
}
const countWhere = async (condition: string) =>
  (await env.DB.prepare(`select count(*) as n from poses where is_public = 1 and ${condition}`).first<number>('n')) ??
  -1

describe('filters', () => {
  test.each([
    ['difficulty=advanced', "difficulty = 'advanced'", (card: Card) => card.difficulty === 'advanced'],
    ['gender=unisex', "gender = 'unisex'", (card: Card) => card.gender === 'unisex'],
    ['gender=female', "gender in ('female', 'unisex')", (card: Card) => card.gender !== 'male'],
    ['gender=male', "gender in ('male', 'unisex')", (card: Card) => card.gender !== 'female'],
    ['people=2', 'people_count = 2', (card: Card) => card.peopleCount === 2],
    ['featured=true', 'is_featured = 1', (card: Card) => card.isFeatured],
    ['featured=false', 'is_featured = 0', (card: Card) => !card.isFeatured],
    ['premium=false', 'is_premium = 0', (card: Card) => !card.isPremium],
    ['tags=standing', `tags_en like '%"standing"%'`, (card: Card) => card.tags.includes('standing')],
    ['tags=Berdiri', `tags_id like '%"berdiri"%'`, (card: Card) => card.tags.includes('standing')],
    [
      'tags=standing,front',
      `tags_en like '%"standing"%' and tags_en like '%"front"%'`,
      (card: Card) => card.tags.includes('front'),
    ],
  ])('%s shows those poses and no others', async (query, condition, holds) => {
    const { items, page } = await library(`?limit=100&${query}`)
    expect(page.total).toBe(await countWhere(condition))
    expect(page.total).toBeGreaterThan(0)
    expect(items.every(holds)).toBe(true)
  })

  test('a category finds what is below it, at every level', async () => {
    const [main, middle, deepest] = await Promise.all(
      ['ecommerce', 'holding', 'hold-one'].map((slug) => library(`?limit=100&category=${slug}`)),
    )
    expect(main!.page.total).toBeGreaterThan(middle!.page.total)
    expect(middle!.page.total).toBeGreaterThan(deepest!.page.total)
    expect(main!.items.every((card) => card.categoryPath[0] === 'ecommerce')).toBe(true)
    expect(deepest!.items.map((card) => card.category)).toEqual(deepest!.items.map(() => 'hold-one'))
  })

  test('all filters together narrow each other', async () => {
    const { items, page } = await library('?category=duo&people=2&gender=unisex&search=dua%20orang&sort=name')
    expect(page.total).toBe(items.length)
    expect(items.length).toBeGreaterThan(0)
    expect(items.every((card) => card.peopleCount === 2 && card.categoryPath[0] === 'duo')).toBe(true)
  })

  test('a category that nobody knows is empty', async () => {
    expect(await library('?category=spaceships')).toEqual({
      items: [],
      page: { page: 1, limit: 24, total: 0, totalPages: 0, isTotalExact: true, nextCursor: null },
    })
  })
})

describe('pages', () => {
  test.each(['curated', 'popular', 'newest', 'name', 'relevance&search=standing'])(
    'sorted by %s, show every pose once, and the total is right',
    async (sort) => {
      const first = await library(`?limit=7&sort=${sort}`)
      const ids: string[] = []
      for (let page = 1; page <= first.page.totalPages; page++) {
        const shown = await library(`?limit=7&sort=${sort}&page=${page}`)
        expect(shown.items.length).toBe(page < first.page.totalPages ? 7 : first.page.total - 7 * (page - 1))
        ids.push(...shown.items.map((card) => card.id))
      }
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBe(first.page.total)
      if (!sort.includes('search')) expect(ids.length).toBe(await countWhere('true'))
    },
  )

  test('a page behind the last one is empty and keeps the total', async () => {
    const { items, page } = await library('?page=900')
    expect(items).toEqual([])
    expect(page.total).toBe(await countWhere('true'))
  })

  test('names sort in the language of the caller', async () => {
    for (const language of ['en', 'id'] as const) {
      const { items } = await library('?limit=100&sort=name', { 'accept-language': language })
      const names = items.map((card) => card.names[language].toLowerCase())
      expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)))
    }
  })

  test('popular poses come first', async () => {
    await env.DB.prepare("update poses set popularity = 1000000 where id = 'yoga-tree'").run()
    const { items } = await library('?sort=popular&limit=1')
    await env.DB.prepare("update poses set popularity = 0 where id = 'yoga-tree'").run()
    expect(items[0]?.id).toBe('yoga-tree')
  })
})

describe('a card', () => {
  test('speaks the language of the caller', async () => {
    const answer = await request('/apps/pose-generator/library?search=carry-box-chest', {
      headers: { 'accept-language': 'id-ID,id;q=0.9' },
    })
    expect(answer.headers.get('content-language')).toBe('id')
    expect(answer.headers.get('vary')).toContain('Accept-Language')
    const card = (await expectJson<Page>(answer, 200)).items.find(({ id }) => id === 'carry-box-chest')
    expect(card?.name).toBe('Bawa Kotak di Dada')
    expect(card?.names).toEqual({ en: 'Carry Box at Chest', id: 'Bawa Kotak di Dada' })
    expect(card?.tags).toContain('kotak')
    expect((await library('?category=box')).items.find(({ id }) => id === 'carry-box-chest')?.name).toBe(
      'Carry Box at Chest',
    )
  })

  test('leads to its preview and its control map', async () => {
    const { items } = await library('?limit=1')
    expect(items[0]?.previewUrl).toMatch(
      /^\/api\/v1\/apps\/pose-generator\/library\/[a-z0-9-]+\/preview\?v=[0-9a-f]{12}$/,
    )
    const control = await request(`//${items[0]!.controlUrl.slice(1)}`)
    expect(control.status).toBe(200)
    expect(control.headers.get('content-type')).toBe('image/png')
  })

  test('is not shown for a hidden pose, nor is the pose itself', async () => {
    await env.DB.prepare("update poses set is_public = 0 where id = 'yoga-tree'").run()
    const { items } = await library('?limit=100')
    const alone = await request('/apps/pose-generator/library/yoga-tree')
    await env.DB.prepare("update poses set is_public = 1 where id = 'yoga-tree'").run()
    expect(items.map((card) => card.id)).not.toContain('yoga-tree')
    expect(alone.status).toBe(404)
  })
})

describe('a wrong query', () => {
  test.each([
    ['?limit=0', 'limit'],
    ['?limit=101', 'limit'],
    ['?page=0', 'page'],
    ['?page=1.5', 'page'],
    ['?page=99999', 'page'],
    ['?difficulty=hard', 'difficulty'],
    ['?gender=robot', 'gender'],
    ['?featured=yes', 'featured'],
    ['?people=3', 'people'],
    ['?sort=random', 'sort'],
    ['?sort=relevance', 'sort'],
    ['?category=../etc', 'category'],
    ['?search=a', 'search'],
    [`?search=${'a'.repeat(101)}`, 'search'],
    ['?search=a%00b', 'search'],
    ['?search=%3Cscript%3E', 'search'],
    ['?tags=1,2,3,4,5,6,7,8,9,10,11', 'tags'],
  ])('%s names the field %s and its rule', async (query, field) => {
    const issues = await refused(query)
    expect(issues.map((issue) => issue.field)).toContain(field)
    expect(issues.every((issue) => issue.rule.length > 5)).toBe(true)
  })
})

test('the unversioned path of old clients answers the same', async () => {
  const old = await expectJson<Page>(request('//api/apps/pose-generator/library?limit=3'), 200)
  expect(old).toEqual(await library('?limit=3'))
})
