import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { findSimilar } from '../../src/uploads/find-similar'
import {
  hashDistance,
  MAX_DUPLICATE_DISTANCE,
  MAX_SIMILAR_DISTANCE,
  type PerceptualHash,
  perceptualHash,
} from '../../src/uploads/perceptual-hash'
import { newKernel } from './image-fixtures'

const kernel = newKernel()
const [WIDTH, HEIGHT] = [200, 150]

/** Whole numbers below `limit`, the same for the same seed. */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed * 2_654_435_761 + 1
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/** A scene of its own: a dozen ellipses before a slope of light. */
function scene(seed: number): Uint8Array {
  const random = randomFrom(seed)
  const shapes = Array.from({ length: 12 }, () => ({
    ...{ x: random(WIDTH), y: random(HEIGHT), a: 10 + random(45), b: 10 + random(45) },
    color: [random(256), random(256), random(256)],
  }))
  const slope = [random(3) - 1, random(3) - 1] as const
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const inside = shapes.find((s) => ((x - s.x) / s.a) ** 2 + ((y - s.y) / s.b) ** 2 < 1)
      const light = 128 + slope[0] * (x - 100) * 0.6 + slope[1] * (y - 75) * 0.6 + random(6)
      rgb.set(inside?.color ?? [light, light, light], (y * WIDTH + x) * 3)
    }
  return rgb
}
type Image = ReturnType<typeof sharp>
const open = (rgb: Uint8Array) => sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })

async function hashOf(image: Image): Promise<PerceptualHash> {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return perceptualHash(kernel, { rgba: new Uint8Array(data), width: info.width, height: info.height })!
}
const recoded = async (image: Image) => sharp(await image.toBuffer())

const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1)

describe('a picture is known again', () => {
  test.each([
    ['as a poor JPEG', (image: Image) => recoded(image.jpeg({ quality: 60 }))],
    ['as a poor WebP', (image: Image) => recoded(image.webp({ quality: 50 }))],
    ['at half its size', (image: Image) => recoded(image.resize(100).png())],
    ['at twice its size', (image: Image) => recoded(image.resize(400).png())],
    ['a tenth brighter', (image: Image) => recoded(image.modulate({ brightness: 1.1 }).png())],
    ['out of focus', (image: Image) => recoded(image.blur(1.5).png())],
  ])('%s', async (_, change) => {
    for (const seed of SEEDS) {
      const [{ hash }, changed] = [await hashOf(open(scene(seed))), await hashOf(await change(open(scene(seed))))]
      expect(hashDistance(hash, changed.hash)).toBeLessThanOrEqual(MAX_DUPLICATE_DISTANCE)
    }
  })

  test('from left to right, by the hash of its mirror image', async () => {
    for (const seed of SEEDS) {
      const [plain, flopped] = [
        await hashOf(open(scene(seed))),
        await hashOf(await recoded(open(scene(seed)).flop().png())),
      ]
      expect(hashDistance(plain.hash, flopped.mirrored)).toBeLessThanOrEqual(MAX_DUPLICATE_DISTANCE)
      expect(hashDistance(plain.mirrored, flopped.hash)).toBeLessThanOrEqual(MAX_DUPLICATE_DISTANCE)
      expect(hashDistance(plain.hash, flopped.hash)).toBeGreaterThan(MAX_SIMILAR_DISTANCE)
    }
  })

  test('and another picture is not taken for it', async () => {
    const hashes = await Promise.all(SEEDS.map((seed) => hashOf(open(scene(seed)))))
    const distances = hashes.flatMap((a, i) =>
      hashes.slice(i + 1).flatMap((b) => [hashDistance(a.hash, b.hash), hashDistance(a.hash, b.mirrored)]),
    )
    expect(distances).toHaveLength(132)
    expect(Math.min(...distances)).toBeGreaterThan(MAX_SIMILAR_DISTANCE)
  })
})

test('a hash is 16 hex digits, the same for the same picture, whatever transparent pixels are hiding', async () => {
  const { hash } = await hashOf(open(scene(1)))
  expect(hash).toMatch(/^[0-9a-f]{16}$/)
  expect((await hashOf(open(scene(1)))).hash).toBe(hash)
  const half = (hidden: number) => {
    const rgba = new Uint8Array(64 * 64 * 4).fill(255)
    for (let i = 0; i < 64 * 64; i++) rgba.set(i % 64 < 20 ? [10, 20, 30, 255] : [hidden, hidden, hidden, 0], i * 4)
    return perceptualHash(kernel, { rgba, width: 64, height: 64 })?.hash
  }
  expect(half(0)).toBe(half(255))
})

test('a picture without detail has no hash: every one of them would be like every other', () => {
  for (const [level, noise] of [
    [0, 0],
    [255, 0],
    [128, 1],
  ] as const) {
    const random = randomFrom(level + 1)
    const rgba = Uint8Array.from({ length: 300 * 300 * 4 }, (_, i) => (i % 4 === 3 ? 255 : level + random(noise + 1)))
    expect(perceptualHash(kernel, { rgba, width: 300, height: 300 })).toBe(null)
  }
})

test('the smallest and the longest pictures have one or none, and nothing breaks', () => {
  for (const [width, height] of [
    [1, 1],
    [4096, 1],
    [1, 4096],
    [31, 33],
  ] as const) {
    const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i >> 6) % 256))
    const hash = perceptualHash(kernel, { rgba, width, height })
    expect(hash === null || /^[0-9a-f]{16}$/.test(hash.hash)).toBe(true)
  }
})

test('distances count bits', () => {
  expect(hashDistance('0000000000000000', '0000000000000000')).toBe(0)
  expect(hashDistance('ffffffffffffffff', '0000000000000000')).toBe(64)
  expect(hashDistance('8000000000000001', '0000000000000000')).toBe(2)
  expect(hashDistance('00000000f0000000', '0000000030000000')).toBe(2)
})

test('the nearest are named first, of equals the newest, and no more than five', () => {
  const picture = { hash: '00000000000000ff', mirrored: 'ffffffff00000000' }
  const earlier = [
    { id: 'far', phash: 'ffff0000000000ff' },
    { id: 'none', phash: null },
    { id: 'mirror', phash: 'fffffffe00000000' },
    ...['a', 'b', 'c'].map((id) => ({ id, phash: '00000000000000f0' })),
    { id: 'same', phash: '00000000000000ff' },
  ]
  expect(findSimilar(earlier, picture)).toEqual([
    { id: 'same', distance: 0, isMirrored: false },
    { id: 'mirror', distance: 1, isMirrored: true },
    ...['c', 'b', 'a'].map((id) => ({ id, distance: 4, isMirrored: false })),
  ])
  expect(findSimilar([...earlier, { id: 'd', phash: '00000000000000f0' }], picture)).toHaveLength(5)
  expect(findSimilar(earlier, null)).toEqual([])
})
