import { readdirSync, readFileSync } from 'node:fs'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'

// Whether the shipped previews show whole people. What is person and what is furniture at the frame is told by the pose in
// space: a pixel of the frame that is not background counts as cut when it lies next to a part of a body.

type Person = { keypoints2d: number[]; handLeft2d: number[] | null; handRight2d: number[] | null; joints3d: number[] }
type Pose = {
  id: string
  framing: string
  props: string[]
  people: Person[]
  camera: { position: [number, number, number]; pitch: number; focal: number; centerX: number; centerY: number }
}
type Point = [x: number, y: number]
type Edge = 'top' | 'bottom' | 'left' | 'right'
type Preview = { pose: Pose; pixels: Buffer }

const FOLDER = `${import.meta.dirname}/../../data/poses`
const SIDE = 320
/** Larger than any shadow or coding error at the frame, smaller than skin on the wall. */
const LEAST_DIFFERENCE = 24
/** The thickest that a limb or a head is around its bones, and a little more: 10 cm at 160 px a metre. */
const REACH_PX = 16
/** Joints of COCO-18 under blue cloth: shoulders, hips, knees. Skin is nearly the colour of the wall. */
const CLOTHED = [2, 5, 8, 9, 11, 12]
/** Of a whole figure no bone comes nearer to the frame: the flesh around the thinnest, a finger or a toe. */
const LEAST_MARGIN_PX = 4
/** Of `joints3d` (data/poses/README.md): spine and head, arms, legs and feet. */
// biome-ignore format: by limb
const BONES = [
  [0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [6, 7], [6, 8],
  [2, 14], [14, 15], [15, 16], [16, 17], [2, 18], [18, 19], [19, 20], [20, 21],
  [0, 22], [22, 23], [23, 24], [24, 25], [25, 26], [0, 27], [27, 28], [28, 29], [29, 30], [30, 31],
] as const

const { poses } = JSON.parse(readFileSync(`${FOLDER}/poses.json`, 'utf8')) as { poses: Pose[] }
let previews: Preview[]
/** The wall and the floor: every row has one colour, which most pictures have at their left edge. */
let background: number[][]

beforeAll(async () => {
  previews = await Promise.all(
    poses.map(async (pose) => {
      const picture = sharp(`${FOLDER}/previews/${pose.id}.webp`).removeAlpha().raw()
      const { data, info } = await picture.toBuffer({ resolveWithObject: true })
      expect([info.width, info.height], pose.id).toEqual([SIDE, SIDE])
      return { pose, pixels: data }
    }),
  )
  background = Array.from({ length: SIDE }, (_, y) =>
    [0, 1, 2].map((c) => median(previews.map(({ pixels }) => pixels[(y * SIDE + 2) * 3 + c]!))),
  )
})

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

const isDrawn = (pixels: Buffer, x: number, y: number): boolean =>
  background[y]!.some((value, c) => Math.abs(pixels[(y * SIDE + x) * 3 + c]! - value) > LEAST_DIFFERENCE)

/** The bones of all people, in pixels of the preview. */
function bonesOf({ people, camera }: Pose): [Point, Point][] {
  const { position, focal, centerX, centerY } = camera
  const [sine, cosine] = [Math.sin((camera.pitch * Math.PI) / 180), Math.cos((camera.pitch * Math.PI) / 180)]
  return people.flatMap(({ joints3d, handLeft2d, handRight2d }) => {
    const seen = (joint: number): Point => {
      const [x, y, z] = [0, 1, 2].map((axis) => joints3d[joint * 3 + axis]! - position[axis]!) as [
        number,
        number,
        number,
      ]
      const depth = -y * sine - z * cosine
      return [(centerX + (x / depth) * focal) * SIDE, (centerY - ((y * cosine - z * sine) / depth) * focal) * SIDE]
    }
    const fingers = [handLeft2d, handRight2d].flatMap((hand) =>
      hand ? Array.from({ length: 21 }, (_, i): Point => [hand[i * 2]! * SIDE, hand[i * 2 + 1]! * SIDE]) : [],
    )
    return [
      ...BONES.map(([from, to]): [Point, Point] => [seen(from), seen(to)]),
      ...fingers.map((point): [Point, Point] => [point, point]),
    ]
  })
}

function distance([x, y]: Point, [[ax, ay], [bx, by]]: [Point, Point]): number {
  const [dx, dy] = [bx - ax, by - ay]
  const along = dx === 0 && dy === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)
  const t = Math.min(1, Math.max(0, along))
  return Math.hypot(x - ax - t * dx, y - ay - t * dy)
}

/** Where people are cut off by the frame. */
function cutsOf({ pose, pixels }: Preview): { edge: Edge; at: number }[] {
  const bones = bonesOf(pose)
  return Array.from({ length: SIDE }, (_, at) => at).flatMap((at) => {
    const frame: [Edge, Point][] = [
      ['top', [at, 0]],
      ['bottom', [at, SIDE - 1]],
      ['left', [0, at]],
      ['right', [SIDE - 1, at]],
    ]
    return frame.flatMap(([edge, point]) =>
      isDrawn(pixels, ...point) && bones.some((bone) => distance(point, bone) < REACH_PX) ? [{ edge, at }] : [],
    )
  })
}

/** A half figure ends at the lower edge, a portrait also at the lower half of the sides; nobody loses the top of a head. */
const isMeant = (framing: string, { edge, at }: { edge: Edge; at: number }): boolean =>
  framing !== 'full' && (edge === 'bottom' || (framing === 'portrait' && edge !== 'top' && at > SIDE / 2))

const where = (preview: Preview): string[] => [
  ...new Set(
    cutsOf(preview)
      .filter((cut) => !isMeant(preview.pose.framing, cut))
      .map(({ edge }) => `${preview.pose.id}: ${edge}`),
  ),
]

describe('the previews of the library', () => {
  test('there is one for every pose, and no other', () => {
    expect(readdirSync(`${FOLDER}/previews`).sort()).toEqual(poses.map(({ id }) => `${id}.webp`).sort())
  })

  test('no preview cuts a limb that its framing means to show', () => {
    expect(previews.flatMap(where)).toEqual([])
  })

  test('of a whole figure every bone, finger and toe is within the frame', () => {
    const isNear = (value: number) => value < LEAST_MARGIN_PX || value > SIDE - LEAST_MARGIN_PX
    const near = poses.filter(({ framing }) => framing === 'full').filter((pose) => bonesOf(pose).flat(2).some(isNear))
    expect(near.map(({ id }) => id)).toEqual([])
  })

  test('a cut limb is seen: of every full figure moved to the edge, and of every half one', () => {
    const full = previews.filter(({ pose }) => pose.framing === 'full')
    const blind = full.filter((preview) => where(movedToTheEdge(preview)).length === 0).map(({ pose }) => pose.id)
    expect(blind).toEqual([])
    const half = previews.filter(({ pose }) => pose.framing !== 'full')
    expect(half.filter((preview) => cutsOf(preview).length === 0).map(({ pose }) => pose.id)).toEqual([])
  })

  test('a preview shows its own pose: where the clothes of a joint can be seen there is somebody', () => {
    const empty = previews.flatMap(({ pose, pixels }) =>
      // A counter hides hips, and is nearly as grey as the floor.
      (pose.props.includes('platform') ? [] : pose.people).flatMap(({ keypoints2d }) =>
        CLOTHED.filter((joint) => {
          const [x = 0, y = 0, v] = keypoints2d.slice(joint * 3, joint * 3 + 3)
          return v === 2 && !isDrawn(pixels, Math.floor(x * SIDE), Math.floor(y * SIDE))
        }).map((joint) => `${pose.id}: joint ${joint}`),
      ),
    )
    expect(empty).toEqual([])
  })
})

/** The same picture and pose, so far to the left that a quarter of the person's width is gone. */
function movedToTheEdge({ pose, pixels }: Preview): Preview {
  const xs = bonesOf(pose).flatMap(([[ax], [bx]]) => [ax, bx])
  const shift = Math.round(Math.min(...xs) * 0.75 + Math.max(...xs) * 0.25)
  const moved = Buffer.from(pixels)
  for (let y = 0; y < SIDE; y++) pixels.copy(moved, y * SIDE * 3, (y * SIDE + shift) * 3, (y + 1) * SIDE * 3)
  const people = pose.people.map((person) => ({
    ...person,
    ...{ handLeft2d: movedHand(person.handLeft2d, shift), handRight2d: movedHand(person.handRight2d, shift) },
  }))
  return {
    pose: { ...pose, people, camera: { ...pose.camera, centerX: pose.camera.centerX - shift / SIDE } },
    pixels: moved,
  }
}

const movedHand = (hand: number[] | null, shift: number): number[] | null =>
  hand?.map((value, i) => (i % 2 === 0 ? value - shift / SIDE : value)) ?? null
