import type { Vector } from '../../render/mannequin/vector'
import type { Side } from './spec'
import type { Axes } from './turns'

type Paired = 'eye' | 'ear' | 'shoulder' | 'elbow' | 'wrist' | 'palm' | 'hip' | 'knee' | 'ankle' | 'heel' | 'toe'
type Single = 'pelvis' | 'spine1' | 'spine2' | 'neckBase' | 'neck' | 'skull' | 'headC' | 'headTop' | 'chin' | 'nose'
export type JointName = Single | `${Paired}${Side}`
export type Joints = Record<JointName, Vector>

/** A solved figure. Hands are 21 points (wrist, then four of each finger from the thumb on). */
export type Skeleton = {
  joints: Joints
  hands: Record<Side, Vector[]>
  /** Fingers along y, palm along z. */
  handAxes: Record<Side, Axes>
  pelvis: Axes
  chest: Axes
  head: Axes
  /** Metres by which a target was out of reach. */
  missed: Record<`${'arm' | 'leg'}${Side}`, number>
}

/** Order of `joints3d` in the library (data/poses/poses.json, `jointNames3d`). */
export const JOINTS_3D: readonly JointName[] = [
  ...(['pelvis', 'spine1', 'spine2', 'neckBase', 'neck', 'skull', 'headC', 'headTop', 'chin', 'nose'] as const),
  ...(['eyeR', 'eyeL', 'earR', 'earL'] as const),
  ...(['shoulderR', 'elbowR', 'wristR', 'palmR', 'shoulderL', 'elbowL', 'wristL', 'palmL'] as const),
  ...(['hipR', 'kneeR', 'ankleR', 'heelR', 'toeR', 'hipL', 'kneeL', 'ankleL', 'heelL', 'toeL'] as const),
]

/** Order of `keypoints2d` (OpenPose, COCO 18). */
export const KEYPOINTS: readonly JointName[] = [
  ...(['nose', 'neck', 'shoulderR', 'elbowR', 'wristR', 'shoulderL', 'elbowL', 'wristL'] as const),
  ...(['hipR', 'kneeR', 'ankleR', 'hipL', 'kneeL', 'ankleL', 'eyeR', 'eyeL', 'earR', 'earL'] as const),
]
