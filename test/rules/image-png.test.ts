import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/render/image/image-error'
import { readText } from '../../src/render/image/png-text'
import {
  concat,
  newKernel,
  picture,
  pngChunk,
  pngChunks,
  pngFile,
  pngIhdr,
  pngSignature,
  referenceDecodePng,
} from './image-fixtures'

const kernel = newKernel()
const sizes = fc.tuple(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 150 }))
const kinds = fc.constantFrom('photo' as const, 'noise' as const, 'drawing' as const)

describe('encodePng', () => {
  test('every picture comes back pixel for pixel from an independent decoder', () => {
    fc.assert(
      fc.property(sizes, kinds, fc.boolean(), fc.constantFrom('paeth', 'adaptive'), ([w, h], kind, alpha, filter) => {
        const rgba = picture(kind, w, h, alpha)
        const decoded = referenceDecodePng(kernel.encodePng(rgba, w, h, { filter: filter as 'paeth' }))
        expect(decoded.width).toBe(w)
        expect(Buffer.compare(decoded.rgba, rgba)).toBe(0)
      }),
      { numRuns: 150 },
    )
  })

  test('random bytes, the worst case for the Huffman code, fit and come back', () => {
    const rgba = picture('noise', 700, 300, true)
    expect(Buffer.compare(referenceDecodePng(kernel.encodePng(rgba, 700, 300)).rgba, rgba)).toBe(0)
  })

  test('the same picture is the same file, whatever was coded before', () => {
    const rgba = picture('photo', 333, 77)
    const first = newKernel().encodePng(rgba, 333, 77, { filter: 'adaptive' })
    kernel.encodePng(picture('noise', 500, 300), 500, 300)
    expect(Buffer.compare(kernel.encodePng(rgba, 333, 77, { filter: 'adaptive' }), first)).toBe(0)
  })

  test('an opaque picture is RGB, any transparency makes it RGBA', () => {
    const rgba = picture('photo', 9, 9)
    expect(pngChunks(kernel.encodePng(rgba, 9, 9))[0]!.data[9]).toBe(2)
    rgba[80 * 4 + 3] = 254
    expect(pngChunks(kernel.encodePng(rgba, 9, 9))[0]!.data[9]).toBe(6)
    const shifted = new Uint8Array(rgba.length + 1).subarray(1)
    shifted.set(rgba)
    expect(pngChunks(kernel.encodePng(shifted, 9, 9))[0]!.data[9]).toBe(6)
  })

  test('says sRGB, resolution and provenance, in the order the specification wants', () => {
    const text = { Software: 'Lumiku', Description: 'gambar 写真', Title: 'Café' }
    const file = kernel.encodePng(picture('photo', 8, 8), 8, 8, { dpi: 300, text })
    const chunks = pngChunks(file)
    expect(chunks.map((chunk) => chunk.type)).toEqual(['IHDR', 'sRGB', 'pHYs', 'tEXt', 'iTXt', 'tEXt', 'IDAT', 'IEND'])
    expect(Buffer.from(chunks[2]!.data).readUInt32BE(0)).toBe(11811)
    expect({ ...readText(file) }).toEqual(text)
  })

  test.each([
    ['a keyword of 80 letters', { ['k'.repeat(80)]: 'x' }],
    ['a keyword with a space at its end', { 'Title ': 'x' }],
    ['a text that is too long', { Title: 'x'.repeat(9000) }],
    ['a text with a zero', { Title: 'a\0b' }],
    ['too many texts', Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, 'x']))],
  ])('refuses %s', (_, text) => {
    expect(() => kernel.encodePng(picture('photo', 2, 2), 2, 2, { text: text as Record<string, string> })).toThrow(
      ImageError,
    )
  })

  test.each([
    ['pixels that do not fit the size', 3, 2],
    ['no width', 0, 4],
    ['a fraction', 1.5, 2],
    ['more than the limit', 8193, 1],
  ])('refuses %s', (_, width, height) => {
    expect(() => kernel.encodePng(picture('photo', 2, 2), width, height)).toThrow(ImageError)
  })
})

describe('decodePng', () => {
  test('reads back what encodePng writes', () => {
    fc.assert(
      fc.property(sizes, kinds, fc.boolean(), ([w, h], kind, alpha) => {
        const rgba = picture(kind, w, h, alpha)
        const decoded = kernel.decodePng(kernel.encodePng(rgba, w, h, { filter: 'adaptive' }))
        expect(decoded).toMatchObject({ width: w, height: h })
        expect(Buffer.compare(decoded.rgba, rgba)).toBe(0)
      }),
      { numRuns: 100 },
    )
  })

  const variants = [
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [3, 1],
    [3, 2],
    [3, 4],
    [3, 8],
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16],
  ].flatMap(([colorType, depth]) => [0, 1].map((interlace) => ({ colorType: colorType!, depth: depth!, interlace })))

  test.each(variants)(
    'colour type $colorType, $depth bits, interlace $interlace',
    ({ colorType, depth, interlace }) => {
      for (const [width, height] of [
        [1, 1],
        [3, 2],
        [5, 9],
        [17, 13],
        [70, 70],
      ] as const) {
        const { file, expected } = variantPng(width, height, colorType, depth, interlace)
        const { rgba } = kernel.decodePng(file)
        expect(Buffer.compare(rgba, expected)).toBe(0)
      }
    },
  )

  test('one transparent colour: grey and RGB', () => {
    const grey = pngFile(pngIhdr(2, 1, 4, 0), Uint8Array.of(0, 0x5a), pngChunk('tRNS', Uint8Array.of(0, 5)))
    expect([...kernel.decodePng(grey).rgba]).toEqual([85, 85, 85, 0, 170, 170, 170, 255])
    const scanline = Uint8Array.of(0, 1, 2, 3, 1, 2, 4)
    const rgb = pngFile(pngIhdr(2, 1, 8, 2), scanline, pngChunk('tRNS', Uint8Array.of(0, 1, 0, 2, 0, 3)))
    expect([...kernel.decodePng(rgb).rgba]).toEqual([1, 2, 3, 0, 1, 2, 4, 255])
  })

  test('pixel data split over many IDAT chunks', () => {
    const file = kernel.encodePng(picture('photo', 40, 40), 40, 40)
    const pieces = pngChunks(file).flatMap(({ type, data }) =>
      type === 'IDAT' ? Array.from(data, (byte) => pngChunk('IDAT', Uint8Array.of(byte))) : [pngChunk(type, data)],
    )
    expect(Buffer.compare(kernel.decodePng(concat(pngSignature, ...pieces)).rgba, picture('photo', 40, 40))).toBe(0)
  })

  const scanlines = new Uint8Array(10 * 31)
  test.each([
    ['a byte more than the header says', pngFile(pngIhdr(10, 10, 8, 2), new Uint8Array(10 * 31 + 1)), 'corrupt'],
    ['a bomb behind a small header', pngFile(pngIhdr(10, 10, 8, 2), new Uint8Array(20_000_000)), 'corrupt'],
    ['a byte less than the header says', pngFile(pngIhdr(10, 10, 8, 2), scanlines.subarray(1)), 'corrupt'],
    [
      'a filter that does not exist',
      pngFile(
        pngIhdr(10, 10, 8, 2),
        scanlines.map(() => 9),
      ),
      'corrupt',
    ],
    ['such a filter in the plain decoder', pngFile(pngIhdr(4, 1, 8, 0), Uint8Array.of(7, 0, 0, 0, 0)), 'corrupt'],
    ['an enormous header', pngFile(pngIhdr(16000, 16000, 8, 6), scanlines), 'too_large'],
    ['more inflated bytes than memory allows', pngFile(pngIhdr(4000, 2000, 16, 6), scanlines), 'too_large'],
    ['a side of 0', pngFile(pngIhdr(0, 10, 8, 2), scanlines), 'corrupt'],
    ['a depth that does not exist', pngFile(pngIhdr(10, 10, 3, 2), scanlines), 'corrupt'],
    ['a palette picture without palette', pngFile(pngIhdr(2, 1, 8, 3), Uint8Array.of(0, 0, 0)), 'corrupt'],
    [
      'a colour outside of the palette',
      pngFile(pngIhdr(2, 1, 8, 3), Uint8Array.of(0, 0, 1), pngChunk('PLTE', new Uint8Array(3))),
      'corrupt',
    ],
    ['no pixels', concat(pngSignature, pngIhdr(1, 1, 8, 2), pngChunk('IEND', new Uint8Array(0))), 'corrupt'],
    [
      'an unknown critical chunk',
      pngFile(pngIhdr(10, 10, 8, 2), scanlines, pngChunk('ABCD', scanlines)),
      'unsupported',
    ],
    [
      'a wrong CRC',
      pngFile(pngIhdr(10, 10, 8, 2), scanlines).map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
      'corrupt',
    ],
    ['no PNG at all', new Uint8Array(100), 'corrupt'],
  ])('refuses %s', (_, file, code) => {
    expect(() => kernel.decodePng(file)).toThrow(expect.objectContaining({ name: 'ImageError', code }))
  })

  test('a damaged file is decoded or refused, never anything else', () => {
    const files = [
      kernel.encodePng(picture('photo', 60, 60), 60, 60),
      ...variants.map((v) => variantPng(20, 20, v.colorType, v.depth, v.interlace).file),
    ]
    const damage = fc.tuple(
      fc.constantFrom(...files),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 255 }),
    )
    fc.assert(
      fc.property(damage, fc.boolean(), ([file, place, flip], cut) => {
        const at = Math.floor(place * (file.length - 1))
        const bytes = cut ? file.slice(0, at) : file.map((byte, i) => (i === at ? byte ^ flip : byte))
        try {
          kernel.decodePng(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ImageError)
        }
      }),
      { numRuns: 500 },
    )
  })
})

const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** A PNG of known samples with all five filters in turn, and the RGBA it means. */
function variantPng(width: number, height: number, colorType: number, depth: number, interlace: number) {
  const channels = [1, 0, 3, 1, 2, 0, 4][colorType]!
  const largest = 2 ** depth - 1
  const palette = Uint8Array.from({ length: 3 * 2 ** Math.min(depth, 8) }, (_, i) => (i * 37) & 255)
  const alphas = Uint8Array.of(0, 128)
  const sample = (x: number, y: number, c: number) => (x * 7919 + y * 104729 + c * 1299709 + x * y * 31) & largest
  const expected = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = Array.from({ length: channels }, (_, c) => sample(x, y, c))
      const scaled = v.map((value) => Math.round((value * 255) / largest))
      const [r, g, b, a] = scaled
      const index = v[0]!
      const rgba =
        colorType === 3
          ? [...palette.subarray(index * 3, index * 3 + 3), alphas[index] ?? 255]
          : colorType === 0
            ? [r, r, r, 255]
            : colorType === 4
              ? [r, r, r, g]
              : [r, g, b, a ?? 255]
      expected.set(rgba as number[], (y * width + x) * 4)
    }
  }
  const passes = interlace ? ADAM7 : ([[0, 0, 1, 1]] as const)
  const lines: Uint8Array[] = []
  for (const [x0, y0, dx, dy] of passes) {
    const count = Math.ceil((width - x0) / dx)
    if (count <= 0) continue
    let above: Uint8Array | undefined
    for (let y = y0; y < height; y += dy) {
      const row = packRow(
        Array.from({ length: count * channels }, (_, i) => sample(x0 + Math.floor(i / channels) * dx, y, i % channels)),
        depth,
      )
      above ??= new Uint8Array(row.length)
      lines.push(filterLine(lines.length % 5, row, above, Math.max(1, (channels * depth) >> 3)))
      above = row
    }
  }
  const colors = colorType === 3 ? [pngChunk('PLTE', palette), pngChunk('tRNS', alphas)] : []
  return { file: pngFile(pngIhdr(width, height, depth, colorType, interlace), concat(...lines), ...colors), expected }
}

function packRow(samples: number[], depth: number): Uint8Array {
  const bits = samples.map((value) => value.toString(2).padStart(depth, '0')).join('')
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0')
  return Uint8Array.from({ length: padded.length / 8 }, (_, i) => Number.parseInt(padded.slice(i * 8, i * 8 + 8), 2))
}

function filterLine(filter: number, row: Uint8Array, above: Uint8Array, step: number): Uint8Array {
  return Uint8Array.of(
    filter,
    ...row.map((value, i) => {
      const [a, b, c] = [row[i - step] ?? 0, above[i]!, above[i - step] ?? 0]
      const p = a + b - c
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
      return value - [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter]!
    }),
  )
}

test('the fixtures themselves are valid: zlib reads the scanlines back', () => {
  const { file } = variantPng(5, 9, 2, 8, 0)
  const idat = pngChunks(file).find((chunk) => chunk.type === 'IDAT')!
  expect(inflateSync(idat.data).length).toBe(9 * 16)
})
