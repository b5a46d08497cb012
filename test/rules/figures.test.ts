import { describe, expect, test } from 'vitest'
import { figuresOf } from '../../src/exports/figures'
import { bodiesIn } from '../../src/exports/framing-bodies'
import { FURNITURE } from '../../src/render/mannequin/furniture'
import { lookOf } from '../../src/render/mannequin/look'
import type { FigurePose } from '../../src/render/mannequin/pose'
import { newRenderer, PLAIN, poseOf, records, shapes } from './mannequin-fixtures'

const SIZE = { width: 256, height: 256 }
const COVERED = 128
const renderer = newRenderer()

const isGoods = ({ kind }: { kind: string }) => !Object.hasOwn(FURNITURE, kind)
const goodsOf = (id: string) => (shapes[id]?.props ?? []).filter(isGoods)

/** Pixels that people and things cover, as the renderer draws them. */
function coverage(pose: FigurePose, { width, height } = SIZE): boolean[] {
  const looks = pose.people.map(() => lookOf({ prompt: '', seed: 1 }))
  const { mask } = renderer.render({ pose, looks, background: PLAIN, width, height })
  return Array.from(mask, (value) => value >= COVERED)
}

type Box = { left: number; top: number; right: number; bottom: number }
/** How many of these pixels are outside of all boxes, by more than `slack`. */
function outside(pixels: readonly boolean[], width: number, boxes: readonly Box[], slack: number): number {
  return pixels.filter((isCovered, at) => {
    if (!isCovered) return false
    const [x, y] = [at % width, Math.floor(at / width)]
    return !boxes.some(
      ({ left, top, right, bottom }) =>
        x >= left - slack && x + 1 <= right + slack && y >= top - slack && y + 1 <= bottom + slack,
    )
  }).length
}

/** The renderer's mask of a racket is wider than the strings that it draws, so it cannot tell where they are. */
const HAZY = 'racket'
/** One pose of each kind of thing that is held. */
const kinds = new Map(
  records
    .flatMap(({ id }) => goodsOf(id).map(({ kind }) => [kind, id] as const))
    .filter(([, id]) => goodsOf(id).every(({ kind }) => kind !== HAZY))
    .toReversed(),
)

describe('what is held', () => {
  test('is of many kinds', () => {
    expect(kinds.size).toBeGreaterThan(50)
  })

  test.each([...kinds])('%s, as in %s: what is drawn of it is in its box', (_, id) => {
    const pose = poseOf(id)
    const [all, without] = [
      pose,
      { ...pose, propShapes: (pose.propShapes ?? []).filter((shape) => !isGoods(shape)) },
    ].map((drawn) => coverage(drawn))
    const things = all!.map((isCovered, at) => isCovered && !without![at])
    const boxes = figuresOf(pose, SIZE).flatMap(({ goods }) =>
      goods.map(({ x, y, width, height }) => ({ left: x, top: y, right: x + width, bottom: y + height })),
    )
    expect(boxes).toHaveLength(goodsOf(id).length)
    expect(outside(things, SIZE.width, boxes, 2)).toBe(0)
  })

  test('is with the person whose hand is nearest', () => {
    const [giver, taker] = figuresOf(poseOf('duo-show-phone'), SIZE)
    expect([giver!.goods.length, taker!.goods.length].toSorted()).toEqual([0, 1])
  })

  test('does not include furniture', () => {
    const figures = figuresOf(poseOf('sofa-read-book'), SIZE)
    expect(figures.flatMap(({ goods }) => goods)).toHaveLength(1)
  })

  test('may be of a kind that nobody can draw: then it is nothing', () => {
    const pose = { ...poseOf('yoga-tree'), propShapes: [{ kind: 'spaceship', at: [0, 1, 0], size: [1] }] }
    expect(figuresOf(pose, SIZE)[0]!.goods).toEqual([])
  })
})

describe('a whole body', () => {
  const shown = records.filter(({ id }) => (shapes[id]?.props ?? []).every(isGoods)).filter((_, i) => i % 9 === 0)

  test.each([
    { width: 256, height: 256 },
    { width: 192, height: 320 },
    { width: 320, height: 192 },
  ])('is within its box and a quarter of a head, in $width x $height', (size) => {
    const lost = shown.flatMap(({ id }) => {
      const pose = poseOf(id)
      const { levels, headPx } = bodiesIn(figuresOf(pose, size), size)!
      const cut = outside(coverage(pose, size), size.width, [levels.body], headPx / 4 + 1)
      return cut > 0 ? [`${id}: ${cut} pixels`] : []
    })
    expect(shown.length).toBeGreaterThan(70)
    expect(lost).toEqual([])
  })

  test('has the joints that a tall picture shows below the square of the pose', () => {
    const id = records.find(({ people }) => people[0]!.keypoints2d[10 * 3 + 2] === 0)!.id
    const hasFeet = (size: { width: number; height: number }) =>
      figuresOf(poseOf(id), size)[0]!.keypoints[10 * 3 + 2]! > 0
    expect(hasFeet({ width: 256, height: 256 })).toBe(false)
    expect(hasFeet({ width: 256, height: 1024 })).toBe(true)
  })

  test('is told in whole pixels, and in eighteen points', () => {
    for (const { keypoints, hands, goods } of figuresOf(poseOf('stool-guitar'), { width: 1000, height: 777 })) {
      expect(keypoints).toHaveLength(54)
      const pixels = [...keypoints.filter((_, at) => at % 3 !== 2), ...hands.flat(), ...goods.flatMap(Object.values)]
      expect(pixels.every(Number.isInteger)).toBe(true)
    }
  })
})

describe('points that a provider found', () => {
  const pose = poseOf('product-at-chest-right')
  const planned = figuresOf(pose, SIZE)[0]!
  const shifted = (dx: number) => planned.keypoints.map((value, at) => (at % 3 === 0 ? value + dx : value))

  test('stand for those of the pose, and hands go along with their wrists', () => {
    const [found] = figuresOf(pose, SIZE, [shifted(20)])
    expect(found!.keypoints).toEqual(shifted(20))
    expect(found!.hands).toHaveLength(2)
    found!.hands.forEach((hand, side) => {
      hand.forEach((value, at) => {
        const moved = planned.hands[side]![at]! + (at % 2 === 0 ? 20 : 0)
        expect(Math.abs(value - moved)).toBeLessThanOrEqual(1)
      })
    })
  })

  test('take a hand away whose wrist is not there', () => {
    const withoutLeft = planned.keypoints.toSpliced(7 * 3, 3, 0, 0, 0)
    expect(figuresOf(pose, SIZE, [withoutLeft])[0]!.hands).toHaveLength(1)
  })

  test('are passed over when they are no person', () => {
    for (const told of [
      [],
      Array.from({ length: 54 }, () => 0),
      Array.from({ length: 54 }, () => Number.NaN),
      planned.keypoints.slice(0, 30),
    ])
      expect(figuresOf(pose, SIZE, [told])).toEqual([planned])
  })
})
