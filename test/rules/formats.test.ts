import { describe, expect, test } from 'vitest'
import { enlargement, FORMATS, isEnlarged } from '../../src/exports/formats'
import { FORMAT_IDS } from '../../src/exports/types'
import {
  FORMAT_ALIASES,
  formatOf,
  formatsByCategory,
  isFormat,
  listFormats,
  recommendedFormats,
  USE_CASE_IDS,
  USE_CASES,
  useCasesOf,
} from '../../src/exports/use-cases'
import { MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE } from '../../src/render/image/limits'

const all = listFormats()

describe('the twenty formats', () => {
  test('have the pixels, type and quality that sellers were promised', () => {
    expect(all.map(({ id, widthPx, heightPx, type, quality }) => [id, widthPx, heightPx, type, quality])).toEqual([
      ['instagram_story', 1080, 1920, 'image/jpeg', 90],
      ['tiktok', 1080, 1920, 'image/jpeg', 90],
      ['instagram_feed', 1080, 1080, 'image/jpeg', 85],
      ['instagram_portrait', 1080, 1350, 'image/jpeg', 85],
      ['instagram_tall', 1080, 1440, 'image/jpeg', 85],
      ['facebook_post', 1200, 630, 'image/jpeg', 85],
      ['twitter_post', 1200, 675, 'image/jpeg', 85],
      ['linkedin_post', 1200, 627, 'image/jpeg', 85],
      ['whatsapp_status', 1080, 1920, 'image/jpeg', 90],
      ['pinterest_pin', 1000, 1500, 'image/jpeg', 85],
      ['youtube_thumbnail', 1280, 720, 'image/jpeg', 85],
      ['shopee_product', 1000, 1000, 'image/jpeg', 95],
      ['tokopedia_product', 1200, 1200, 'image/jpeg', 95],
      ['lazada_product', 1000, 1000, 'image/jpeg', 95],
      ['tiktok_shop', 1080, 1080, 'image/jpeg', 95],
      ['whatsapp_catalog', 800, 800, 'image/jpeg', 85],
      ['print_a4', 2480, 3508, 'image/png', null],
      ['print_4x6', 1800, 1200, 'image/png', null],
      ['website_hero', 1920, 1080, 'image/webp', 80],
      ['original', null, null, 'image/png', null],
    ])
    expect(all.map(({ id }) => id)).toEqual([...FORMAT_IDS])
  })

  test('are no larger than the shops accept, in megabytes of a million bytes', () => {
    const caps = Object.fromEntries(all.map(({ id, maxBytes }) => [id, maxBytes && maxBytes / 1_000_000]))
    expect(caps).toMatchObject({ tokopedia_product: 5, tiktok_shop: 5, shopee_product: 2, lazada_product: 2 })
    expect(caps).toMatchObject({ original: null, print_a4: null, print_4x6: null })
    for (const { maxBytes, category } of all)
      if (category !== 'print' && category !== 'original') expect(maxBytes).toBeGreaterThanOrEqual(1_000_000)
  })

  test('are large enough for the shops, and no larger than the coders can make', () => {
    for (const { widthPx, heightPx, minSidePx = 0 } of all) {
      if (widthPx === null || heightPx === null) continue
      expect(Math.min(widthPx, heightPx)).toBeGreaterThan(minSidePx)
      expect(Math.max(widthPx, heightPx)).toBeLessThanOrEqual(MAX_IMAGE_SIDE)
      expect(widthPx * heightPx).toBeLessThanOrEqual(MAX_IMAGE_PIXELS)
    }
  })

  test('keep all colour from quality 95 on, and only there', () => {
    for (const { type, quality, subsampling } of all)
      expect(subsampling).toBe(type === 'image/png' ? null : quality! >= 95 ? '4:4:4' : '4:2:0')
  })

  test('for print are 300 dots per inch of their paper, and say that they are enlarged', () => {
    const inches = (format: 'print_a4' | 'print_4x6') =>
      [FORMATS[format].widthPx!, FORMATS[format].heightPx!].map((side) => side / FORMATS[format].dpi!)
    expect(inches('print_4x6')).toEqual([6, 4])
    expect(inches('print_a4').map((inch) => Math.round(inch * 25.4))).toEqual([210, 297])
    for (const format of [FORMATS.print_a4, FORMATS.print_4x6])
      expect(isEnlarged(format, { width: 1024, height: 1024 })).toBe(true)
    expect(enlargement(FORMATS.print_a4, { width: 1024, height: 1024 })).toBeCloseTo(3.43, 2)
    expect(isEnlarged(FORMATS.print_4x6, { width: 1800, height: 1200 })).toBe(false)
    expect(isEnlarged(FORMATS.original, { width: 16, height: 16 })).toBe(false)
  })

  test('have their safe zones inside', () => {
    for (const { widthPx, heightPx, safeZone } of all) {
      if (!safeZone) continue
      for (const value of Object.values(safeZone)) expect(Number.isInteger(value)).toBe(true)
      expect(Math.min(safeZone.x, safeZone.y)).toBeGreaterThanOrEqual(0)
      expect(safeZone.x + safeZone.width).toBeLessThanOrEqual(widthPx!)
      expect(safeZone.y + safeZone.height).toBeLessThanOrEqual(heightPx!)
    }
    expect(FORMATS.instagram_story.safeZone).toMatchObject({ width: 1080, height: 1420 })
  })

  test('say where and when their rules were read', () => {
    for (const { spec } of all) {
      expect(spec.verifiedOn).toMatch(/^20\d\d-[01]\d-[0-3]\d$/)
      expect(Math.min(spec.title.length, spec.note.length)).toBeGreaterThan(5)
    }
  })
})

describe('names and sets', () => {
  test('a format is found by its id and by the short names of older clients', () => {
    for (const id of FORMAT_IDS) expect(formatOf(id)).toBe(FORMATS[id])
    expect(['facebook', 'Twitter', 'linkedin', 'INSTAGRAM_STORY'].map((name) => formatOf(name)?.id)).toEqual([
      ...['facebook_post', 'twitter_post', 'linkedin_post', 'instagram_story'],
    ])
    for (const [alias, id] of Object.entries(FORMAT_ALIASES)) {
      expect(isFormat(alias)).toBe(false)
      expect(formatOf(alias)?.id).toBe(id)
    }
  })

  test.each(['', 'snapchat', 'constructor', '__proto__', 'toString', 'instagram_story '])('%j is no format', (name) => {
    expect(formatOf(name)).toBeNull()
    expect(isFormat(name)).toBe(false)
  })

  test('sets hold formats of their kind, each once', () => {
    expect(USE_CASE_IDS).toEqual(['social_media', 'ecommerce', 'print', 'all_social'])
    for (const useCase of USE_CASE_IDS) {
      const ids = recommendedFormats(useCase)
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(useCasesOf(id)).toContain(useCase)
    }
    expect([...USE_CASES.all_social].toSorted()).toEqual(formatsByCategory().social.toSorted())
    expect(USE_CASES.social_media).toEqual(['instagram_story', 'instagram_feed', 'tiktok', 'facebook_post'])
    expect(USE_CASES.print).toEqual(['print_a4', 'print_4x6', 'original'])
    expect(USE_CASES.ecommerce).toEqual(
      expect.arrayContaining(['shopee_product', 'tokopedia_product', 'lazada_product', 'original']),
    )
  })

  test('every format is in exactly one category', () => {
    expect(Object.values(formatsByCategory()).flat().toSorted()).toEqual([...FORMAT_IDS].toSorted())
  })
})
