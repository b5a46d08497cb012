import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/render/image/image-error'
import { optimalTable } from '../../src/render/image/jpeg-huffman'
import { decodeJpeg, foreignJpeg, newKernel, picture, psnr } from './image-fixtures'

const kernel = newKernel()

describe('encodeJpeg', () => {
  test.each([
    [10, '4:2:0'],
    [50, '4:2:0'],
    [85, '4:2:0'],
    [85, '4:4:4'],
    [95, '4:4:4'],
    [100, '4:4:4'],
  ] as const)(
    'quality %i, %s: as near to the picture as libjpeg with the same tables',
    async (quality, subsampling) => {
      const rgba = picture('photo', 203, 121)
      const ours = kernel.encodeJpeg(rgba, 203, 121, { quality, subsampling })
      const theirs = await foreignJpeg(rgba, 203, 121, {
        quality,
        quant_table: 0,
        progressive: false,
        baseline: true,
        auto_subsample: false,
        chroma_subsample: subsampling === '4:2:0' ? 2 : 1,
      })
      const decoded = await decodeJpeg(ours)
      expect(decoded).toMatchObject({ width: 203, height: 121 })
      expect(psnr(decoded.rgba, rgba)).toBeGreaterThan(psnr((await decodeJpeg(theirs)).rgba, rgba) - 0.1)
      // mozjpeg searches for cheaper coefficients (trellis), which takes it ten times as long.
      expect(ours.length).toBeLessThan(theirs.length * 1.15)
    },
  )

  test('every size decodes, also the ones that fill no block', async () => {
    const sizes = [1, 2, 7, 8, 9, 15, 16, 17, 31, 33]
    for (const [i, width] of sizes.entries()) {
      const height = sizes[(i * 7 + 3) % sizes.length]!
      for (const subsampling of ['4:2:0', '4:4:4'] as const) {
        const rgba = picture('photo', width, height)
        const decoded = await decodeJpeg(kernel.encodeJpeg(rgba, width, height, { quality: 95, subsampling }))
        expect(decoded).toMatchObject({ width, height })
        expect(psnr(decoded.rgba, rgba)).toBeGreaterThan(27)
      }
    }
  })

  test('noise at quality 100 overflows nothing', async () => {
    const rgba = picture('noise', 320, 200)
    const decoded = await decodeJpeg(kernel.encodeJpeg(rgba, 320, 200, { quality: 100 }))
    expect(psnr(decoded.rgba, rgba)).toBeGreaterThan(40)
  })

  test('a checkerboard of black and white, the largest coefficients there are, comes back', async () => {
    const rgba = new Uint8Array(64 * 64 * 4).map((_, i) => (i % 4 === 3 || ((i >> 2) + (i >> 8)) % 2 ? 255 : 0))
    const decoded = await decodeJpeg(kernel.encodeJpeg(rgba, 64, 64, { quality: 100, subsampling: '4:4:4' }))
    expect(psnr(decoded.rgba, rgba)).toBeGreaterThan(45)
  })

  test('transparent pixels show the background, white if none is named', async () => {
    const rgba = new Uint8Array(16 * 16 * 4)
    const white = await decodeJpeg(kernel.encodeJpeg(rgba, 16, 16))
    expect([...white.rgba.subarray(0, 3)]).toEqual([255, 255, 255])
    const red = await decodeJpeg(kernel.encodeJpeg(rgba, 16, 16, { quality: 100, background: 0xff0000 }))
    expect(red.rgba[0]).toBeGreaterThan(250)
    expect(red.rgba[2]).toBeLessThan(5)
  })

  test('the JFIF header says the resolution', () => {
    const bytes = kernel.encodeJpeg(picture('photo', 8, 8), 8, 8, { dpi: 300 })
    expect([...bytes.subarray(0, 4)]).toEqual([0xff, 0xd8, 0xff, 0xe0])
    expect([...bytes.subarray(13, 18)]).toEqual([1, 1, 44, 1, 44])
    expect([...bytes.subarray(-2)]).toEqual([0xff, 0xd9])
  })

  test('the same picture is the same file', () => {
    const rgba = picture('photo', 100, 60)
    const first = newKernel().encodeJpeg(rgba, 100, 60)
    kernel.encodeJpeg(picture('noise', 300, 300), 300, 300)
    expect(Buffer.compare(kernel.encodeJpeg(rgba, 100, 60), first)).toBe(0)
  })

  test.each([{ quality: 0 }, { quality: 101 }, { quality: 85.5 }, { dpi: 0 }, { dpi: 70000 }])(
    'refuses %o',
    (options) => {
      expect(() => kernel.encodeJpeg(picture('photo', 8, 8), 8, 8, options)).toThrow(ImageError)
    },
  )
})

test('a thumbnail is the centre of the picture, 400 x 400', async () => {
  const width = 900
  const height = 500
  const rgba = new Uint8Array(width * height * 4).fill(255)
  // Left and right of the central square: black, which must not be seen.
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (x < 195 || x > 705) rgba.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3)
  const thumbnail = await decodeJpeg(kernel.thumbnail(rgba, width, height))
  expect(thumbnail).toMatchObject({ width: 400, height: 400 })
  expect(thumbnail.rgba.every((value) => value > 250)).toBe(true)
})

test('optimal Huffman tables are prefix codes of at most 16 bits that leave the code of all ones free', () => {
  const counts = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 1e6 })), {
    minLength: 256,
    maxLength: 256,
  })
  const check = (histogram: number[]) => {
    const { bits, values, codes } = optimalTable(Uint32Array.from(histogram))
    expect([...values].sort((a, b) => a - b)).toEqual(histogram.flatMap((count, symbol) => (count > 0 ? [symbol] : [])))
    // Kraft: strictly less than 1, because one code of the longest length is reserved.
    expect(bits.reduce((sum, count, i) => sum + count / 2 ** (i + 1), 0)).toBeLessThan(1)
    for (const symbol of values) {
      const length = codes[symbol]! & 255
      expect(codes[symbol]! >>> 8).toBeLessThan(2 ** length - 1)
    }
  }
  fc.assert(fc.property(counts, check), { numRuns: 60 })
  // Fibonacci counts make the deepest tree.
  const deep = [1, 1]
  while (deep.length < 40) deep.push(deep.at(-1)! + deep.at(-2)!)
  check([...deep, ...new Array<number>(216).fill(0)])
})
