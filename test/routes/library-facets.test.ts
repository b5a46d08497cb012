import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { expectJson, request } from '../support/app'

type Counted = { value: string | number | boolean; count: number }[]
type Facets = { facets: Record<string, Counted>; isCapped: boolean }

const facetsOf = (query = '', language = 'en') =>
  expectJson<Facets>(
    request(`/apps/pose-generator/library/facets?${query}`, { headers: { 'accept-language': language } }),
    200,
  )
const totalOf = async (query: string) =>
  (await expectJson<{ page: { total: number } }>(request(`/apps/pose-generator/library?limit=1&${query}`), 200)).page
    .total

const asked = (facet: string, value: unknown) => `${facet}=${encodeURIComponent(String(value))}`

describe('each count is what the list finds', () => {
  test.each([
    [
      'nothing chosen',
      '',
      ['category', 'difficulty', 'gender', 'view', 'stance', 'framing', 'people', 'featured', 'tags', 'props'],
    ],
    ['a category', 'category=ecommerce', ['difficulty', 'view', 'tags', 'props']],
    ['a view and a difficulty', 'view=front&difficulty=beginner', ['stance', 'people', 'tags']],
    ['a tag', 'tags=standing', ['category', 'difficulty', 'view', 'tags']],
    ['a search', 'search=kotak', ['category', 'stance', 'view', 'tags', 'props']],
  ])('%s', async (_, query, facets) => {
    const found = await facetsOf(query)
    expect(found.isCapped).toBe(false)
    for (const facet of facets) {
      const values = found.facets[facet]!
      expect(values.length, facet).toBeGreaterThan(0)
      for (const { value, count } of values.slice(0, 8)) {
        const further =
          facet === 'tags' && query.startsWith('tags=') ? `tags=standing,${value}` : `${query}&${asked(facet, value)}`
        expect(await totalOf(further), `${facet} ${value}`).toBe(count)
      }
    }
  })
})

describe('a facet', () => {
  test('does not count with its own filter', async () => {
    const all = await facetsOf()
    const chosen = await facetsOf('view=front')
    expect(chosen.facets.view).toEqual(all.facets.view)
    expect(chosen.facets.stance).not.toEqual(all.facets.stance)
  })

  test('has tags in the language of the caller', async () => {
    expect((await facetsOf('', 'id')).facets.tags!.map(({ value }) => value)).toContain('berdiri')
    expect((await facetsOf('', 'en')).facets.tags!.map(({ value }) => value)).toContain('standing')
  })

  test('follows the library at once', async () => {
    const before = await facetsOf('stance=standing')
    await env.DB.prepare("update poses set is_public = 0 where id = 'carry-box-chest'").run()
    const after = await facetsOf('stance=standing')
    await env.DB.prepare("update poses set is_public = 1 where id = 'carry-box-chest'").run()
    const sum = (facets: Facets) => facets.facets.difficulty!.reduce((n, { count }) => n + count, 0)
    expect(sum(after)).toBe(sum(before) - 1)
  })
})
