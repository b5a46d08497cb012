import { describe, expect, test } from 'vitest'
import { ImageError } from '../../src/render/image/image-error'
import { coverRect, type Rect } from '../../src/render/image/pixels'
import { newKernel, picture, psnr, referenceDecodePng } from './image-fixtures'

const kernel = newKernel()

const catmullRom = (x: number) => {
  const t = Math.abs(x)
  return t < 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : t < 2 ? -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2 : 0
}
const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos3 = (x: number) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)

/** The definition in floating point: both axes at once, border pixels repeated, rounded only at the end. */
function exact(rgba: Uint8Array, width: number, height: number, rect: Rect, outWidth: number, outHeight: number) {
  const axis = (size: number, origin: number, length: number, out: number) =>
    Array.from({ length: out }, (_, i) => {
      const ratio = length / out
      const stretch = Math.max(1, ratio)
      const [kernelAt, support] = ratio < 1 ? ([catmullRom, 2] as const) : ([lanczos3, 3] as const)
      const centre = origin + (i + 0.5) * ratio
      const taps: [number, number][] = []
      for (let j = Math.floor(centre - support * stretch) - 1; j <= centre + support * stretch + 1; j++) {
        const weight = kernelAt((j + 0.5 - centre) / stretch)
        if (weight !== 0) taps.push([Math.min(size - 1, Math.max(0, j)), weight])
      }
      const sum = taps.reduce((total, [, weight]) => total + weight, 0)
      return taps.map(([j, weight]) => [j, weight / sum] as const)
    })
  const columns = axis(width, rect.x, rect.width, outWidth)
  const rows = axis(height, rect.y, rect.height, outHeight)
  const out = new Float64Array(outWidth * outHeight * 4)
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      for (let c = 0; c < 4; c++) {
        let value = 0
        for (const [sy, wy] of row) for (const [sx, wx] of column) value += rgba[(sy * width + sx) * 4 + c]! * wx * wy
        out[(y * outWidth + x) * 4 + c] = Math.min(255, Math.max(0, value))
      }
    }
  }
  return out
}

describe('resize', () => {
  test.each([
    ['larger', { x: 0, y: 0, width: 60, height: 40 }, 131, 97],
    ['smaller', { x: 0, y: 0, width: 60, height: 40 }, 23, 17],
    ['much smaller', { x: 0, y: 0, width: 60, height: 40 }, 3, 2],
    ['a fractional part, larger', { x: 3.4, y: 7.7, width: 20.3, height: 11.9 }, 64, 48],
    ['wider and flatter', { x: 1.5, y: 0, width: 40, height: 40 }, 90, 10],
    ['one pixel', { x: 0, y: 0, width: 60, height: 40 }, 1, 1],
  ])('%s: within 55 dB of the exact definition', (_, rect, outWidth, outHeight) => {
    const rgba = picture('photo', 60, 40)
    const out = kernel.resize(rgba, 60, 40, rect, outWidth, outHeight)
    expect(psnr(out, exact(rgba, 60, 40, rect, outWidth, outHeight))).toBeGreaterThan(55)
  })

  test('the same size is the same picture', () => {
    const rgba = picture('noise', 37, 53)
    expect(Buffer.compare(kernel.resize(rgba, 37, 53, { x: 0, y: 0, width: 37, height: 53 }, 37, 53), rgba)).toBe(0)
  })

  test('a flat colour stays exactly that colour, up and down', () => {
    const rgba = new Uint8Array(50 * 30 * 4).map((_, i) => [13, 200, 77, 255][i % 4]!)
    for (const [w, h] of [
      [400, 211],
      [7, 5],
    ] as const) {
      const out = kernel.resize(rgba, 50, 30, { x: 0.3, y: 0.9, width: 49.1, height: 28.7 }, w, h)
      expect(out.every((value, i) => value === [13, 200, 77, 255][i % 4])).toBe(true)
    }
  })

  test('a mirrored picture gives the mirrored result: nothing is shifted', () => {
    const mirror = (rgba: Uint8Array, width: number) => {
      const words = new Uint32Array(rgba.slice().buffer)
      return new Uint8Array(words.map((_, i) => words[i - (i % width) + width - 1 - (i % width)]!).buffer)
    }
    const rgba = picture('photo', 48, 20)
    const whole = { x: 0, y: 0, width: 48, height: 20 }
    for (const width of [101, 19]) {
      const direct = kernel.resize(rgba, 48, 20, whole, width, 20)
      const mirrored = mirror(kernel.resize(mirror(rgba, 48), 48, 20, whole, width, 20), width)
      // A weight rounded the other way is all the difference there may be.
      expect(direct.every((value, i) => Math.abs(value - mirrored[i]!) <= 1)).toBe(true)
    }
  })

  test('coding at another size is resizing and then coding', () => {
    const rgba = picture('photo', 120, 90)
    const scale = { rect: coverRect({ width: 120, height: 90 }, 100, 170), width: 100, height: 170 }
    const resized = kernel.resize(rgba, 120, 90, scale.rect, 100, 170)
    expect(Buffer.compare(referenceDecodePng(kernel.encodePng(rgba, 120, 90, { scale })).rgba, resized)).toBe(0)
    const jpeg = kernel.encodeJpeg(rgba, 120, 90, { scale })
    expect(Buffer.compare(jpeg, kernel.encodeJpeg(resized, 100, 170))).toBe(0)
  })

  test.each([
    [{ x: -1, y: 0, width: 5, height: 5 }, 5, 5],
    [{ x: 0, y: 0, width: 11, height: 5 }, 5, 5],
    [{ x: 0, y: 0, width: 0, height: 5 }, 5, 5],
    [{ x: Number.NaN, y: 0, width: 5, height: 5 }, 5, 5],
    [{ x: 0, y: 0, width: 5, height: 5 }, 0, 5],
    [{ x: 0, y: 0, width: 5, height: 5 }, 5, 9000],
  ])('refuses %o to %i x %i', (rect, width, height) => {
    expect(() => kernel.resize(picture('photo', 10, 10), 10, 10, rect, width, height)).toThrow(ImageError)
  })
})

test('coverRect is the largest centred rectangle of the wanted shape', () => {
  expect(coverRect({ width: 1000, height: 500 }, 400, 400)).toEqual({ x: 250, y: 0, width: 500, height: 500 })
  expect(coverRect({ width: 300, height: 900 }, 600, 300)).toEqual({ x: 0, y: 375, width: 300, height: 150 })
})
