import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { readFileFacts } from '../../src/exports/check-file'
import { AI_LABELS } from '../../src/exports/check-labels'
import { measureWhite, subjectOfFigures, subjectOfPixels } from '../../src/exports/check-pixels'
import { CHECKS, type CheckName, checkVariant, type VariantFacts } from '../../src/exports/check-variant'
import { FORMATS } from '../../src/exports/formats'
import { FORMAT_IDS, type FormatId } from '../../src/exports/types'
import { markProvenance } from '../../src/provenance/mark'
import { ImageError } from '../../src/render/image/image-error'
import { newKernel } from './image-fixtures'

const IMAGE_ID = 'img_01JD9Z6Q4M8T2V5X7Y0A1B2C3D'
const facts = { imageId: IMAGE_ID, simulated: false, createdAt: 1_795_000_000_000 }

/** A box of one colour on another: a subject on its backdrop. `box` in pixels. */
function boxOn(backdrop: number[], side = 100, box = { x: 30, y: 10, width: 40, height: 80 }) {
  const rgba = new Uint8Array(side * side * 4)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const isBox = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height
      rgba.set(isBox ? [40, 60, 120, 255] : [...backdrop, 255], (y * side + x) * 4)
    }
  }
  return { rgba, width: side, height: side }
}
const WHITE = [255, 255, 255]
const GREY = [180, 178, 182]

/** A marked JPEG of a format's size, looked at as the shop would. */
async function jpegFacts(format: FormatId, backdrop = WHITE, changed: Partial<VariantFacts> = {}) {
  const { widthPx, heightPx } = FORMATS[format]
  const picture = boxOn(backdrop)
  const image = sharp(picture.rgba, { raw: { width: 100, height: 100, channels: 4 } })
    .removeAlpha()
    .resize(widthPx, heightPx, { fit: 'fill', kernel: 'nearest' })
    .jpeg({ quality: 90 })
  const bytes = markProvenance(new Uint8Array(await image.toBuffer()), 'image/jpeg', facts)
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const pixels = { rgba: new Uint8Array(data), width: info.width, height: info.height }
  const seen = { white: measureWhite(pixels), subject: subjectOfPixels(pixels), enlargement: 1 }
  return { ...readFileFacts(bytes), ...seen, ...changed }
}
const check = (found: VariantFacts, format: FormatId, language: 'id' | 'en' = 'en') =>
  checkVariant(found, FORMATS[format], { imageId: IMAGE_ID, language })
const named = (result: ReturnType<typeof check>, name: CheckName) => result.checks.find((each) => each.name === name)

describe('a file as the shop wants it', () => {
  test('passes, and the seller is reminded of the AI label all the same', async () => {
    const result = check(await jpegFacts('tiktok_shop'), 'tiktok_shop')
    expect(result.passed).toBe(true)
    expect(result.checks.filter(({ passed }) => passed !== true).map(({ name }) => name)).toEqual(['ai_label'])
    expect(named(result, 'ai_label')?.found).toContain('TikTok Shop')
    expect(named(result, 'pixels')).toMatchObject({ found: '1080 x 1080 px', wanted: '1080 x 1080 px' })
    expect(named(result, 'bytes')?.wanted).toBe('at most 5.00 MB')
    expect(named(result, 'subject_size')?.found).toMatch(
      /^height (79|80)%, width (39|40)%, area 3[12]% of the picture$/,
    )
  })

  test('says it in Indonesian with a decimal comma', async () => {
    const result = check(await jpegFacts('tiktok_shop'), 'tiktok_shop', 'id')
    expect(named(result, 'bytes')?.wanted).toBe('paling banyak 5,00 MB')
    expect(named(result, 'white_background')?.found).toMatch(/^tepi 100% putih, seluruhnya 6[78]%$/)
  })
})

describe('what is wrong with a file', () => {
  test('a grey background fails where white is required, and the request that mends it is told', async () => {
    const result = check(await jpegFacts('tiktok_shop', GREY), 'tiktok_shop')
    expect(result.passed).toBe(false)
    expect(named(result, 'white_background')).toMatchObject({
      passed: false,
      fix: `POST /api/v1/apps/pose-generator/poses/${IMAGE_ID}/background {"backgroundMode":"solid_color","backgroundColor":"#FFFFFF"}`,
    })
  })

  test('where white is recommended, a grey background is advice and fails nothing', async () => {
    const result = check(await jpegFacts('shopee_product', GREY), 'shopee_product')
    expect(result.passed).toBe(true)
    expect(named(result, 'white_background')).toMatchObject({ passed: null, fix: expect.stringContaining('#FFFFFF') })
  })

  test.each<[CheckName, FormatId, Partial<VariantFacts>, string]>([
    ['pixels', 'shopee_product', { widthPx: 999 }, '999 x 1000 px'],
    ['bytes', 'shopee_product', { sizeBytes: 2_000_001 }, '2.00 MB'],
    ['type', 'shopee_product', { type: 'image/webp' }, 'image/webp'],
    ['color', 'shopee_product', { profile: 'other' }, 'another colour profile'],
    ['dpi', 'print_4x6', { dpi: 72 }, '72 dpi'],
    ['dpi', 'print_4x6', { dpi: null }, 'not written'],
    ['ai_mark', 'shopee_product', { provenance: null }, 'no mark'],
  ])('%s of %s: a file that is off by a little fails', async (name, format, changed, found) => {
    const right = { widthPx: FORMATS[format].widthPx!, heightPx: FORMATS[format].heightPx!, type: FORMATS[format].type }
    const result = check({ ...(await jpegFacts('shopee_product')), ...right, dpi: 300, ...changed }, format)
    expect(named(result, name)).toMatchObject({ passed: false, found })
    expect(result.checks.filter(({ passed }) => passed === false)).toHaveLength(1)
    expect(result.passed).toBe(false)
  })

  test('a small subject and an enlarged picture are advice', async () => {
    const small = { subject: { width: 0.2, height: 0.5, area: 0.1 }, enlargement: 3.43 }
    const result = check(await jpegFacts('lazada_product', WHITE, small), 'lazada_product')
    expect(result.passed).toBe(true)
    expect(named(result, 'subject_size')).toMatchObject({ passed: null, wanted: expect.stringContaining('80%') })
    expect(named(result, 'enlarged')).toMatchObject({ passed: null, found: 'enlarged 3.4 x, softer' })
  })
})

describe('every format', () => {
  test.each(FORMAT_IDS)('%s is checked in both languages, each point once', async (format) => {
    for (const language of ['id', 'en'] as const) {
      const { checks } = check(await jpegFacts('shopee_product'), format, language)
      expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length)
      for (const { name, found, wanted } of checks) {
        expect(CHECKS).toContain(name)
        expect(found).not.toBe('')
        expect(wanted).not.toBe('')
        expect(found + wanted).not.toMatch(/undefined|NaN|\[object/)
      }
    }
  })

  test('a marketplace has an AI-label reminder, and where no rule was found it says so', () => {
    for (const format of FORMAT_IDS.filter((id) => FORMATS[id].category === 'marketplace')) {
      expect(AI_LABELS[format]).not.toBeNull()
      expect(AI_LABELS[format]!.rule.en).toMatch(/2026-11-21/)
    }
    expect(AI_LABELS.shopee_product!.rule.en).toContain('We found no rule of Shopee')
    expect(AI_LABELS.shopee_product!.rule.id).toContain('tidak kami temukan')
  })
})

describe('what is read from the bytes', () => {
  const image = () => {
    const { rgba, width, height } = boxOn(WHITE, 64)
    return sharp(rgba, { raw: { width, height, channels: 4 } }).removeAlpha()
  }
  const read = async (picture: Sharp) => readFileFacts(new Uint8Array(await picture.toBuffer()))

  test.each(['jpeg', 'png', 'webp'] as const)('the colour profile of a %s is told by its colours', async (type) => {
    expect(await read(image()[type]())).toMatchObject({ type: `image/${type}`, profile: 'none' })
    expect(await read(image().withIccProfile('srgb')[type]())).toMatchObject({ profile: 'srgb' })
    expect(await read(image().withIccProfile('p3')[type]())).toMatchObject({ profile: 'other' })
  })

  test('the density of JPEG and PNG is what another reader finds', async () => {
    const { rgba, width, height } = boxOn(WHITE, 64)
    for (const dpi of [72, 96, 300]) {
      const ours = newKernel().encodeJpeg(rgba, width, height, { quality: 95, dpi })
      for (const bytes of [ours, new Uint8Array(await image().withMetadata({ density: dpi }).png().toBuffer())]) {
        expect(readFileFacts(bytes).dpi).toBe(dpi)
        expect((await sharp(bytes).metadata()).density).toBe(dpi)
      }
    }
  })

  test('files of our own coder are sRGB at 300 dpi', () => {
    const { rgba, width, height } = boxOn(WHITE, 64)
    const jpeg = newKernel().encodeJpeg(rgba, width, height, { quality: 95, dpi: 300, profile: true })
    const png = newKernel().encodePng(rgba, width, height, { dpi: 300 })
    for (const bytes of [jpeg, png])
      expect(readFileFacts(bytes)).toMatchObject({
        widthPx: 64,
        heightPx: 64,
        dpi: 300,
        profile: 'srgb',
        provenance: null,
      })
  })

  test('damaged files are refused politely', async () => {
    const files = await Promise.all(
      [
        image().withIccProfile('p3').jpeg(),
        image().withIccProfile('p3').png(),
        image().withIccProfile('p3').webp(),
      ].map(async (each) => new Uint8Array(await each.toBuffer())),
    )
    fc.assert(
      fc.property(
        fc.nat(2),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
        fc.nat(),
        (index, changes, cut) => {
          const bytes = files[index]!.slice()
          for (const [at, value] of changes) bytes[at % bytes.length] = value
          try {
            const found = readFileFacts(cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes)
            expect(found.sizeBytes).toBeGreaterThan(0)
          } catch (error) {
            expect(error).toBeInstanceOf(ImageError)
          }
        },
      ),
      { numRuns: 3_000, seed: 20261121 },
    )
  })
})

describe('what is measured in the pixels', () => {
  test('the white of the border and of all of it', () => {
    expect(measureWhite(boxOn(WHITE))).toEqual({ ofBorder: 1, ofAll: 0.68 })
    expect(measureWhite(boxOn([250, 251, 252]))).toEqual({ ofBorder: 1, ofAll: 0.68 })
    expect(measureWhite(boxOn([249, 255, 255]))).toEqual({ ofBorder: 0, ofAll: 0 })
    const half = boxOn(WHITE, 100, { x: 25, y: 20, width: 50, height: 80 })
    expect(measureWhite(half).ofBorder).toBeCloseTo(1 - 50 / 392, 1)
  })

  test('what shows through is not white', () => {
    const { rgba, ...size } = boxOn(WHITE)
    for (let at = 3; at < rgba.length; at += 4) rgba[at] = 0
    expect(measureWhite({ rgba, ...size })).toEqual({ ofBorder: 0, ofAll: 0 })
  })

  test('a large file is sampled and comes to the same shares', () => {
    const small = measureWhite(boxOn(WHITE))
    const large = measureWhite(boxOn(WHITE, 1200, { x: 360, y: 120, width: 480, height: 960 }))
    expect(large.ofBorder).toBe(small.ofBorder)
    expect(large.ofAll).toBeCloseTo(small.ofAll, 2)
  })

  test('a subject is what differs from the backdrop, on white and on grey', () => {
    for (const backdrop of [WHITE, GREY]) {
      const subject = subjectOfPixels(boxOn(backdrop))
      expect(subject?.width).toBeCloseTo(0.4)
      expect(subject?.height).toBeCloseTo(0.8)
      expect(subject?.area).toBeCloseTo(0.32)
    }
  })

  test('an empty picture has no subject, and one with a busy border none that could be told', () => {
    expect(subjectOfPixels(boxOn(WHITE, 100, { x: 0, y: 0, width: 0, height: 0 }))).toBeNull()
    const busy = boxOn(WHITE)
    for (let i = 0; i < busy.rgba.length; i += 4) busy.rgba.fill((i * 7919) >> 5, i, i + 3)
    expect(subjectOfPixels(busy)).toBeNull()
  })

  test('a person by keypoints is as large in the file as the framing makes them', () => {
    const standing = Array.from({ length: 18 }, (_, i) => [512, 200 + i * 40, 1]).flat()
    const figures = [{ keypoints: standing, hands: [], goods: [] }]
    const picture = { width: 1024, height: 1024 }
    const whole = { rect: { x: 0, y: 0, ...picture }, place: null }
    const inFull = subjectOfFigures(figures, picture, whole, { width: 1000, height: 1000 })!
    const framing = { rect: whole.rect, place: { x: 600, y: 0, width: 600, height: 600 } }
    const padded = subjectOfFigures(figures, picture, framing, { width: 1200, height: 600 })!
    expect(inFull.height).toBeGreaterThan(0.66)
    expect(padded.height).toBeCloseTo(inFull.height)
    expect(padded.width).toBeCloseTo(inFull.width / 2)
    const close = { rect: { x: 256, y: 256, width: 512, height: 512 }, place: null }
    expect(subjectOfFigures(figures, picture, close, { width: 1000, height: 1000 })!.height).toBe(1)
    expect(subjectOfFigures([], picture, whole, { width: 1000, height: 1000 })).toBeNull()
  })
})
