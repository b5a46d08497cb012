import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clampFace, portraitCrop, type Size, thumbnailCrop } from '../../src/avatars/portrait/crop'
import type { Rect } from '../../src/render/image/pixels'
import type { FaceBox } from '../../src/render/mannequin/photo-palette'

const side = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8192 }))
const size = fc.record({ width: side, height: side })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const faceBox: fc.Arbitrary<FaceBox> = fc.tuple(share, share, share, share).map(([a, b, c, d]) => {
  const [width, height] = [0.01 + 0.99 * c, 0.01 + 0.99 * d]
  return { x: a * (1 - width), y: b * (1 - height), width, height }
})
const anyFace = fc.option(faceBox, { nil: null })

function expectInside(rect: Rect, { width, height }: Size): void {
  for (const value of Object.values(rect)) expect(Number.isInteger(value)).toBe(true)
  expect(Math.min(rect.x, rect.y)).toBeGreaterThanOrEqual(0)
  expect(Math.min(rect.width, rect.height)).toBeGreaterThanOrEqual(1)
  expect(rect.x + rect.width).toBeLessThanOrEqual(width)
  expect(rect.y + rect.height).toBeLessThanOrEqual(height)
}

/** The pixels that a face touches, along one axis. */
const touched = (from: number, extent: number, whole: number): [number, number] => [
  Math.floor(from * whole + 1e-6),
  Math.ceil((from + extent) * whole - 1e-6),
]

function expectHolds(rect: Rect, face: FaceBox, { width, height }: Size): void {
  const [left, right] = touched(face.x, face.width, width)
  const [top, bottom] = touched(face.y, face.height, height)
  if (right - left <= rect.width) {
    expect(rect.x).toBeLessThanOrEqual(left)
    expect(rect.x + rect.width).toBeGreaterThanOrEqual(right)
  }
  if (bottom - top <= rect.height) {
    expect(rect.y).toBeLessThanOrEqual(top)
    expect(rect.y + rect.height).toBeGreaterThanOrEqual(bottom)
  }
}

describe('the base picture', () => {
  test('is inside the photo, between 9:16 and 1:1, and never cuts a face that fits', () => {
    fc.assert(
      fc.property(size, anyFace, (photo, face) => {
        const rect = portraitCrop(photo, face)
        expectInside(rect, photo)
        if (face) expectHolds(rect, face, photo)
        expect(rect.width / rect.height).toBeLessThanOrEqual(1)
        expect(rect.width / rect.height).toBeGreaterThanOrEqual(9 / 16)
      }),
      { numRuns: 500 },
    )
  })

  test('of a photo in a usual upright format is all of it', () => {
    for (const [width, height] of [
      [1024, 1024],
      [768, 1344],
      [900, 1600],
      [800, 1000],
    ] as const)
      expect(portraitCrop({ width, height }, null)).toEqual({ x: 0, y: 0, width, height })
  })

  test('of a wide photo is as high as the photo and stands where the face is', () => {
    const face = { x: 0.8, y: 0.2, width: 0.06, height: 0.13 }
    expect(portraitCrop({ width: 1600, height: 900 }, face)).toEqual({ x: 700, y: 0, width: 900, height: 900 })
    const left = portraitCrop({ width: 1600, height: 900 }, { ...face, x: 0.4 })
    expect(left).toEqual({ x: 238, y: 0, width: 900, height: 900 })
  })

  test('of a very tall photo begins above the hair, and at the top when nobody knows where the face is', () => {
    const tall = { width: 450, height: 2000 }
    expect(portraitCrop(tall, null)).toEqual({ x: 0, y: 0, width: 450, height: 800 })
    const face = { x: 0.3, y: 0.4, width: 0.3, height: 0.08 }
    expect(portraitCrop(tall, face)).toEqual({ x: 0, y: 680, width: 450, height: 800 })
  })
})

describe('the thumbnail', () => {
  test('is a square inside the picture that never cuts a face that fits', () => {
    fc.assert(
      fc.property(size, anyFace, (photo, face) => {
        const rect = thumbnailCrop(photo, face)
        expectInside(rect, photo)
        expect(rect.width).toBe(rect.height)
        if (face) expectHolds(rect, face, photo)
      }),
      { numRuns: 500 },
    )
  })

  test('shows a face at 45 % of its height with room for hair', () => {
    const photo = { width: 1000, height: 1500 }
    const rect = thumbnailCrop(photo, { x: 0.4, y: 0.2, width: 0.15, height: 0.12 })
    expect(180 / rect.height).toBeCloseTo(0.45, 2)
    expect((300 - rect.y) / rect.height).toBeCloseTo(0.3, 2)
    expect(rect.x + rect.width / 2).toBeCloseTo(475, 0)
  })

  test('does not enlarge a face of a few pixels to a blur', () => {
    expect(thumbnailCrop({ width: 1000, height: 1000 }, { x: 0.5, y: 0.5, width: 0.016, height: 0.02 }).width).toBe(120)
  })

  test('is the upper square when nobody knows where the face is', () => {
    expect(thumbnailCrop({ width: 600, height: 1000 }, null)).toEqual({ x: 0, y: 0, width: 600, height: 600 })
    expect(thumbnailCrop({ width: 1000, height: 600 }, null)).toEqual({ x: 200, y: 0, width: 600, height: 600 })
  })
})

test('a face that somebody drew over the edge counts as far as the picture goes; one outside is none', () => {
  const over = clampFace({ x: -0.1, y: 0.5, width: 0.3, height: 0.8 })
  expect(over?.x).toBe(0)
  expect(over?.width).toBeCloseTo(0.2)
  expect(over?.height).toBeCloseTo(0.5)
  expect(clampFace({ x: 1.2, y: 0.5, width: 0.3, height: 0.8 })).toBeNull()
  expect(clampFace({ x: Number.NaN, y: 0.5, width: 0.3, height: 0.8 })).toBeNull()
})
