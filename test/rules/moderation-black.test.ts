import { describe, expect, test } from 'vitest'
import { isBlack } from '../../src/moderation/is-black'

/** Every pixel by a function of its place; opaque. */
function pixels(width: number, height: number, light: (x: number, y: number) => number) {
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rgba.set([light(x, y), light(x, y), light(x, y), 255], (y * width + x) * 4)
  return { rgba, width, height }
}

describe('a black picture', () => {
  test.each([
    [1, 1],
    [256, 256],
    [1024, 1536],
    [1536, 16],
  ])('of %i x %i pixels is seen', (width, height) => {
    expect(isBlack(pixels(width, height, () => 0))).toBe(true)
  })

  test('is seen through the noise that JPEG adds', () => {
    expect(isBlack(pixels(512, 512, (x, y) => (x * 7 + y * 3) % 3))).toBe(true)
  })

  test('with nothing in it is one, too', () => {
    expect(isBlack({ rgba: new Uint8Array(0), width: 0, height: 0 })).toBe(true)
  })
})

describe('a picture that is only dark', () => {
  test.each([
    ['a night with a lamp', (x: number, y: number) => (Math.hypot(x - 256, y - 256) < 40 ? 200 : 1)],
    ['a dark grey wall', () => 12],
    ['a faint gradient', (x: number) => x >> 5],
    ['one bright line', (_: number, y: number) => (y >= 128 && y < 140 ? 90 : 0)],
  ])('%s is left alone', (_, light) => {
    expect(isBlack(pixels(512, 512, light))).toBe(false)
  })

  test('a colour counts as light: pure blue on black', () => {
    const { rgba, ...size } = pixels(256, 256, () => 0)
    for (let at = 2; at < rgba.length / 4; at += 4) rgba[at] = 255
    expect(isBlack({ rgba, ...size })).toBe(false)
  })
})
