// Named joints and local frames of one person, from the 32 joints of a pose record.
import type { PosePerson } from './pose'
import {
  along,
  between,
  cross,
  type Frame,
  frameFromLeft,
  frameFromUp,
  lengthOf,
  subtract,
  unit,
  type Vector,
} from './vector'

// biome-ignore format: the order of data/poses/schema.json jointNames3d, read in rows
const JOINTS = [
  'midHip', 'spineLower', 'spineUpper', 'neckBase', 'neck', 'skullBase', 'headCentre', 'headTop', 'chin', 'nose',
  'rightEye', 'leftEye', 'rightEar', 'leftEar', 'rightShoulder', 'rightElbow', 'rightWrist', 'rightPalm',
  'leftShoulder', 'leftElbow', 'leftWrist', 'leftPalm', 'rightHip', 'rightKnee', 'rightAnkle', 'rightHeel', 'rightToe',
  'leftHip', 'leftKnee', 'leftAnkle', 'leftHeel', 'leftToe',
] as const
export type JointName = (typeof JOINTS)[number]

export type Side = 'left' | 'right'
export const SIDES: readonly Side[] = ['left', 'right']
/** +1 on the subject's left (the +x side of every body frame), -1 on the right. */
export const signOf = (side: Side): number => (side === 'left' ? 1 : -1)

export type Arm = { shoulder: Vector; elbow: Vector; wrist: Vector; palm: Vector }
export type Foot = { heel: Vector; ball: Vector; toe: Vector; forward: Vector; up: Vector }
export type Leg = { hip: Vector; knee: Vector; ankle: Vector; foot: Foot; behindKnee: Vector }

export type Skeleton = {
  /** 1 for a body of 1.70 m. */
  size: number
  pelvis: Frame
  waist: Frame
  ribs: Frame
  chest: Frame
  head: Frame
  neckBase: Vector
  skullBase: Vector
  arm: Record<Side, Arm>
  leg: Record<Side, Leg>
}

/** Body size per build of the pose library's rig. */
const SIZE = { neutral: 1, female: 0.965, male: 1.04 }
// Foot of that rig, metres at size 1: ankle height, heel behind the ankle, ball and toe in front of it.
const ANKLE_HEIGHT = 0.08
const HEEL_BACK = 0.05
const BALL_AHEAD = 0.125

function footOf(ankle: Vector, heel: Vector, toe: Vector, size: number): Foot {
  // The line heel-ankle is rigid: it leans by a known angle from the sole, which gives the sole even on tiptoe.
  const rise = subtract(ankle, heel)
  const length = lengthOf(rise)
  const e1 = unit(rise)
  const ahead = subtract(toe, heel)
  const side = unit(cross(e1, ahead), [1, 0, 0])
  const e2 = cross(side, e1)
  const rigid = Math.sqrt(HEEL_BACK ** 2 + ANKLE_HEIGHT ** 2)
  const forward = unit([
    e1[0] * HEEL_BACK + e2[0] * ANKLE_HEIGHT,
    e1[1] * HEEL_BACK + e2[1] * ANKLE_HEIGHT,
    e1[2] * HEEL_BACK + e2[2] * ANKLE_HEIGHT,
  ])
  const up = unit(cross(forward, side))
  const stretch = length > 0.01 ? length / rigid : size
  const ball = along(heel, forward, (BALL_AHEAD + HEEL_BACK) * stretch)
  return { heel, ball, toe, forward, up }
}

function legOf(joint: (name: JointName) => Vector, side: Side, size: number): Leg {
  const hip = joint(`${side}Hip`)
  const knee = joint(`${side}Knee`)
  const ankle = joint(`${side}Ankle`)
  const foot = footOf(ankle, joint(`${side}Heel`), joint(`${side}Toe`), size)
  const thigh = unit(subtract(knee, hip), [0, -1, 0])
  const shin = unit(subtract(ankle, knee), [0, -1, 0])
  // Behind the knee: against the bend, or against the toes when the leg is straight.
  const bend = subtract(thigh, shin)
  const bent = lengthOf(bend) > 0.12
  const away = bent ? along(bend, shin, -(bend[0] * shin[0] + bend[1] * shin[1] + bend[2] * shin[2])) : foot.forward
  const flat = along(away, shin, -(away[0] * shin[0] + away[1] * shin[1] + away[2] * shin[2]))
  const behindKnee = unit([-flat[0], -flat[1], -flat[2]], [0, 0, -1])
  return { hip, knee, ankle, foot, behindKnee }
}

/** Frame of a limb: y from `b` up to `a`, x as close to `left` as can be. Patterns on sleeves and skirts follow it. */
export function limbFrame(a: Vector, b: Vector, left: Vector, size: number): Frame {
  return frameFromUp(a, subtract(a, b), left, size)
}

/** Builds frames and limbs of a person; the record must have passed `checkPose`. */
export function skeletonOf(person: PosePerson): Skeleton {
  const joint = (name: JointName): Vector => {
    const i = JOINTS.indexOf(name) * 3
    return [person.joints3d[i] ?? 0, person.joints3d[i + 1] ?? 0, person.joints3d[i + 2] ?? 0]
  }
  const size = SIZE[person.build] ?? 1
  const arm = (side: Side): Arm => ({
    shoulder: joint(`${side}Shoulder`),
    elbow: joint(`${side}Elbow`),
    wrist: joint(`${side}Wrist`),
    palm: joint(`${side}Palm`),
  })
  const midHip = joint('midHip')
  const lower = joint('spineLower')
  const upper = joint('spineUpper')
  const neckBase = joint('neckBase')
  const hips = subtract(joint('leftHip'), joint('rightHip'))
  const shoulders = subtract(joint('leftShoulder'), joint('rightShoulder'))
  const pelvis = frameFromLeft(midHip, hips, subtract(lower, midHip), size)
  const left = unit(shoulders, pelvis.x)
  const blend = (t: number): Vector => between(pelvis.x, left, t)
  const head = joint('headCentre')
  const ears = subtract(joint('leftEar'), joint('rightEar'))
  return {
    size,
    pelvis,
    waist: frameFromUp(lower, subtract(upper, lower), blend(0.35), size),
    ribs: frameFromUp(upper, subtract(neckBase, upper), blend(0.7), size),
    chest: frameFromUp(neckBase, subtract(neckBase, upper), left, size),
    head: frameFromLeft(head, ears, subtract(joint('headTop'), head), size),
    neckBase,
    skullBase: joint('skullBase'),
    arm: { left: arm('left'), right: arm('right') },
    leg: { left: legOf(joint, 'left', size), right: legOf(joint, 'right', size) },
  }
}
