// The picture plane: projection and framing, as the library's `camera` has them.
import { along, between, cross, dot, sineCosine, subtract, type Vector } from '../../render/mannequin/vector'
import { BUILDS } from './builds'
import { cameraPlace } from './head'
import type { JointName, Skeleton } from './skeleton'
import type { Build, CameraSpec, Framing } from './spec'

export type View = { place: Vector; ahead: Vector; up: Vector }
/** Scale and offset that bring a projected point into the square picture, 0 to 1. */
export type Frame = { focal: number; centerX: number; centerY: number }
type Point = readonly [number, number]

const RIGHT: Vector = [1, 0, 0]

export function viewOf(camera: CameraSpec): View {
  const [sine, cosine] = sineCosine(camera.pitch)
  const ahead: Vector = [0, -sine, -cosine]
  return { place: cameraPlace(camera), ahead, up: cross(RIGHT, ahead) }
}

export function project({ place, ahead, up }: View, point: Vector): Point {
  const seen = subtract(point, place)
  const depth = dot(seen, ahead)
  return [seen[0] / depth, -dot(seen, up) / depth]
}

export const inPicture = ({ focal, centerX, centerY }: Frame, [x, y]: Point): [number, number] => [
  centerX + focal * x,
  centerY + focal * y,
]

const WHOLE: readonly JointName[] = [
  ...(['headTop', 'nose', 'chin', 'earL', 'earR', 'shoulderL', 'shoulderR', 'elbowL', 'elbowR', 'wristL'] as const),
  ...(['wristR', 'hipL', 'hipR', 'kneeL', 'kneeR', 'ankleL', 'ankleR', 'heelL', 'heelR', 'toeL', 'toeR'] as const),
]
const UPPER = ['headTop', 'earL', 'earR', 'shoulderL', 'shoulderR', 'elbowL', 'elbowR', 'chin', 'nose'] as const

/** Shares of the picture left free at the top, bottom and sides. */
const MARGIN = { whole: { top: 0.06, bottom: 0.055, side: 0.06 }, crop: { top: 0.085, bottom: 0, side: 0.06 } }
const STATURE_METRES = 1.7
/** A sitting figure is drawn at most this much larger than a standing one. */
const ENLARGEMENT_MAX = 1.32

/** The points that must be inside the picture. */
function pointsOf(body: Skeleton, view: View, framing: Framing, size: number): Point[] {
  const { joints, hands, head } = body
  const at = (point: Vector): Point => project(view, point)
  const crown = at(along(along(joints.headC, view.up, 0.125 * size), head.z, -0.012 * size))
  const fingers = [...hands.L, ...hands.R].map(at)
  if (framing === 'full') return [crown, ...WHOLE.map((name) => at(joints[name])), ...fingers]
  let low = at(between(joints.neckBase, joints.pelvis, framing === 'portrait' ? 0.52 : 1.1))[1]
  if (framing === 'half') {
    const lowestHand = Math.max(...fingers.map(([, y]) => y).filter((y) => y < low + 0.036), -9)
    if (lowestHand > low - 0.006) low = lowestHand + 0.008
  }
  const points = [crown, ...UPPER.map((name) => at(joints[name])), [at(joints.neck)[0], low] as const]
  return [...points, ...fingers.filter(([, y]) => y < low + 0.02)].filter(([, y]) => y <= low + 1e-6)
}

/** How the figure is fitted into a square picture. */
export function frame(body: Skeleton, view: View, framing: Framing, build: Build): Frame {
  const { size } = BUILDS[build]
  const points = pointsOf(body, view, framing, size)
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, right] = [Math.min(...xs), Math.max(...xs)]
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)]
  const margin = framing === 'full' ? MARGIN.whole : MARGIN.crop
  const room = 1 - margin.top - margin.bottom
  let focal = Math.min(room / (bottom - top), (1 - 2 * margin.side) / (right - left))
  let above = 0
  if (framing === 'full') {
    const standing = (room * Math.hypot(...view.place)) / (size * STATURE_METRES)
    focal = Math.min(focal, standing * ENLARGEMENT_MAX)
    above = (room - (bottom - top) * focal) * 0.62
  }
  const centerX = 0.5 - ((left + right) / 2) * focal
  return { focal, centerX, centerY: margin.top + above - top * focal }
}
