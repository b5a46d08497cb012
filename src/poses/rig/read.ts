// The way back: joints by their names, and the frames of pelvis and chest, from a stored pose.
import type { PosePerson } from '../../db/tables/poses'
import { between, cross, reject, subtract, unit, type Vector } from '../../render/mannequin/vector'
import { JOINTS_3D, type Joints } from './skeleton'
import type { Axes } from './turns'

/** Joints of `person` by name, metres. */
export function jointsOf({ joints3d }: PosePerson): Joints {
  const joints = {} as Joints
  JOINTS_3D.forEach((name, i) => {
    joints[name] = [joints3d[i * 3] ?? 0, joints3d[i * 3 + 1] ?? 0, joints3d[i * 3 + 2] ?? 0]
  })
  return joints
}

function axesOf(left: Vector, right: Vector, up: Vector): Axes {
  const y = unit(up)
  const x = unit(reject(subtract(left, right), y), [1, 0, 0])
  return { x, y, z: cross(x, y) }
}

/** x to the person's left, y up the body, z out of the belly. */
export const pelvisFrame = (joints: Joints): Axes =>
  axesOf(joints.hipL, joints.hipR, subtract(joints.spine1, joints.pelvis))

export const chestFrame = (joints: Joints): Axes =>
  axesOf(joints.shoulderL, joints.shoulderR, subtract(joints.neckBase, joints.spine2))

/** x to the left ear, y to the crown, z out of the face. */
export function headFrame(joints: Joints): Axes {
  const middle = between(joints.eyeL, joints.eyeR, 0.5)
  const x = unit(subtract(joints.earL, joints.earR))
  const back = between(joints.earL, joints.earR, 0.5)
  const z = unit(reject(subtract(between(middle, joints.nose, 0.35), back), x))
  return { x, y: cross(z, x), z }
}
