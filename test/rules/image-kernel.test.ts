import { expect, test } from 'vitest'
import { Arena } from '../../src/render/image/arena'
import { ImageError } from '../../src/render/image/image-error'
import { MAX_ARENA_BYTES } from '../../src/render/image/limits'
import { kernelModule, newKernel, picture } from './image-fixtures'

test('two hundred rounds of everything hold no more memory than the first', () => {
  const kernel = newKernel()
  const rgba = picture('photo', 160, 120)
  const whole = { x: 0, y: 0, width: 160, height: 120 }
  const round = () => {
    const png = kernel.encodePng(rgba, 160, 120)
    kernel.decodePng(png)
    kernel.encodeJpeg(rgba, 160, 120)
    kernel.resize(rgba, 160, 120, whole, 500, 300)
    kernel.thumbnail(rgba, 160, 120)
    kernel.overColor({ rgba, width: 160, height: 120 }, 0x123456)
    expect(() => kernel.decodePng(png.subarray(0, 1000))).toThrow(ImageError)
    expect(() => kernel.encodeJpeg(rgba, 160, 120, { scale: { rect: whole, width: 99999, height: 1 } })).toThrow(
      ImageError,
    )
  }
  round()
  const held = kernel.memoryBytes
  for (let i = 0; i < 200; i++) round()
  expect(kernel.memoryBytes).toBe(held)
})

test('A4 at 300 dpi is coded in bands, within 8 MiB', () => {
  const kernel = newKernel()
  const scale = { rect: { x: 0, y: 0, width: 64, height: 90 }, width: 2480, height: 3508 }
  kernel.encodePng(picture('photo', 64, 90), 64, 90, { scale, dpi: 300 })
  expect(kernel.memoryBytes).toBeLessThan(8 * 1024 * 1024)
})

test('compositing is the rounded formula, for every alpha', () => {
  const kernel = newKernel()
  const values = [0, 1, 127, 128, 254, 255]
  const pixels = values.flatMap((f) => Array.from({ length: 256 }, (_, a) => [f, 255 - f, f, a])).flat()
  const rgba = Uint8Array.from(pixels)
  const width = rgba.length / 4
  const over = (background: readonly number[]) =>
    rgba.map((value, i) => {
      const alpha = rgba[i - (i % 4) + 3]!
      return i % 4 === 3 ? 255 : Math.round((value * alpha + background[i % 4]! * (255 - alpha)) / 255)
    })
  const background = [10, 99, 201, 255]
  expect(kernel.overColor({ rgba, width, height: 1 }, 0x0a63c9)).toEqual(over(background))
  const image = rgba.map((_, i) => background[i % 4]!)
  expect(kernel.overImage({ rgba, width, height: 1 }, { rgba: image, width, height: 1 })).toEqual(over(background))
})

test('compositing in bands does not care where a band ends', () => {
  const kernel = newKernel()
  const rgba = picture('noise', 257, 300, true)
  const whole = kernel.overColor({ rgba, width: 257, height: 300 }, 0x808080)
  const last = kernel.overColor({ rgba: rgba.subarray(257 * 4 * 299), width: 257, height: 1 }, 0x808080)
  expect(whole.subarray(257 * 4 * 299)).toEqual(last)
})

test('compositing refuses another size and what is no colour', () => {
  const kernel = newKernel()
  const pixels = { rgba: picture('photo', 4, 4), width: 4, height: 4 }
  expect(() => kernel.overImage(pixels, { rgba: picture('photo', 2, 4), width: 2, height: 4 })).toThrow(ImageError)
  expect(() => kernel.overColor(pixels, 0x1000000)).toThrow(ImageError)
})

test('the arena does one piece of work at a time, and is free again after a failure', () => {
  const arena = new Arena(kernelModule)
  expect(() => arena.run(() => arena.run(() => 1))).toThrow('one piece of work')
  expect(arena.run(() => 2)).toBe(2)
})

test('the arena gives the same addresses again and stops at its limit', () => {
  const arena = new Arena(kernelModule)
  const first = arena.run(() => arena.alloc(100))
  expect(arena.run(() => arena.alloc(5000))).toBe(first)
  expect(() => arena.run(() => arena.alloc(MAX_ARENA_BYTES + 1))).toThrow(ImageError)
})
