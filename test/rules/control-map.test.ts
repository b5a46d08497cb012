import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/kernel/hash'
import {
  type ControlPerson,
  controlMapKey,
  controlMapPng,
  drawControlMap,
  placePoint,
} from '../../src/render/control-map'
import { LIMB_COLORS, LIMBS } from '../../src/render/control-map-colors'
import { toOpenPoseJson } from '../../src/render/control-map-json'
import { mirrorPeople } from '../../src/render/control-map-mirror'
import { newKernel, referenceDecodePng } from './image-fixtures'

type Pose = { id: string; people: ControlPerson[] }
const library: Pose[] = JSON.parse(readFileSync(`${import.meta.dirname}/../../data/poses/poses.json`, 'utf8')).poses

/** Joints on a wide grid, so that no limb's middle lies under another one. */
const spread: ControlPerson = {
  keypoints2d: [
    [0.5, 0.12],
    [0.5, 0.3],
    [0.35, 0.3],
    [0.2, 0.42],
    [0.08, 0.6],
    [0.65, 0.3],
    [0.8, 0.42],
    [0.92, 0.6],
    [0.4, 0.55],
    [0.36, 0.75],
    [0.3, 0.95],
    [0.6, 0.55],
    [0.64, 0.75],
    [0.7, 0.95],
    [0.42, 0.06],
    [0.58, 0.06],
    [0.34, 0.1],
    [0.66, 0.1],
  ].flatMap(([x, y]) => [x!, y!, 2]),
  handLeft2d: null,
  handRight2d: null,
}

const pixel = (rgba: Uint8Array, width: number, x: number, y: number) => [
  ...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
]

describe('drawControlMap', () => {
  test.each([
    [512, 512],
    [1024, 1024],
    [768, 1344],
    [1344, 768],
    [100, 64],
  ])('%i x %i: limbs at 60 %% and joints at full colour, fitted in the middle', (width, height) => {
    const rgba = drawControlMap([spread], width, height)
    const at = (joint: number) =>
      placePoint(spread.keypoints2d[joint * 3]!, spread.keypoints2d[joint * 3 + 1]!, width, height)
    for (const [i, [from, to]] of LIMBS.entries()) {
      const x = Math.round((at(from).x + at(to).x) / 2)
      const y = Math.round((at(from).y + at(to).y) / 2)
      expect(pixel(rgba, width, x, y)).toEqual([...LIMB_COLORS[i]!.map((value) => Math.floor(value * 0.6)), 255])
    }
    for (const [i, color] of LIMB_COLORS.entries()) {
      expect(pixel(rgba, width, Math.round(at(i).x), Math.round(at(i).y))).toEqual([...color, 255])
    }
    expect(pixel(rgba, width, 0, 0)).toEqual([0, 0, 0, 255])
  })

  test('a limb is as thick as the convention says: 4 px to each side at 512, 8 at 1024', () => {
    for (const [side, halfWidth] of [
      [512, 4],
      [1024, 8],
    ] as const) {
      const rgba = drawControlMap([spread], side, side)
      // The middle of neck - right shoulder, a level limb.
      const x = Math.round(0.425 * side)
      const y = 0.3 * side
      let thick = 0
      for (let dy = -20; dy <= 20; dy++) if (pixel(rgba, side, x, Math.round(y) + dy)[0] === 153) thick++
      expect(Math.abs(thick - 2 * halfWidth)).toBeLessThanOrEqual(1)
    }
  })

  test('a joint that is not drawn takes its limbs with it; a hidden one is drawn', () => {
    const change = (v: number) => ({ ...spread, keypoints2d: spread.keypoints2d.with(4 * 3 + 2, v) })
    const wrist = placePoint(0.08, 0.6, 512, 512)
    const read = (person: ControlPerson) =>
      pixel(drawControlMap([person], 512, 512), 512, Math.round(wrist.x), Math.round(wrist.y))
    expect(read(change(0))).toEqual([0, 0, 0, 255])
    expect(read(change(1))).toEqual(read(spread))
  })

  test('hands: red first bone, blue points', () => {
    const hand = Array.from({ length: 21 }, (_, i) => [0.1 + 0.04 * (i % 5), 0.75 + 0.04 * Math.floor(i / 5)]).flat()
    const rgba = drawControlMap([{ ...spread, handRight2d: hand }], 1024, 1024)
    expect(pixel(rgba, 1024, Math.round(0.1 * 1024), Math.round(0.75 * 1024))).toEqual([0, 0, 255, 255])
    expect(pixel(rgba, 1024, Math.round(0.12 * 1024), Math.round(0.75 * 1024))).toEqual([255, 0, 0, 255])
  })

  test('face: white circles of 3 px at 512 over all else, none for a point that is not there', () => {
    const face2d = Array.from({ length: 68 }, (_, i) => (i === 0 ? [0.8, 0.8, 1] : [0.9, 0.9, 0])).flat()
    const rgba = drawControlMap([{ ...spread, face2d }], 512, 512)
    const white = [255, 255, 255, 255]
    const [x, y] = [Math.round(0.8 * 512), Math.round(0.8 * 512)]
    expect(pixel(rgba, 512, x, y)).toEqual(white)
    expect([-4, -2, 2, 4].map((dx) => pixel(rgba, 512, x + dx, y)[1])).toEqual([0, 255, 255, 0])
    expect(pixel(rgba, 512, Math.round(0.9 * 512), Math.round(0.9 * 512))).toEqual([0, 0, 0, 255])
  })

  test('far outside of the picture nothing is drawn and nothing breaks', () => {
    const away = { ...spread, keypoints2d: spread.keypoints2d.map((value, i) => (i % 3 === 2 ? value : value + 5)) }
    expect(drawControlMap([away], 128, 96).every((value, i) => value === (i % 4 === 3 ? 255 : 0))).toBe(true)
    const point = { ...spread, keypoints2d: spread.keypoints2d.map((value, i) => (i % 3 === 2 ? value : 0.5)) }
    expect(() => drawControlMap([point], 128, 96)).not.toThrow()
  })

  test('every pose of the library is drawn, and lies in its picture', () => {
    for (const { people } of library) {
      const rgba = drawControlMap(people, 128, 128)
      expect(rgba.some((value, i) => i % 4 !== 3 && value === 255)).toBe(true)
    }
  })

  test.each([
    ['a side that is too small', [spread], 32, 512],
    ['a side that is too large', [spread], 4096, 512],
    ['a fraction', [spread], 512.5, 512],
    ['nobody', [], 512, 512],
    ['too many people', new Array<ControlPerson>(11).fill(spread), 512, 512],
    ['17 joints', [{ ...spread, keypoints2d: spread.keypoints2d.slice(3) }], 512, 512],
    ['a joint nowhere', [{ ...spread, keypoints2d: spread.keypoints2d.with(0, Number.NaN) }], 512, 512],
    ['a face of 69 points', [{ ...spread, face2d: new Array<number>(207).fill(0.5) }], 512, 512],
    ['a hand of 20 points', [{ ...spread, handLeft2d: new Array<number>(40).fill(0.5) }], 512, 512],
  ])('refuses %s', (_, people, width, height) => {
    expect(() => drawControlMap(people, width, height)).toThrow(RangeError)
  })
})

test('golden: a drawing that changes by a pixel must raise CONTROL_MAP_VERSION', async () => {
  const hashes: Record<string, string> = {}
  for (const id of ['product-at-chest-right', 'baby-cradle', 'back-walk-glance']) {
    const pose = library.find((entry) => entry.id === id)!
    hashes[id] = (await sha256Hex(drawControlMap(pose.people, 512, 768))).slice(0, 16)
  }
  expect(hashes).toMatchInlineSnapshot(`
    {
      "baby-cradle": "1453b41d5548fc1d",
      "back-walk-glance": "7db55ef43cb80c5b",
      "product-at-chest-right": "1b38add6741d07bb",
    }
  `)
})

describe('mirrorPeople', () => {
  const face = Array.from({ length: 70 }, (_, i) => [((i * 37) % 100) / 100, i / 100, i % 5 === 0 ? 0 : 1]).flat()

  test('a raised right hand becomes a raised left one, drawn in the colours of the left', () => {
    const wave = { ...spread, keypoints2d: spread.keypoints2d.with(4 * 3 + 1, 0.05) }
    const [mirrored] = mirrorPeople([wave])
    const [x, y] = [Math.round((1 - 0.08) * 512), Math.round(0.05 * 512)]
    expect(mirrored!.keypoints2d.slice(7 * 3, 7 * 3 + 3)).toEqual([0.92, 0.05, 2])
    expect(pixel(drawControlMap([mirrored!], 512, 512), 512, x, y)).toEqual([...LIMB_COLORS[7]!, 255])
  })

  test('the hands change sides', () => {
    const hand = new Array<number>(42).fill(0.25)
    const [mirrored] = mirrorPeople([{ ...spread, handLeft2d: hand }])
    expect(mirrored!.handLeft2d).toBeNull()
    expect(mirrored!.handRight2d).toEqual(hand.map((value, i) => (i % 2 === 0 ? 0.75 : value)))
  })

  test('each point of a face is the one of the other side: the jaw ends, the outer corners of the eyes, the pupils', () => {
    const [{ face2d }] = mirrorPeople([{ ...spread, face2d: face }]) as [ControlPerson]
    const y = (index: number) => Math.round(face2d![index * 3 + 1]! * 100)
    expect([0, 8, 17, 27, 36, 39, 41, 48, 54, 57, 60, 66, 68].map(y)).toEqual([
      16, 8, 26, 27, 45, 42, 46, 54, 48, 57, 64, 66, 69,
    ])
  })

  test('every pose of the library mirrored twice has the map of the first, byte for byte', async () => {
    const ownMirror: string[] = []
    for (const { id, people } of library) {
      const first = await controlMapKey(people, 512, 512)
      expect(await controlMapKey(mirrorPeople(mirrorPeople(people)), 512, 512), id).toBe(first)
      if ((await controlMapKey(mirrorPeople(people), 512, 512)) === first) ownMirror.push(id)
    }
    // Some poses are the same on both sides to four places, and so their own mirror.
    expect(ownMirror).toContain('superhero-hips')
    expect(ownMirror.length).toBeLessThan(library.length / 20)
    const people = [{ ...library[0]!.people[0]!, face2d: face }]
    expect(drawControlMap(mirrorPeople(mirrorPeople(people)), 256, 320)).toEqual(drawControlMap(people, 256, 320))
  })
})

test('the PNG has the pixels of the map', () => {
  const people = library[0]!.people
  const png = controlMapPng(newKernel(), people, 640, 480)
  expect(Buffer.compare(referenceDecodePng(png).rgba, drawControlMap(people, 640, 480))).toBe(0)
})

describe('controlMapKey', () => {
  let key: string
  beforeAll(async () => {
    key = await controlMapKey([spread], 512, 512)
  })

  test('is SHA-256 as hex and the same again', async () => {
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(await controlMapKey([structuredClone(spread)], 512, 512)).toBe(key)
  })

  test('changes with the size, a joint, a hand and a person', async () => {
    const hand = new Array<number>(42).fill(0.5)
    const others = await Promise.all([
      controlMapKey([spread], 512, 513),
      controlMapKey([{ ...spread, keypoints2d: spread.keypoints2d.with(0, 0.5001) }], 512, 512),
      controlMapKey([{ ...spread, handLeft2d: hand }], 512, 512),
      controlMapKey([{ ...spread, handRight2d: hand }], 512, 512),
      controlMapKey([spread, spread], 512, 512),
    ])
    expect(new Set([key, ...others]).size).toBe(6)
  })

  test('does not change with what is not drawn: where a missing joint would be, whether a joint is hidden', async () => {
    const missing = spread.keypoints2d.with(2, 0)
    const moved = missing.with(0, 0.9)
    expect(await controlMapKey([{ ...spread, keypoints2d: moved }], 512, 512)).toBe(
      await controlMapKey([{ ...spread, keypoints2d: missing }], 512, 512),
    )
    expect(await controlMapKey([{ ...spread, keypoints2d: spread.keypoints2d.with(2, 1) }], 512, 512)).toBe(key)
  })
})

test('toOpenPoseJson: pixels of the canvas, confidence 1, zeros for what is not drawn', () => {
  const hand = new Array<number>(42).fill(0.25)
  const person = { ...spread, keypoints2d: spread.keypoints2d.with(2, 0).with(5, 1), handLeft2d: hand }
  const json = toOpenPoseJson([person], 1024, 768)
  expect(json).toMatchObject({ canvas_width: 1024, canvas_height: 768 })
  const [first] = json.people
  expect(first!.pose_keypoints_2d).toHaveLength(54)
  expect(first!.pose_keypoints_2d.slice(0, 6)).toEqual([0, 0, 0, 512, 230.4, 1])
  expect(first!.hand_left_keypoints_2d).toHaveLength(63)
  expect(first!.hand_left_keypoints_2d!.slice(0, 3)).toEqual([320, 192, 1])
  expect(first).toMatchObject({ hand_right_keypoints_2d: null, face_keypoints_2d: null })
})
