import { placePoint } from '../render/control-map'
import { type Camera, cameraOf, toCamera, turn } from '../render/mannequin/camera'
import { FURNITURE } from '../render/mannequin/furniture'
import { lookOf } from '../render/mannequin/look'
import type { Look } from '../render/mannequin/outfit'
import type { FigurePose, PosePerson, PropShape } from '../render/mannequin/pose'
import { sculptProps } from '../render/mannequin/props'
import { type Primitive, Sculpture } from '../render/mannequin/sculpture'
import { distance, place, type Vector } from '../render/mannequin/vector'
import type { Figure, Rect } from './types'

type Pose = Pick<FigurePose, 'people' | 'camera' | 'propShapes'>
type Size = { width: number; height: number }

/** A joint behind the body: it is there, and nobody can say quite where. */
const HIDDEN_CONFIDENCE = 0.5
/** So many points that a detector tells are a person; fewer are a mistake. */
const MIN_TOLD_POINTS = 3
const JOINTS = 18
const WRISTS = { left: 7, right: 4 } as const
/** Places in `joints3d` (data/poses/README.md). */
const PALMS = [17, 21] as const
/** Place in `joints3d` of the COCO-18 joints below the neck. */
// biome-ignore format: arms, then legs
const JOINTS_3D = [
  [2, 14], [3, 15], [4, 16], [5, 18], [6, 19], [7, 20],
  [8, 22], [9, 23], [10, 24], [11, 27], [12, 28], [13, 29],
] as const
/** Nearer to the lens nothing is drawn. */
const MIN_DEPTH_M = 0.1

/**
 * Who is where in a picture of this size, and what they hold: everything that the pose shows besides furniture.
 * `keypoints`: where a provider or a detector found the people, 18 x (x, y, confidence) in pixels each, in the order of the
 * pose; a person of whom it found next to nothing is taken from the pose.
 */
export function figuresOf(pose: Pose, size: Size, keypoints?: readonly (readonly number[])[]): Figure[] {
  const camera = cameraOf(pose.camera, size.width, size.height)
  const goods = goodsByPerson(pose, camera)
  return pose.people.map((person, index) => {
    const planned = plannedPoints(person, size)
    const told = keypoints?.[index]
    const points = told && isPerson(told) ? told.slice(0, JOINTS * 3) : planned
    const hands = (['left', 'right'] as const).flatMap((side) => handOf(person, side, planned, points, size))
    return {
      keypoints: beyondTheSquare(person, points, camera, size).map((value, at) =>
        at % 3 === 2 ? Math.round(value * 100) / 100 : Math.round(value),
      ),
      hands,
      goods: goods[index] ?? [],
    }
  })
}

const isPerson = (points: readonly number[]): boolean =>
  points.length >= JOINTS * 3 &&
  points.every((value) => Number.isFinite(value)) &&
  points.filter((value, at) => at % 3 === 2 && value >= HIDDEN_CONFIDENCE).length >= MIN_TOLD_POINTS

function plannedPoints({ keypoints2d }: PosePerson, { width, height }: Size): number[] {
  return Array.from({ length: JOINTS }, (_, i) => {
    const [x = 0, y = 0, v = 0] = keypoints2d.slice(i * 3, i * 3 + 3)
    if (v === 0) return [0, 0, 0]
    const point = placePoint(x, y, width, height)
    return [point.x, point.y, v === 2 ? 1 : HIDDEN_CONFIDENCE]
  }).flat()
}

/**
 * Poses are framed as squares. In a picture of another shape more of the body is seen than the square has: those joints come
 * from the pose in space.
 */
function beyondTheSquare({ keypoints2d, joints3d }: PosePerson, points: readonly number[], camera: Camera, size: Size) {
  const [start, end] = [placePoint(0, 0, size.width, size.height), placePoint(1, 1, size.width, size.height)]
  const filled = [...points]
  for (const [joint, index] of JOINTS_3D) {
    if (points[joint * 3 + 2] !== 0 || keypoints2d[joint * 3 + 2] !== 0) continue
    const [aside, above, depth] = toCamera(camera, jointOf(joints3d, index))
    if (depth < MIN_DEPTH_M) continue
    const x = camera.centreX + (aside * camera.focalPx) / depth
    const y = camera.centreY - (above * camera.focalPx) / depth
    const isInSquare = x >= start.x && x <= end.x && y >= start.y && y <= end.y
    if (!isInSquare && x >= 0 && x <= size.width && y >= 0 && y <= size.height)
      filled.splice(joint * 3, 3, x, y, HIDDEN_CONFIDENCE)
  }
  return filled
}

/** The planned hand, moved along with its wrist; none where the wrist was looked for and not found. */
function handOf(
  person: PosePerson,
  side: 'left' | 'right',
  planned: readonly number[],
  points: readonly number[],
  { width, height }: Size,
): number[][] {
  const hand = side === 'left' ? person.handLeft2d : person.handRight2d
  if (!hand) return []
  const wrist = WRISTS[side] * 3
  const [x, y] = [points[wrist]! - planned[wrist]!, points[wrist + 1]! - planned[wrist + 1]!]
  if (points !== planned && points[wrist + 2] === 0) return []
  const moved = planned[wrist + 2] === 0 ? { x: 0, y: 0 } : { x, y }
  const fingers = Array.from({ length: hand.length >> 1 }, (_, i) => {
    const point = placePoint(hand[i * 2]!, hand[i * 2 + 1]!, width, height)
    return [Math.round(point.x + moved.x), Math.round(point.y + moved.y)]
  })
  return [fingers.flat()]
}

/** Boxes of the things in the picture, each with the person whose palm is nearest. */
function goodsByPerson({ people, propShapes = [] }: Pose, camera: Camera): Rect[][] {
  const goods: Rect[][] = people.map(() => [])
  // What things look like does not matter, only where they are.
  const look = lookOf({ prompt: '', seed: 0 })
  for (const shape of propShapes) {
    if (Object.hasOwn(FURNITURE, shape.kind)) continue
    const box = boxOf(solidsOf(shape, look), camera)
    const away = people.map((person) =>
      Math.min(...PALMS.map((palm) => distance(jointOf(person.joints3d, palm), middleOf(shape)))),
    )
    if (box) goods[away.indexOf(Math.min(...away))]?.push(box)
  }
  return goods
}

const jointOf = (joints3d: readonly number[], index: number): Vector => {
  const [x = 0, y = 0, z = 0] = joints3d.slice(index * 3, index * 3 + 3)
  return [x, y, z]
}

function middleOf({ at, to = at }: PropShape): Vector {
  const [x = 0, y = 0, z = 0] = at.map((value, axis) => (value + (to[axis] ?? value)) / 2)
  return [x, y, z]
}

/** What the renderer would draw. A kind that it does not know is no thing. */
function solidsOf(shape: PropShape, look: Look): Primitive[] {
  const clay = new Sculpture()
  const pose = { people: [], props: [], propShapes: [shape], words: '', camera: NO_CAMERA }
  try {
    sculptProps(clay, pose, [], look, [0, 0, 0])
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
  return clay.primitives.filter(({ carve }) => !carve)
}

const NO_CAMERA = { position: [0, 0, 0], pitch: 0, focal: 1, centerX: 0, centerY: 0 }

/** Bounds of solids in the picture, in whole pixels; null when all are behind the lens. */
function boxOf(solids: readonly Primitive[], camera: Camera): Rect | null {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -Infinity, -Infinity]
  for (const { at, aside, above } of solids.flatMap((solid) => extentsOf(solid, camera))) {
    const [x, y, depth] = toCamera(camera, at)
    if (depth < MIN_DEPTH_M) continue
    const scale = camera.focalPx / depth
    left = Math.min(left, camera.centreX + (x - aside) * scale)
    right = Math.max(right, camera.centreX + (x + aside) * scale)
    top = Math.min(top, camera.centreY - (y + above) * scale)
    bottom = Math.max(bottom, camera.centreY - (y - above) * scale)
  }
  if (left >= right || top >= bottom) return null
  const [x, y] = [Math.floor(left), Math.floor(top)]
  return { x, y, width: Math.ceil(right) - x, height: Math.ceil(bottom) - y }
}

type Extent = { at: Vector; aside: number; above: number }

/** Points of a solid, and how far it reaches around each to the sides of the picture and up and down, in metres. */
function extentsOf(solid: Primitive, camera: Camera): Extent[] {
  switch (solid.kind) {
    case 'cone':
      return [
        { at: solid.a, aside: solid.ra, above: solid.ra },
        { at: solid.b, aside: solid.rb, above: solid.rb },
      ]
    case 'box': {
      const [x, y, z] = solid.half.map((half) => half + solid.round) as [number, number, number]
      const corners = [x, -x].flatMap((i) => [y, -y].flatMap((j) => [z, -z].map((k): Vector => [i, j, k])))
      return corners.map((corner) => ({
        at: place({ ...solid.axes, o: solid.c, size: 1 }, corner),
        aside: 0,
        above: 0,
      }))
    }
    case 'ellipsoid': {
      const axes = [solid.axes.x, solid.axes.y, solid.axes.z].map((axis) => turn(camera, axis))
      const reach = (direction: 0 | 1) =>
        Math.hypot(...axes.map((axis, i) => axis[direction] * solid.r[i as 0 | 1 | 2]))
      return [{ at: solid.c, aside: reach(0), above: reach(1) }]
    }
  }
}
