import { describe, expect, test } from 'vitest'
import { expectJson, request } from '../support/app'
import { GENERATOR } from '../support/shoots'

type Format = {
  id: string
  name: string
  aliases: string[]
  category: string
  useCases: string[]
  width: number | null
  height: number | null
  contentType: string | null
  quality: number | null
  dpi: number | null
  maxBytes: number | null
  minSidePx: number | null
  safeZone: { x: number; y: number; width: number; height: number } | null
  whiteBackground: string
  isEnlarged: boolean
  typicalBytes: number
  spec: { title: string; verifiedOn: string; note: string }
}
type Answer = { items: Format[]; useCases: { id: string; formats: string[] }[] }

const formats = () => expectJson<Answer>(request(`${GENERATOR}/formats`), 200)
const named = async (id: string) => (await formats()).items.find((format) => format.id === id)!

describe('the formats', () => {
  test('are twenty, and nobody needs an account to see them', async () => {
    const { items } = await formats()
    expect(items).toHaveLength(20)
    expect(new Set(items.map(({ id }) => id)).size).toBe(20)
    expect(items.every(({ name, spec }) => name.length > 3 && spec.title.length > 5)).toBe(true)
  })

  test('say what a file of each will be', async () => {
    expect(await named('shopee_product')).toMatchObject({
      ...{ width: 1000, height: 1000, contentType: 'image/jpeg', quality: 95, maxBytes: 2_000_000, dpi: null },
      ...{ category: 'marketplace', useCases: ['ecommerce'], aliases: ['shopee'], isEnlarged: false },
    })
    expect(await named('original')).toMatchObject({ width: null, height: null, contentType: null, isEnlarged: false })
    expect(await named('instagram_story')).toMatchObject({ safeZone: { x: 0, y: 250, width: 1080, height: 1420 } })
    expect(await named('tiktok_shop')).toMatchObject({
      whiteBackground: 'required',
      minSidePx: 600,
      maxBytes: 5_000_000,
    })
  })

  test('for print say that they are enlarged', async () => {
    for (const id of ['print_a4', 'print_4x6'])
      expect(await named(id)).toMatchObject({ dpi: 300, isEnlarged: true, contentType: 'image/png', quality: null })
  })

  test('say about how large they are, and never more than they may be', async () => {
    for (const { typicalBytes, maxBytes } of (await formats()).items) {
      expect(typicalBytes).toBeGreaterThan(50_000)
      expect(typicalBytes).toBeLessThanOrEqual(maxBytes ?? Number.POSITIVE_INFINITY)
    }
  })
})

test('sets of them serve social media, shops and printers', async () => {
  const { items, useCases } = await formats()
  expect(useCases.map(({ id }) => id)).toEqual(['social_media', 'ecommerce', 'print', 'all_social'])
  for (const { id, formats: members } of useCases) {
    expect(members.length).toBeGreaterThan(2)
    expect(
      items
        .filter((format) => format.useCases.includes(id))
        .map((format) => format.id)
        .toSorted(),
    ).toEqual(members.toSorted())
  }
})

test('the unversioned path of old clients answers the same', async () => {
  expect(await expectJson(request('//api/apps/pose-generator/formats'), 200)).toEqual(await formats())
})
