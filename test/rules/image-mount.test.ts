import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/render/image/image-error'
import type { Mount, Pixels } from '../../src/render/image/pixels'
import { newKernel, picture, referenceDecodePng } from './image-fixtures'

const kernel = newKernel()
const one = (r: number, g: number, b: number): Pixels => ({ rgba: Uint8Array.of(r, g, b, 255), width: 1, height: 1 })
const pixels = { rgba: picture('photo', 40, 30), width: 40, height: 30 }
const whole = { x: 0, y: 0, width: 40, height: 30 }

const sizes = fc
  .record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 70 }) })
  .chain((inner) =>
    fc.record({
      inner: fc.constant(inner),
      left: fc.integer({ min: 0, max: 40 }),
      top: fc.integer({ min: 0, max: 40 }),
      right: fc.integer({ min: 0, max: 40 }),
      bottom: fc.integer({ min: 0, max: 40 }),
    }),
  )
type Sides = { left: number; top: number; right: number; bottom: number }
const around = ({ width, height }: { width: number; height: number }, { left, top, right, bottom }: Sides) => ({
  ...{ width: width + left + right, height: height + top + bottom },
  ...{ x: left, y: top },
})

describe('a picture in a larger one', () => {
  test('is as it would be alone, with the backdrop on every other pixel', () => {
    fc.assert(
      fc.property(sizes, ({ inner, ...sides }) => {
        const mount: Mount = { ...around(inner, sides), backdrop: one(10, 200, 30), featherPx: 0 }
        const alone = kernel.resize(pixels.rgba, 40, 30, whole, inner.width, inner.height)
        const placed = kernel.compose(pixels, { rect: whole, ...inner, mount }, 0xffffff)
        expect(placed.length).toBe(mount.width * mount.height * 4)
        for (let y = 0; y < mount.height; y++) {
          for (let x = 0; x < mount.width; x++) {
            const [inX, inY] = [x - mount.x, y - mount.y]
            const isInside = inX >= 0 && inY >= 0 && inX < inner.width && inY < inner.height
            const at = (y * mount.width + x) * 4
            const from = (inY * inner.width + inX) * 4
            const wanted = isInside ? alone.subarray(from, from + 4) : Uint8Array.of(10, 200, 30, 255)
            if (Buffer.compare(placed.subarray(at, at + 4), wanted) !== 0) throw new Error(`${x},${y} is another pixel`)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is the same in a PNG file, whose bands end where they will', () => {
    const mount: Mount = { width: 90, height: 300, x: 20, y: 77, backdrop: one(1, 2, 3), featherPx: 9 }
    const scale = { rect: whole, width: 60, height: 150, mount }
    const file = referenceDecodePng(kernel.encodePng(pixels.rgba, 40, 30, { scale, background: 0xffffff }))
    expect([file.width, file.height]).toEqual([90, 300])
    expect(Buffer.compare(file.rgba, kernel.compose(pixels, scale, 0xffffff))).toBe(0)
  })

  test('melts into the backdrop where that shows, and keeps its edge where it ends with the file', () => {
    const white = { rgba: new Uint8Array(40 * 30 * 4).fill(255), width: 40, height: 30 }
    const mount: Mount = { width: 60, height: 30, x: 20, y: 0, backdrop: one(0, 0, 0), featherPx: 10 }
    const placed = kernel.compose(white, { rect: whole, width: 40, height: 30, mount }, 0xffffff)
    const row = (y: number) => Array.from({ length: 60 }, (_, x) => placed[(y * 60 + x) * 4]!)
    expect(row(0)).toEqual(row(29))
    expect(row(15).slice(0, 20)).toEqual(Array(20).fill(0))
    expect(row(15).slice(30)).toEqual(Array(30).fill(255))
    const melting = row(15).slice(20, 30)
    expect(melting).toEqual([...melting].sort((a, b) => a - b))
    expect(melting[0]).toBeLessThan(5)
    expect(melting[9]).toBeGreaterThan(250)
    expect(placed.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true)
  })

  test('enlarges its backdrop over all of the file', () => {
    const backdrop = { rgba: Uint8Array.of(0, 0, 0, 255, 200, 200, 200, 255), width: 2, height: 1 }
    const mount: Mount = { width: 100, height: 40, x: 30, y: 0, backdrop, featherPx: 0 }
    const placed = kernel.compose(pixels, { rect: whole, width: 40, height: 40, mount }, 0xffffff)
    const alone = kernel.resize(backdrop.rgba, 2, 1, { x: 0, y: 0, width: 2, height: 1 }, 100, 40)
    expect(placed.subarray(0, 30 * 4)).toEqual(alone.subarray(0, 30 * 4))
    expect(placed.subarray(70 * 4, 100 * 4)).toEqual(alone.subarray(70 * 4, 100 * 4))
  })

  test.each<[string, Partial<Mount>]>([
    ['a place that is not inside', { x: 61 }],
    ['a place before it', { y: -1 }],
    ['half a pixel', { x: 0.5 }],
    ['a backdrop that hides nothing', { backdrop: { rgba: new Uint8Array(4), width: 1, height: 1 } }],
    ['a backdrop of another length', { backdrop: { rgba: new Uint8Array(8), width: 1, height: 1 } }],
    ['a feather of no length', { featherPx: -1 }],
    ['a file without an end', { width: 99_999 }],
  ])('refuses %s', (_, wrong) => {
    const mount = { width: 100, height: 100, x: 0, y: 0, backdrop: one(0, 0, 0), featherPx: 0, ...wrong }
    const scale = { rect: whole, width: 40, height: 30, mount }
    expect(() => kernel.compose(pixels, scale, 0xffffff)).toThrow(ImageError)
  })
})
