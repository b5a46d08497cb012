import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Framing, framePicture, type Target } from '../../src/exports/framing'
import type { Figure } from '../../src/exports/types'
import { extremities, inFile, isShown, libraryFigures, SHAPES } from './framing-fixtures'
import { records } from './mannequin-fixtures'

const SQUARE = { width: 1024, height: 1024 }
const STORY = { width: 1080, height: 1920, safeZone: { x: 0, y: 250, width: 1080, height: 1420 } }
const POST = { width: 1200, height: 630 }

const everyPose = records.map(({ id }) => ({
  id,
  figures: libraryFigures(id, SQUARE),
  parts: extremities(id, SQUARE),
}))
const everyFraming = SHAPES.map(({ id, target }) => ({
  id,
  target,
  framings: everyPose.map((pose) => ({ ...pose, framing: framePicture(SQUARE, pose.figures, target) })),
}))

/** Nothing stretched, nothing outside: what any answer must be. */
function expectSound(framing: Framing, picture: { width: number; height: number }, target: Target): void {
  const { rect, place, isPadded } = framing
  for (const value of [rect.x, rect.y, rect.width, rect.height]) expect(Number.isFinite(value)).toBe(true)
  expect(rect.width).toBeGreaterThan(0)
  expect(rect.height).toBeGreaterThan(0)
  expect(Math.min(rect.x, rect.y)).toBeGreaterThanOrEqual(0)
  expect(rect.x + rect.width).toBeLessThanOrEqual(picture.width + 1e-6)
  expect(rect.y + rect.height).toBeLessThanOrEqual(picture.height + 1e-6)
  expect(isPadded).toBe(place !== null)
  const onto = place ?? { x: 0, y: 0, width: target.width, height: target.height }
  for (const value of [onto.x, onto.y, onto.width, onto.height]) expect(Number.isInteger(value)).toBe(true)
  expect(Math.min(onto.x, onto.y)).toBeGreaterThanOrEqual(0)
  expect(Math.min(onto.width, onto.height)).toBeGreaterThanOrEqual(1)
  expect(onto.x + onto.width).toBeLessThanOrEqual(target.width)
  expect(onto.y + onto.height).toBeLessThanOrEqual(target.height)
  // Both scales are the same to one pixel of the longer side.
  const [across, down] = [onto.width / rect.width, onto.height / rect.height]
  expect(Math.abs(across / down - 1)).toBeLessThanOrEqual(1 / Math.min(onto.width, onto.height) + 1e-9)
}

describe('all poses in all formats', () => {
  test.each(everyFraming)('$id: no head, no hand and no foot that the picture shows is cut off', ({ framings }) => {
    const cut = (part: 'heads' | 'hands' | 'feet') =>
      framings
        .filter(({ parts, framing }) => !parts[part].every((point) => isShown(framing, point)))
        .map(({ id }) => id)
    expect({ heads: cut('heads'), hands: cut('hands'), feet: cut('feet') }).toEqual({ heads: [], hands: [], feet: [] })
  })

  test.each(everyFraming)('$id: nothing is stretched, nothing is outside', ({ framings, target }) => {
    for (const { framing } of framings) expectSound(framing, SQUARE, target)
  })

  test.each([
    { width: 1024, height: 1536 },
    { width: 1344, height: 768 },
    { width: 768, height: 1344 },
  ])('$width x $height: no head, hand or foot of any pose is cut off in any format', (size) => {
    const poses = records.map(({ id }) => ({ id, figures: libraryFigures(id, size), parts: extremities(id, size) }))
    for (const { target } of SHAPES)
      for (const { id, figures, parts } of poses) {
        const framing = framePicture(size, figures, target)
        const cut = [...parts.heads, ...parts.hands, ...parts.feet].filter((point) => !isShown(framing, point))
        expect({ id, target, cut }).toEqual({ id, target, cut: [] })
      }
  })

  test('so many are padded, so many cropped closer because the picture has no feet', () => {
    const counts = everyFraming.map(({ id, framings }) => {
      const count = (is: (framing: Framing) => boolean) => framings.filter(({ framing }) => is(framing)).length
      const cropped = (keeps: Framing['keeps']) => count((framing) => !framing.isPadded && framing.keeps === keeps)
      return [id, count(({ isPadded }) => isPadded), cropped('body'), cropped('upper'), cropped('head')]
    })
    expect(counts).toEqual(COUNTS)
  })

  test('a person with feet in the picture is kept whole', () => {
    for (const { framings } of everyFraming)
      for (const { parts, framing } of framings) if (parts.feet.length > 0) expect(framing.keeps).toBe('body')
  })
})

/** Format, padded, cropped with the body whole, without legs, heads with hands and goods; of 811. */
// biome-ignore format: a table
const COUNTS: [format: string, padded: number, body: number, upper: number, head: number][] = [
  ['instagram_story', 251, 471, 0, 89],
  ['tiktok', 251, 471, 0, 89],
  ['instagram_feed', 0, 811, 0, 0],
  ['instagram_portrait', 80, 665, 0, 66],
  ['instagram_tall', 95, 635, 0, 81],
  ['facebook_post', 799, 11, 0, 1],
  ['twitter_post', 781, 13, 0, 17],
  ['linkedin_post', 799, 11, 0, 1],
  ['whatsapp_status', 251, 471, 0, 89],
  ['pinterest_pin', 137, 570, 0, 104],
  ['youtube_thumbnail', 781, 13, 0, 17],
  ['shopee_product', 0, 811, 0, 0],
  ['tokopedia_product', 0, 811, 0, 0],
  ['lazada_product', 0, 811, 0, 0],
  ['tiktok_shop', 0, 811, 0, 0],
  ['whatsapp_catalog', 0, 811, 0, 0],
  ['print_a4', 115, 599, 0, 97],
  ['print_4x6', 758, 23, 0, 30],
  ['website_hero', 781, 13, 0, 17],
]

describe('one picture', () => {
  const standing = () => libraryFigures('product-at-chest-right', SQUARE)
  const eyesIn = (framing: Framing, target: Target, figures: Figure[]) => {
    const [x = 0, y = 0] = figures[0]!.keypoints.slice(14 * 3)
    return inFile(framing, target, { x, y })
  }

  test('of somebody standing fills a story', () => {
    const framing = framePicture(SQUARE, standing(), STORY)
    expect(framing).toMatchObject({ place: null, keeps: 'body', isPadded: false })
    expect(framing.rect).toMatchObject({ y: 0, width: 576, height: 1024 })
  })

  test('of somebody standing is padded at both sides of a wide post, at full height', () => {
    const { place, rect, keeps } = framePicture(SQUARE, standing(), POST)
    expect(keeps).toBe('body')
    expect(place).toMatchObject({ y: 0, height: POST.height })
    expect(Math.abs(place!.x * 2 + place!.width - POST.width)).toBeLessThanOrEqual(1)
    expect(rect).toMatchObject({ x: 0, width: SQUARE.width })
  })

  /** A whole person of half the width, in the middle of a tall picture. */
  const TALL = { width: 1024, height: 1536 }
  const small = (): Figure[] => {
    const [person] = libraryFigures('product-at-chest-right', { width: 512, height: 512 })
    const keypoints = person!.keypoints.map((value, at) => value + ([256, 600, 0][at % 3] ?? 0))
    return [{ keypoints, hands: [], goods: [] }]
  }

  test('has the eyes on the upper third where there is room', () => {
    const target = { width: 1000, height: 1000 }
    const framing = framePicture(TALL, small(), target)
    expect(framing.isPadded).toBe(false)
    expect(eyesIn(framing, target, small()).y / target.height).toBeCloseTo(1 / 3, 3)
  })

  test('of nobody is cropped in the middle', () => {
    for (const figures of [[], [{ keypoints: [], hands: [], goods: [] }]])
      expect(framePicture(SQUARE, figures, STORY)).toEqual({
        ...{ rect: { x: 224, y: 0, width: 576, height: 1024 }, place: null, keeps: 'nothing', isPadded: false },
      })
  })

  test('of the file’s own shape is shown whole', () => {
    const picture = { width: 540, height: 960 }
    for (const id of ['duo-handshake', 'sport-skateboard', 'lipstick-hold'])
      expect(framePicture(picture, libraryFigures(id, picture), STORY)).toMatchObject({
        ...{ rect: { x: 0, y: 0, ...picture }, place: null, keeps: 'body' },
      })
  })

  test('that ends at the hips goes down to the end of the file: nobody floats above padding', () => {
    const { place, isPadded } = framePicture(SQUARE, libraryFigures('greet-wave-both', SQUARE), STORY)
    expect(isPadded).toBe(true)
    expect(place!.y + place!.height).toBe(STORY.height)
  })

  test('of two people keeps both, also when only one of them has feet in it', () => {
    const figures = libraryFigures('duo-handshake', SQUARE)
    const [first, second] = figures
    const footless = second!.keypoints.map((value, at) => (at === 10 * 3 + 2 || at === 13 * 3 + 2 ? 0 : value))
    for (const people of [figures, [first!, { ...second!, keypoints: footless }]]) {
      const framing = framePicture(SQUARE, people, STORY)
      expect(framing).toMatchObject({ keeps: 'body', isPadded: true })
      for (const { keypoints } of people) {
        const [x = 0, y = 0] = keypoints
        expect(isShown(framing, { x, y })).toBe(true)
      }
    }
  })

  test('keeps what is held: a bag beside the person moves the crop', () => {
    const [person] = standing()
    const without = framePicture(SQUARE, [{ ...person!, goods: [] }], STORY)
    const bag = { x: 760, y: 500, width: 100, height: 200 }
    const withBag = framePicture(SQUARE, [{ ...person!, goods: [bag] }], STORY)
    expect(isShown(without, { x: 860, y: 600 })).toBe(false)
    expect(isShown(withBag, { x: 860, y: 600 })).toBe(true)
    expect(withBag.isPadded).toBe(false)
  })

  test('does not mind points that are outside or unsure', () => {
    const [person] = standing()
    const stray = (x: number, y: number, confidence: number) => ({
      ...person!,
      keypoints: person!.keypoints.toSpliced(16 * 3, 3, x, y, confidence),
    })
    const expected = framePicture(SQUARE, [stray(0, 0, 0)], STORY)
    for (const [x, y, confidence] of [
      [10, 1000, 0.29],
      [-300, 200, 1],
      [5000, 200, 1],
      [Number.NaN, Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 3, 1],
    ] as const)
      expect(framePicture(SQUARE, [stray(x, y, confidence)], STORY)).toEqual(expected)
  })

  test('has faces in the safe zone of a file when the crop can move', () => {
    const target = { width: 1000, height: 1000, safeZone: { x: 0, y: 400, width: 1000, height: 600 } }
    const [free, zoned] = [{ ...target, safeZone: null }, target].map((file) => framePicture(TALL, small(), file))
    expect(eyesIn(free!, target, small()).y).toBeLessThan(400)
    expect(eyesIn(zoned!, target, small()).y).toBeGreaterThan(400)
    expect(zoned!.keeps).toBe('body')
  })
})

describe('any picture', () => {
  const side = fc.integer({ min: 256, max: 1536 })
  const picture = fc.record({ width: side, height: side })
  const target = fc.constantFrom(...SHAPES.map((shape) => shape.target))

  /** One or two library people, anywhere, of any size, maybe mirrored, partly outside. */
  const placed = fc
    .record({
      picture,
      target,
      people: fc.array(
        fc.record({
          pose: fc.constantFrom(...everyPose),
          scale: fc.double({ min: 0.1, max: 2, noNaN: true }),
          x: fc.double({ min: -0.5, max: 1, noNaN: true }),
          y: fc.double({ min: -0.5, max: 1, noNaN: true }),
          isMirrored: fc.boolean(),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    })
    .map(({ picture: size, people, ...rest }) => ({
      ...rest,
      picture: size,
      figures: people.map(({ pose, scale, x, y, isMirrored }) => {
        const [figure] = pose.figures
        const enlarged = (Math.min(size.width, size.height) / SQUARE.width) * scale
        const moveX = (value: number) => (isMirrored ? SQUARE.width - value : value) * enlarged + x * size.width
        const moveY = (value: number) => value * enlarged + y * size.height
        return {
          keypoints: figure!.keypoints.map((value, at) => [moveX, moveY, Number][at % 3]!(value)),
          hands: figure!.hands.map((hand) => hand.map((value, at) => (at % 2 === 0 ? moveX(value) : moveY(value)))),
          goods: figure!.goods.map((box) => ({
            x: isMirrored ? moveX(box.x + box.width) : moveX(box.x),
            y: moveY(box.y),
            width: box.width * enlarged,
            height: box.height * enlarged,
          })),
        }
      }),
    }))

  const FACE_HANDS_FEET = [0, 4, 7, 10, 13, 14, 15, 16, 17]
  function pointsThatCount(figures: readonly Figure[], size: { width: number; height: number }) {
    const all = figures.flatMap(({ keypoints, hands }) => [
      ...FACE_HANDS_FEET.filter((i) => keypoints[i * 3 + 2]! >= 0.3).map((i) => ({
        x: keypoints[i * 3]!,
        y: keypoints[i * 3 + 1]!,
      })),
      ...hands.flatMap((hand) =>
        Array.from({ length: hand.length >> 1 }, (_, i) => ({ x: hand[i * 2]!, y: hand[i * 2 + 1]! })),
      ),
    ])
    return all.filter(({ x, y }) => x >= 0 && y >= 0 && x <= size.width && y <= size.height)
  }

  test('keeps every face, hand and foot in it, and stretches nothing', () => {
    fc.assert(
      fc.property(placed, ({ picture: size, target: file, figures }) => {
        const framing = framePicture(size, figures, file)
        expectSound(framing, size, file)
        for (const point of pointsThatCount(figures, size)) expect(isShown(framing, point)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('mirrored gets the mirrored crop', () => {
    fc.assert(
      fc.property(placed, ({ picture: size, target: file, figures }) => {
        const zone = { ...file, safeZone: null }
        const mirrored = figures.map(({ keypoints, hands, goods }) => ({
          keypoints: keypoints.map((value, at) => (at % 3 === 0 ? size.width - value : value)),
          hands: hands.map((hand) => hand.map((value, at) => (at % 2 === 0 ? size.width - value : value))),
          goods: goods.map((box) => ({ ...box, x: size.width - box.x - box.width })),
        }))
        const [one, other] = [framePicture(size, figures, zone), framePicture(size, mirrored, zone)]
        expect(other.keeps).toBe(one.keeps)
        expect(other.rect.x).toBeCloseTo(size.width - one.rect.x - one.rect.width, 3)
        expect(other.rect.y).toBeCloseTo(one.rect.y, 3)
      }),
      { numRuns: 300 },
    )
  })

  test('and any nonsense gets a sound crop', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, -1, 1e308))
    const figure = fc.record({
      keypoints: fc.array(number, { maxLength: 60 }),
      hands: fc.array(fc.array(number, { maxLength: 44 }), { maxLength: 3 }),
      goods: fc.array(fc.record({ x: number, y: number, width: number, height: number }), { maxLength: 3 }),
    })
    const tiny = fc.integer({ min: 1, max: 4 })
    const anySize = fc.oneof(
      picture,
      fc.record({ width: tiny, height: tiny }),
      fc.record({ width: tiny, height: side }),
    )
    fc.assert(
      fc.property(anySize, fc.array(figure, { maxLength: 3 }), fc.oneof(target, anySize), (size, figures, file) => {
        expectSound(framePicture(size, figures, file), size, file)
      }),
      { numRuns: 2_000 },
    )
    for (const side of [0, -5, Number.NaN, Infinity])
      expectSound(framePicture({ width: side, height: side }, [], POST), { width: 1, height: 1 }, POST)
  })
})
