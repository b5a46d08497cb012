// How a pose is written down for the rig. Figure frame: x to the person's left, y up (floor 0), z forward; metres of a
// person of 1.70 m, degrees. Everything of one side is written for the left and mirrored for the right.
import type { Vector } from '../../render/mannequin/vector'

export type Build = 'neutral' | 'female' | 'male'
export type Side = 'L' | 'R'
export const SIDES = ['L', 'R'] as const
export const otherSide = (side: Side): Side => (side === 'L' ? 'R' : 'L')

/** Angles of a limb that no target holds: thigh or upper arm raised forward, out, turned, and the bend of the hinge. */
export type LimbAngles = { flex?: number; abd?: number; rot?: number; knee?: number; elbow?: number }

export type LegSpec = {
  /** Heel on the floor: metres outwards and forward. `y` is the height of what it stands on. */
  foot?: readonly [number, number]
  y?: number
  /** Toes outwards. */
  yaw?: number
  /** Heel raised; negative raises the toes. */
  heel?: number
  /** Where the ankle is in the figure frame, when the foot stands on nothing. */
  ankle?: Vector
  /** Or the angles of the leg. */
  fk?: LimbAngles
  /** The direction of the knee. */
  knee?: Vector
  /** Toes pointed down, for a free foot. */
  pt?: number
  /** Direction of a free foot and of its sole. */
  dir?: Vector
  sole?: Vector
}

/** What an arm's target is measured from. `O` is the other arm, `X` the other leg; `pel` and `shFig` do not tilt. */
export type ArmFrame =
  | 'chest'
  | 'sh'
  | 'shFig'
  | 'pelvis'
  | 'pel'
  | 'head'
  | 'fig'
  | 'knee'
  | 'kneeX'
  | 'thigh'
  | 'palmO'
  | 'foreO'
  | 'elbowO'

export type ArmSpec = {
  /** One of three targets: the wrist, the middle of the palm or the fingertips. */
  t?: Vector
  palm?: Vector
  tip?: Vector
  /** Wrist to fingertips in metres, for `tip`. */
  tipLen?: number
  fr?: ArmFrame
  /** Where on the thigh or forearm, 0 to 1. */
  along?: number
  /** `t` is not mirrored on the right side. */
  abs?: boolean
  /** Direction of the fingers and out of the palm, in `ffr`. */
  f?: Vector
  n?: Vector
  ffr?: 'chest' | 'head' | 'pelvis' | 'fig'
  /** Direction of the elbow, in the chest's frame. */
  pole?: Vector
  shrug?: number
  shape?: string
}

export type HeadSpec = {
  /** At the camera, straight on from the chest, or at a hand. */
  look: 'cam' | 'rel' | 'handL' | 'handR' | 'hands'
  yaw?: number
  pitch?: number
  roll?: number
  /** How much of the way from the chest's direction, 0 to 1. */
  w?: number
}

/** `h` is the pelvis' height; without it the legs that bear weight (`w`) decide it. `rx` tips it all the way over. */
export type PelvisSpec = { x?: number; z?: number; h?: number; yaw?: number; tilt?: number; list?: number; rx?: number }
export type SpineSpec = { bend?: number; side?: number; twist?: number }

export type Stance = {
  pelvis?: PelvisSpec
  spine?: SpineSpec
  legs?: { L: LegSpec; R: LegSpec }
  /** The leg that bears the weight, and how far its knee is bent. */
  w?: 'B' | Side
  flex?: number
}

export type CameraSpec = { pitch: number; dist: number; h: number }
export type Framing = 'full' | 'half' | 'portrait'

export type PoseSpec = {
  build: Build
  stance: Stance
  arms: Record<Side, ArmSpec>
  head: HeadSpec
  /** The whole figure turned to its left. */
  turn: number
  camera: CameraSpec
}

/** Eye-level camera of the library. */
export const CAMERA: CameraSpec = { pitch: 4, dist: 4.8, h: 1.0 }

const flipped = (value: number | undefined): number => -(value ?? 0)

/** The same stance with left and right exchanged. */
export function mirrored({ pelvis = {}, spine = {}, legs, w, ...rest }: Stance): Stance {
  const weight = w === undefined || w === 'B' ? w : otherSide(w)
  return {
    ...rest,
    pelvis: { ...pelvis, x: flipped(pelvis.x), yaw: flipped(pelvis.yaw), list: flipped(pelvis.list) },
    spine: { ...spine, side: flipped(spine.side), twist: flipped(spine.twist) },
    ...(legs && { legs: { L: legs.R, R: legs.L } }),
    ...(weight && { w: weight }),
  }
}
