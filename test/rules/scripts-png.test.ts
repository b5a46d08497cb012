import { crc32, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contactSheet, shrink } from '../../scripts/shoot/contact-sheet.mjs'
import { decodePng, encodePng, type Picture } from '../../scripts/shoot/png.mjs'
import { toJpeg } from '../providers/servers/fake-picture.mjs'

const picture = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }), alpha: fc.boolean() })
  .chain(({ width, height, alpha }) => {
    const channels = alpha ? (4 as const) : (3 as const)
    const length = width * height * channels
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((pixels): Picture => ({ width, height, channels, pixels }))
  })

function plain(width: number, height: number, [red = 0, green = 0, blue = 0]: number[]): Picture {
  const pixels = new Uint8Array(width * height * 3).map((_, at) => [red, green, blue][at % 3] ?? 0)
  return { width, height, channels: 3, pixels }
}

/** The pixel as [red, green, blue]. */
const pixelAt = (sheet: Picture, x: number, y: number) => [
  ...sheet.pixels.slice((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3),
]

/** A PNG from raw scan lines, filter bytes and all. */
function pngOf(width: number, height: number, scanLines: number[], { depth = 8, colour = 2, interlace = 0 } = {}) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, colour, 0, 0, interlace], 8)
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  const data = deflateSync(Buffer.from(scanLines))
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

describe('PNG', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(picture, (original) => {
        const read = decodePng(encodePng(original))
        expect([read.width, read.height, read.channels]).toEqual([original.width, original.height, original.channels])
        expect([...read.pixels]).toEqual([...original.pixels])
      }),
    )
  })

  it('undoes each filter of the format', () => {
    const rows = [
      [0, 10, 20, 30, 40, 50, 60], // None
      [1, 1, 2, 3, 4, 5, 6], // Sub: + left
      [2, 1, 1, 1, 1, 1, 1], // Up: + above
      [3, 10, 10, 10, 10, 10, 10], // Average of left and above
      [4, 5, 5, 5, 5, 5, 5], // Paeth
    ]
    expect([...decodePng(pngOf(2, 5, rows.flat())).pixels]).toEqual([
      ...[10, 20, 30, 40, 50, 60],
      ...[1, 2, 3, 5, 7, 9],
      ...[2, 3, 4, 6, 8, 10],
      ...[11, 11, 12, 18, 19, 21],
      ...[16, 16, 17, 23, 24, 26],
    ])
  })

  it('refuses what it does not read, and what claims to be huge', () => {
    expect(() => decodePng(Buffer.from('GIF89a'))).toThrow('not a PNG')
    expect(() => decodePng(pngOf(1, 1, [0, 0], { colour: 3 }))).toThrow('kind of PNG')
    expect(() => decodePng(pngOf(1, 1, [0, 0, 0, 0], { interlace: 1 }))).toThrow('kind of PNG')
    expect(() => decodePng(pngOf(100_000, 100_000, [0]))).toThrow('refused')
    expect(() => decodePng(pngOf(1, 1, [7, 0, 0, 0]))).toThrow('unknown filter')
  })

  it('notices a file that is cut short or damaged at any byte', () => {
    const whole = Buffer.from(encodePng(plain(3, 3, [1, 2, 3])))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (at) => {
        expect(() => decodePng(whole.subarray(0, at))).toThrow()
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] ?? 0) ^ 0x10
        expect(() => decodePng(damaged)).toThrow()
      }),
    )
  })
})

describe('contact sheet', () => {
  it('shrinks by averaging, keeps the shape, and lays transparency over white', () => {
    const halves = plain(4, 2, [0, 0, 0])
    for (let at = 0; at < 24; at++) halves.pixels[at] = at % 12 < 6 ? 0 : 200
    expect([...shrink(halves, 2).pixels]).toEqual([0, 0, 0, 200, 200, 200])
    expect([...shrink(halves, 1).pixels]).toEqual([100, 100, 100])
    const clear: Picture = { width: 1, height: 1, channels: 4, pixels: Uint8Array.from([10, 10, 10, 0]) }
    expect([...shrink(clear, 256).pixels]).toEqual([255, 255, 255])
  })

  it('never enlarges', () => {
    expect(shrink(plain(10, 5, [1, 1, 1]), 256)).toMatchObject({ width: 10, height: 5 })
  })

  it('stands in order of the shoot, five in a row, whatever came first', async () => {
    const sheet = contactSheet()
    const colours = [0, 1, 2, 3, 4, 5].map((n) => [n * 40, 0, 0])
    for (const place of [5, 2, 0, 4, 1, 3])
      sheet.add(place, `${place}`, encodePng(plain(256, 256, colours[place] ?? [])))
    const page = decodePng(await sheet.encode())
    expect(page.width).toBe(12 + 5 * (256 + 12))
    expect([0, 1, 2, 3, 4].map((column) => pixelAt(page, 140 + column * 268, 140)[0])).toEqual([0, 40, 80, 120, 160])
    expect(pixelAt(page, 140, 140 + 290)).toEqual([200, 0, 0])
  })

  it('keeps the place of a picture that cannot be read', async () => {
    const sheet = contactSheet()
    sheet.add(0, 'broken', Buffer.from('no picture'))
    sheet.add(1, 'whole', encodePng(plain(256, 256, [9, 9, 9])))
    expect(pixelAt(decodePng(await sheet.encode()), 140 + 268, 140)).toEqual([9, 9, 9])
  })

  it('shows a JPEG, which some models answer', async () => {
    const sheet = contactSheet()
    const rgba = Uint8Array.from(Array.from({ length: 64 * 64 }, () => [200, 30, 30, 255]).flat())
    sheet.add(0, 'jpeg', await toJpeg(rgba, 64, 64))
    const [red = 0, green = 0] = pixelAt(decodePng(await sheet.encode()), 140, 140)
    expect(red - green).toBeGreaterThan(140)
  })
})
