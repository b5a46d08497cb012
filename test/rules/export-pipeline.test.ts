import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from '../../src/exports/formats'
import { decodeMaster } from '../../src/exports/render-decode'
import { assertMemoryPlan, countHoldings, MEMORY_PLAN } from '../../src/exports/render-memory'
import { renderVariants } from '../../src/exports/render-variants'
import {
  DEFAULT_OPTIONS,
  type ExportSource,
  FILLS,
  FORMAT_IDS,
  type FormatId,
  type Variant,
} from '../../src/exports/types'
import { readProvenance } from '../../src/provenance/mark'
import { codecModules, foreignWebp, newKernel, picture, pngChunks } from './image-fixtures'

const SIDE = 512
const IMAGE_ID = '01KA0000000000000000000000'

function sourceOf(rgba: Uint8Array, width = SIDE, height = SIDE): ExportSource {
  const bytes = newKernel().encodePng(rgba, width, height)
  const pixels = { rgba, width, height }
  return {
    ...{ imageId: IMAGE_ID, bytes, type: 'image/png', pixels, figures: [], simulated: true },
    createdAt: Date.UTC(2026, 10, 21),
  }
}
const asksFor = (ids: readonly FormatId[], options = DEFAULT_OPTIONS) => ids.map((format) => ({ format, options }))

async function render(source: ExportSource, asks: ReturnType<typeof asksFor>, holdings = countHoldings()) {
  const made: Variant[] = []
  const failures = await renderVariants(
    codecModules,
    source,
    asks,
    async (variant) => void made.push(variant),
    holdings,
  )
  return { made, failures, fileOf: (id: FormatId) => made.find(({ format }) => format === id)! }
}

/** RGB of a file by another reader than ours; it warns of nothing. */
const rgbOf = async (bytes: Uint8Array) => {
  const { data, info } = await sharp(bytes, { failOn: 'warning' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)],
    data,
  }
}

const photo = sourceOf(picture('photo', SIDE, SIDE))
let all: Awaited<ReturnType<typeof render>>
beforeAll(async () => {
  all = await render(photo, asksFor(FORMAT_IDS))
})

describe('every format', () => {
  test('comes out, once', () => {
    expect(all.failures).toEqual([])
    expect(all.made.map(({ format }) => format).sort()).toEqual([...FORMAT_IDS].sort())
  })

  test.each(FORMAT_IDS.filter((id) => id !== 'original'))('%s is what its row of the table says', async (id) => {
    const format = FORMATS[id]
    const { bytes, type, width, height, crc32: sum, quality } = all.fileOf(id)
    const read = await sharp(bytes, { failOn: 'warning' }).metadata()
    expect([read.width, read.height, `image/${read.format}`]).toEqual([format.widthPx, format.heightPx, format.type])
    expect([width, height, type, quality]).toEqual([format.widthPx, format.heightPx, format.type, format.quality])
    if (format.dpi !== null) expect(read.density).toBe(format.dpi)
    if (format.maxBytes !== null) expect(bytes.length).toBeLessThanOrEqual(format.maxBytes)
    if (format.subsampling !== null && type === 'image/jpeg') expect(read.chromaSubsampling).toBe(format.subsampling)
    expect([read.space, read.hasAlpha, read.depth, read.isProgressive]).toEqual(['srgb', false, 'uchar', false])
    expect(sum).toBe(crc32(bytes))
    expect((await sharp(bytes, { failOn: 'warning' }).stats()).isOpaque).toBe(true)
    expect(readProvenance(bytes, type)).toMatchObject({ isMarkedAsAi: true, recipeId: IMAGE_ID, simulated: true })
  })

  test('says that its colours are sRGB: JPEG by a profile, PNG by its chunk', async () => {
    const jpeg = all.fileOf('instagram_feed').bytes
    expect((await sharp(jpeg).metadata()).icc?.toString('latin1')).toContain('s\0R\0G\0B')
    expect(pngChunks(all.fileOf('print_4x6').bytes).map(({ type }) => type)).toContain('sRGB')
  })

  test('has a profile that leaves sRGB colours as they are', async () => {
    const bytes = all.fileOf('whatsapp_catalog').bytes
    const plain = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()
    const through = await sharp(bytes).raw().toBuffer()
    expect(through.reduce((most, value, i) => Math.max(most, Math.abs(value - plain[i]!)), 0)).toBeLessThanOrEqual(1)
  })

  test('is the same file when it is made again', async () => {
    const again = await render(photo, asksFor(['print_4x6', 'website_hero', 'tiktok']))
    for (const { format, bytes } of again.made) expect(Buffer.compare(bytes, all.fileOf(format).bytes)).toBe(0)
  })
})

describe('the order', () => {
  test('JPEG before PNG before WebP, and small before large', () => {
    const turns = { 'image/jpeg': 0, 'image/png': 1, 'image/webp': 2 }
    const coded = all.made.filter(({ format }) => format !== 'original')
    const ranks = coded.map(({ type, width, height }) => turns[type] * 1e9 + width * height)
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b))
    expect(all.made.at(-1)!.format).toBe('website_hero')
  })

  test('a file is in store before the next is handed over', async () => {
    let storing = 0
    const most: number[] = []
    await renderVariants(codecModules, photo, asksFor(['tiktok', 'instagram_story', 'whatsapp_catalog']), async () => {
      storing++
      most.push(storing)
      await new Promise(setImmediate)
      storing--
    })
    expect(most).toEqual([1, 1, 1])
  })

  test('formats with equal files are coded once: the same bytes, for each of them', () => {
    expect(all.fileOf('tiktok').bytes).toBe(all.fileOf('instagram_story').bytes)
    expect(all.fileOf('lazada_product').bytes).toBe(all.fileOf('shopee_product').bytes)
    expect(all.fileOf('tiktok_shop').bytes).not.toBe(all.fileOf('instagram_feed').bytes)
  })

  test('the same format asked twice is handed over once, with and without its recipe twice', async () => {
    const { made } = await render(photo, [
      ...asksFor(['tiktok', 'tiktok']),
      ...asksFor(['tiktok'], { ...DEFAULT_OPTIONS, withRecipe: false }),
    ])
    const ids = made.map(({ bytes, type }) => readProvenance(bytes, type)!.recipeId)
    expect(ids.sort()).toEqual([IMAGE_ID, null].sort())
  })
})

describe('what goes wrong', () => {
  test('a store that fails for one format stops no other', async () => {
    const kept: FormatId[] = []
    const failures = await renderVariants(
      codecModules,
      photo,
      asksFor(['whatsapp_catalog', 'tiktok', 'instagram_story', 'original']),
      async ({ format }) => {
        if (format === 'tiktok' || format === 'original') throw new Error('the store is away')
        kept.push(format)
      },
    )
    expect(kept).toEqual(['whatsapp_catalog', 'instagram_story'])
    expect(failures).toEqual(
      ['original', 'tiktok'].map((format) => ({ format, code: 'failed', detail: 'Error: the store is away' })),
    )
  })

  test('pixels that are no picture fail each format as unusable, and nothing is thrown', async () => {
    const broken = { ...photo, pixels: { ...photo.pixels, rgba: photo.pixels.rgba.subarray(4) } }
    const { made, failures } = await render(broken, asksFor(['whatsapp_catalog', 'print_4x6', 'website_hero']))
    expect(made).toEqual([])
    expect(failures.map(({ code }) => code)).toEqual(['unusable', 'unusable', 'unusable'])
  })
})

describe('transparent pictures', () => {
  const cutOut = sourceOf(
    picture('photo', SIDE, SIDE, true).map((value, i) => (i % 4 === 3 && i < SIDE * 4 * 200 ? 0 : value)),
  )

  test('are on white in every format, and as they are in the original', async () => {
    const { made, fileOf } = await render(cutOut, asksFor(['instagram_feed', 'print_4x6', 'website_hero', 'original']))
    for (const { format, bytes, width } of made) {
      if (format === 'original') continue
      const { at } = await rgbOf(bytes)
      for (const value of [...at(0, 0), ...at(width - 1, 0)]) expect(value).toBeGreaterThanOrEqual(253)
    }
    expect(Buffer.from((await sharp(fileOf('original').bytes).raw().toBuffer()).buffer)[3]).toBe(0)
  })
})

describe('the original', () => {
  test('is the stored file byte for byte when that is marked already', async () => {
    const marked = all.fileOf('original').bytes
    const { fileOf } = await render({ ...photo, bytes: marked }, asksFor(['original']))
    expect(Buffer.compare(fileOf('original').bytes, marked)).toBe(0)
  })

  test('loses its recipe and not the mark when the seller leaves the recipe out', async () => {
    const options = { ...DEFAULT_OPTIONS, withRecipe: false }
    const { fileOf } = await render({ ...photo, bytes: all.fileOf('original').bytes }, asksFor(['original'], options))
    const { bytes, type } = fileOf('original')
    expect(readProvenance(bytes, type)).toMatchObject({ isMarkedAsAi: true, recipeId: null })
    expect(Buffer.from(bytes).includes(IMAGE_ID)).toBe(false)
  })
})

describe('padding', () => {
  // Ankles, hands and head all over a square picture: no wide shape can hold this person.
  const keypoints = Array.from({ length: 18 }, (_, i) => [SIDE * (0.3 + 0.02 * i), SIDE * (0.1 + 0.047 * i), 1]).flat()
  const grey = new Uint8Array(SIDE * SIDE * 4).map((_, i) => (i % 4 === 3 ? 255 : [200, 180, 160][i % 4]!))
  const standing = (rgba: Uint8Array) => ({ ...sourceOf(rgba), figures: [{ keypoints, hands: [], goods: [] }] })

  test.each(FILLS)('%s fills a wide banner whole, beside a picture that is not touched', async (fill) => {
    const { made } = await render(
      standing(picture('photo', SIDE, SIDE)),
      asksFor(['print_4x6'], { ...DEFAULT_OPTIONS, fill }),
    )
    const { isPadded, keeps, bytes } = made[0]!
    expect([isPadded, keeps]).toEqual([true, 'body'])
    const { at } = await rgbOf(bytes)
    if (fill === 'white') expect(at(2, 600)).toEqual([255, 255, 255])
    else for (const value of at(2, 600)) expect(value).toBeLessThan(230)
  })

  test('sampled goes on with the colour of the backdrop, without a seam', async () => {
    const { made } = await render(standing(grey), asksFor(['print_4x6']))
    const { data } = await rgbOf(made[0]!.bytes)
    const off = data.reduce((most, value, i) => Math.max(most, Math.abs(value - [200, 180, 160][i % 3]!)), 0)
    expect(off).toBeLessThanOrEqual(2)
  })

  test('sampled beside a vignette is nowhere lighter than the edge of the picture', async () => {
    const [width, half] = [288, 144]
    const fromMiddle = (i: number) => Math.abs(((i >> 2) % width) + 0.5 - half) / half
    const vignette = grey
      .subarray(0, width * SIDE * 4)
      .map((value, i) => (i % 4 === 3 ? 255 : Math.round(value * (1 - 0.25 * fromMiddle(i) ** 2))))
    const narrow = keypoints.map((value, i) => (i % 3 === 0 ? (value * width) / SIDE : value))
    const source = { ...sourceOf(vignette, width, SIDE), figures: [{ keypoints: narrow, hands: [], goods: [] }] }
    const { made } = await render(source, asksFor(['facebook_post']))
    const { at } = await rgbOf(made[0]!.bytes)
    const levels = Array.from({ length: 60 }, (_, i) => {
      const block = Array.from({ length: 100 }, (_, n) => at(599 - i * 10 - (n % 10), 310 + Math.floor(n / 10))[0]!)
      return block.reduce((sum, level) => sum + level, 0) / block.length
    })
    const rises = levels.map((level, i) => level - Math.min(...levels.slice(0, i + 1)))
    expect(Math.max(...rises)).toBeLessThanOrEqual(1)
  })

  test('a cut-out is padded with white, whichever fill was asked', async () => {
    const clear = standing(grey.map((value, i) => (i % 4 === 3 ? 0 : value)))
    for (const fill of FILLS) {
      const { made } = await render(clear, asksFor(['print_4x6'], { ...DEFAULT_OPTIONS, fill }))
      expect((await rgbOf(made[0]!.bytes)).data.every((value) => value >= 254)).toBe(true)
    }
  })
})

describe('memory', () => {
  test('all formats of a picture of 1024x1024 stay within the plan', async () => {
    const holdings = countHoldings()
    await render(sourceOf(picture('photo', 1024, 1024), 1024, 1024), asksFor(FORMAT_IDS), holdings)
    expect(holdings.wasmBytes).toBeGreaterThan(16 * 2 ** 20)
    expect(() => assertMemoryPlan(holdings)).not.toThrow()
  })

  test('a job over the plan is told with all that it held', () => {
    const over = { name: 'kernel', kind: 'wasm', bytes: MEMORY_PLAN.wasmBytes + 1 } as const
    expect(() => assertMemoryPlan({ peak: [over], wasmBytes: over.bytes })).toThrow('kernel 48.0')
    const file = { name: 'file', kind: 'buffer', bytes: MEMORY_PLAN.allBytes + 1 } as const
    expect(() => assertMemoryPlan({ peak: [file], wasmBytes: 0 })).toThrow('64.0 in all')
  })
})

describe('decodeMaster', () => {
  test('reads PNG, JPEG and WebP, told by their bytes', async () => {
    const rgba = picture('photo', 64, 48)
    const kernel = newKernel()
    const files = [kernel.encodePng(rgba, 64, 48), kernel.encodeJpeg(rgba, 64, 48), await foreignWebp(rgba, 64, 48)]
    const read = await Promise.all(files.map((bytes) => decodeMaster(codecModules, bytes)))
    expect(read.map(({ type }) => type)).toEqual(['image/png', 'image/jpeg', 'image/webp'])
    expect(read.map(({ pixels }) => [pixels.width, pixels.height])).toEqual([
      [64, 48],
      [64, 48],
      [64, 48],
    ])
  })

  test('refuses other kinds, and sizes that break the memory plan', async () => {
    await expect(decodeMaster(codecModules, new TextEncoder().encode('<svg/>'))).rejects.toMatchObject({
      code: 'unsupported',
    })
    const huge = await sharp({ create: { width: 2100, height: 2100, channels: 3, background: '#888' } })
      .png()
      .toBuffer()
    await expect(decodeMaster(codecModules, huge)).rejects.toMatchObject({ code: 'too_large' })
  })
})
