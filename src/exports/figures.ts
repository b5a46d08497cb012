import { placePoint } from '../render/control-map'
import { type Camera, cameraOf, toCamera, turn } from '../render/mannequin/camera'
import { FURNITURE } from '../render/mannequin/furniture'
import { lookOf } from '../render/mannequin/look'
import type { FigurePose, PosePerson, PropShape } from '../render/mannequin/pose'
import { sculptProps } from '../render/mannequin/props'
import { type Primitive, Sculpture } from '../render/mannequin/sculpture'
import { distance, dot, type Vector } from '../render/mannequin/vector'
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
/** Nearer to the lens nothing is drawn. */
const MIN_DEPTH_M = 0.1

/**
 * Who is where in a picture of this size, and what they hold: everything that the pose shows besides furniture.
 * `keypoints`: where a provider or a detector found the people, 18 x (x, y, confidence) in pixels each, in the order of the
 * pose; a person of whom it found next to nothing is taken from the pose.
 */
export function figuresOf(pose: Pose, size: Size, keypoints?: readonly (readonly number[])[]): Figure[] {
  const goods = goodsByPerson(pose, size)
  return pose.people.map((person, index) => {
    const planned = plannedPoints(person, size)
    const told = keypoints?.[index]
    const points = told && isPerson(told) ? told.slice(0, JOINTS * 3) : planned
    const hands = (['left', 'right'] as const).flatMap((side) => handOf(person, side, planned, points, size))
    return {
      keypoints: points.map((value, at) => (at % 3 === 2 ? Math.round(value * 100) / 100 : Math.round(value))),
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
function goodsByPerson({ people, camera: poseCamera, propShapes = [] }: Pose, { width, height }: Size): Rect[][] {
  const camera = cameraOf(poseCamera, width, height)
  const goods: Rect[][] = people.map(() => [])
  for (const shape of propShapes) {
    if (Object.hasOwn(FURNITURE, shape.kind)) continue
    const box = boxOf(solidsOf(shape), camera)
    const away = people.map((person) =>
      Math.min(...PALMS.map((palm) => distance(jointOf(person, palm), middleOf(shape)))),
    )
    if (box) goods[away.indexOf(Math.min(...away))]?.push(box)
  }
  return goods
}

const jointOf = ({ joints3d }: PosePerson, index: number): Vector => {
  const [x = 0, y = 0, z = 0] = joints3d.slice(index * 3, index * 3 + 3)
  return [x, y, z]
}

function middleOf({ at, to = at }: PropShape): Vector {
  const [x = 0, y = 0, z = 0] = at.map((value, axis) => (value + (to[axis] ?? value)) / 2)
  return [x, y, z]
}

/** What the renderer would draw. A kind that it does not know is no thing. */
function solidsOf(shape: PropShape): Primitive[] {
  const clay = new Sculpture()
  const pose = { people: [], props: [], propShapes: [shape], words: '', camera: NO_CAMERA }
  try {
    sculptProps(clay, pose, [], lookOf({ prompt: '', seed: 0 }), [0, 0, 0])
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

/** How far a solid reaches to the sides of the picture and up and down, metres, around one or two of its points. */
function extentsOf(solid: Primitive, camera: Camera): { at: Vector; aside: number; above: number }[] {
  if (solid.kind === 'cone') {
    const { a, b, ra, rb } = solid
    return [
      { at: a, aside: ra, above: ra },
      { at: b, aside: rb, above: rb },
    ]
  }
  const { x, y, z } = solid.axes
  const axes = [x, y, z].map((axis) => turn(camera, axis))
  const round = solid.kind === 'box' ? solid.round : 0
  const half = solid.kind === 'box' ? solid.half : solid.r
  const reach = (direction: Vector): number => {
    const parts = axes.map((axis, i) => Math.abs(dot(axis, direction)) * half[i as 0 | 1 | 2])
    return solid.kind === 'box' ? parts.reduce((sum, part) => sum + part, round) : Math.hypot(...parts)
  }
  return [{ at: solid.c, aside: reach([1, 0, 0]), above: reach([0, 1, 0]) }]
}
