import { env } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { expectJson, request } from '../support/app'

type Category = {
  slug: string
  name: string
  names: { en: string; id: string }
  icon: string | null
  color: string | null
  level: number
  poseCount: number
  children?: Category[]
}

const tree = async (language = 'en') =>
  (
    await expectJson<{ items: Category[] }>(
      request('/apps/pose-generator/categories', { headers: { 'accept-language': language } }),
      200,
    )
  ).items
const flat = (categories: Category[]): Category[] =>
  categories.flatMap((category) => [category, ...flat(category.children ?? [])])

test('the main categories come in the order of the data, each with icon and colour', async () => {
  const items = await tree()
  expect(items).toHaveLength(15)
  expect(items[0]?.slug).toBe('ecommerce')
  expect(items.at(-1)?.slug).toBe('duo')
  for (const { icon, color, level } of items) {
    expect(icon).toMatch(/^[a-z-]+$/)
    expect(color).toMatch(/^#[0-9A-F]{6}$/)
    expect(level).toBe(1)
  }
})

test('each count is what the library shows for that category', async () => {
  const categories = flat(await tree())
  const { results } = await env.DB.prepare(
    `select m.category_slug as slug, count(*) as n from pose_category_members m
     join poses p on p.id = m.pose_id where p.is_public = 1 group by 1`,
  ).all<{ slug: string; n: number }>()
  expect(new Map(categories.map(({ slug, poseCount }) => [slug, poseCount]))).toEqual(
    new Map(results.map(({ slug, n }) => [slug, n])),
  )
  for (const slug of ['ecommerce', 'holding', 'couple']) {
    const { page } = await expectJson<{ page: { total: number } }>(
      request(`/apps/pose-generator/library?category=${slug}`),
      200,
    )
    expect(page.total).toBe(categories.find((category) => category.slug === slug)?.poseCount)
  }
})

test('a parent counts what its children count together', async () => {
  for (const { poseCount, children = [] } of flat(await tree())) {
    if (children.length > 0) expect(children.reduce((sum, child) => sum + child.poseCount, 0)).toBe(poseCount)
  }
})

test('names are in the language of the caller, and both are there', async () => {
  const [english, indonesian] = [flat(await tree('en')), flat(await tree('id'))]
  expect(english.map((category) => category.name)).toEqual(english.map((category) => category.names.en))
  expect(indonesian.map((category) => category.name)).toEqual(english.map((category) => category.names.id))
})
