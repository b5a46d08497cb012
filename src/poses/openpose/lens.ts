// A pose as its camera sees it: x to the right, y down, z deep, metres. A proper turn of the world's axes.
import type { HandShape, PoseGeometry } from '../../db/tables/poses'
import { add, cross, dot, scale, sineCosine, subtract, type Vector } from '../../render/mannequin/vector'
import { JOINTS_3D } from '../rig/skeleton'
import type { Build, Side } from '../rig/spec'

export type Camera = PoseGeometry['camera']

/** A pose of the library, or a person's own, that a drawn one is like. `mirrored`: like its mirror image. */
export type LiftHelp = { geometry: PoseGeometry; person: number; mirrored: boolean }

export type Helper = {
  build: Build
  /** The 32 joints in the order of the library. */
  joints: Vector[]
  hands: Record<Side, HandShape | undefined>
  /** Metres above the floor of its lowest joint. */
  lowest: number
}

type Lens = { right: Vector; down: Vector; ahead: Vector; place: Vector }

function lensOf({ position, pitch }: Camera): Lens {
  const [sine, cosine] = sineCosine(pitch)
  const ahead: Vector = [0, -sine, -cosine]
  const right: Vector = [1, 0, 0]
  return { right, down: cross(ahead, right), ahead, place: position as unknown as Vector }
}

const turnIn = ({ right, down, ahead }: Lens, v: Vector): Vector => [dot(v, right), dot(v, down), dot(v, ahead)]
const turnOut = ({ right, down, ahead }: Lens, v: Vector): Vector =>
  add(add(scale(right, v[0]), scale(down, v[1])), scale(ahead, v[2]))

/** Where each joint of the mirror image comes from. */
const MIRRORED = JOINTS_3D.map((name) =>
  JOINTS_3D.indexOf(name.replace(/[LR]$/, (side) => (side === 'L' ? 'R' : 'L')) as (typeof JOINTS_3D)[number]),
)

export function helperOf({ geometry, person, mirrored }: LiftHelp): Helper {
  const lens = lensOf(geometry.camera)
  const { build, joints3d, handLeft, handRight } = geometry.people[person]!
  const flip = (v: Vector): Vector => (mirrored ? [-v[0], v[1], v[2]] : v)
  const world = JOINTS_3D.map((_, i) => joints3d.slice(i * 3, i * 3 + 3) as unknown as Vector)
  const seen = world.map((point) => flip(turnIn(lens, subtract(point, lens.place))))
  const hand = (shape: HandShape | undefined): HandShape | undefined =>
    shape && {
      shape: shape.shape,
      fingers: [...flip(turnIn(lens, shape.fingers as unknown as Vector))],
      palm: [...flip(turnIn(lens, shape.palm as unknown as Vector))],
    }
  return {
    build,
    joints: mirrored ? MIRRORED.map((from) => seen[from]!) : seen,
    hands: { L: hand(mirrored ? handRight : handLeft), R: hand(mirrored ? handLeft : handRight) },
    lowest: Math.min(...world.map(([, y]) => y)),
  }
}

/** Back to the world's axes: a place, or a direction. */
export const toWorld = (camera: Camera, point: Vector): Vector => {
  const lens = lensOf(camera)
  return add(lens.place, turnOut(lens, point))
}
export const toWorldDirection = (camera: Camera, direction: Vector): Vector => turnOut(lensOf(camera), direction)
