import { describe, expect, test } from 'vitest'
import { FORMATS } from '../../src/exports/formats'
import { openCoders } from '../../src/exports/render-coders'
import { encodeOutput, LEAST_QUALITY, OverCapError } from '../../src/exports/render-encode'
import { DEFAULT_OPTIONS } from '../../src/exports/types'
import { codecModules, picture } from './image-fixtures'

const pixels = { rgba: picture('noise', 300, 300), width: 300, height: 300 }
const rect = { x: 0, y: 0, width: 300, height: 300 }
const scale = { rect, width: 300, height: 300 }
const framing = { rect, place: null, keeps: 'nothing', isPadded: false } as const

const encode = (id: 'instagram_feed' | 'print_4x6' | 'website_hero', maxBytes: number | null, markBytes = 0) => {
  const format = { ...FORMATS[id], widthPx: 300, heightPx: 300, maxBytes }
  const output = { formats: [id], format, options: DEFAULT_OPTIONS, framing }
  const finish = (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array([...bytes, ...new Uint8Array(markBytes)])
  return encodeOutput(openCoders(codecModules), pixels, output, scale, finish)
}

describe('byte caps', () => {
  test.each(['instagram_feed', 'website_hero'] as const)(
    '%s: the best quality that fits is taken, in steps of 5',
    async (id) => {
      const best = await encode(id, null)
      expect(best.quality).toBe(FORMATS[id].quality)
      const next = await encode(id, best.bytes.length - 1)
      expect(next.quality).toBe(FORMATS[id].quality! - 5)
      expect(next.bytes.length).toBeLessThan(best.bytes.length)
      expect((await encode(id, best.bytes.length)).bytes).toEqual(best.bytes)
    },
  )

  test('the marks count', async () => {
    const { bytes } = await encode('instagram_feed', null)
    const marked = await encode('instagram_feed', bytes.length, 100)
    expect(marked.quality).toBeLessThan(FORMATS.instagram_feed.quality!)
    expect(marked.bytes.length).toBeLessThanOrEqual(bytes.length)
  })

  test.each(['instagram_feed', 'website_hero'] as const)(
    '%s: below quality 60 it is refused, not blurred',
    async (id) => {
      let least = await encode(id, null)
      while (least.quality! > LEAST_QUALITY) least = await encode(id, least.bytes.length - 1)
      await expect(encode(id, least.bytes.length - 1)).rejects.toThrow(OverCapError)
    },
  )

  test('a PNG loses nothing, so a cap it does not meet is told at once', async () => {
    const { bytes, quality } = await encode('print_4x6', null)
    expect(quality).toBeNull()
    await expect(encode('print_4x6', bytes.length - 1)).rejects.toThrow(`${bytes.length} bytes are more than`)
  })
})
