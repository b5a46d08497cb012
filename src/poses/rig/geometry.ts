// From a pose spec to what the library stores of a pose.
import type { PoseGeometry, PosePerson } from '../../db/tables/poses'
import type { Vector } from '../../render/mannequin/vector'
import { BUILDS } from './builds'
import { type Frame, frame, inPicture, project, type View, viewOf } from './camera'
import { JOINTS_3D, type JointName, KEYPOINTS, type Skeleton } from './skeleton'
import { solve } from './solve'
import type { Framing, PoseSpec, Side } from './spec'
import { isFaceSeen, isHidden, type Solids, solidsOf } from './visibility'

/** Share of the picture at its edge where a point counts as outside. */
const EDGE = 0.002
const SEEN = 2
const HIDDEN = 1
const NOT_DRAWN = 0

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
const isInside = (xy: readonly number[]): boolean => xy.every((value) => value > EDGE && value < 1 - EDGE)
const isFace = (name: JointName): boolean => /^(nose|eye|ear)/.test(name)

/** How deep a joint lies in its own limb, metres towards the lens that are not looked at. */
function depthOf(name: JointName): number {
  if (isFace(name)) return 0.05
  return /^(shoulder|hip|neck)/.test(name) ? 0.16 : 0.1
}

type Shot = { body: Skeleton; view: View; frame: Frame; solids: Solids }

function keypoint({ body, view, frame, solids }: Shot, name: JointName): [number, number, number] {
  const point = body.joints[name]
  const [x, y] = inPicture(frame, project(view, point))
  const faceless = isFace(name) && !isFaceSeen(body, view.place, name, solids.size)
  if (faceless || !isInside([x, y])) return [0, 0, NOT_DRAWN]
  const seen = isHidden(solids, view.place, point, depthOf(name)) ? HIDDEN : SEEN
  return [rounded(x, 4), rounded(y, 4), seen]
}

/** 21 x (x, y), or null when the hand is behind the body or not wholly in the picture. */
function handIn({ body, view, frame, solids }: Shot, side: Side): number[] | null {
  const points = body.hands[side].map((point) => inPicture(frame, project(view, point)))
  if (!points.every(isInside)) return null
  const hidden = (point: Vector, skip: number) => isHidden(solids, view.place, point, skip)
  if (hidden(body.joints[`palm${side}`], 0.07) && hidden(body.hands[side][9]!, 0.06)) return null
  return points.flatMap(([x, y]) => [rounded(x, 4), rounded(y, 4)])
}

function handShape({ handAxes }: Skeleton, side: Side, shape: string | undefined) {
  const { y, z } = handAxes[side]
  const list = (v: Vector) => v.map((value) => rounded(value, 3))
  return { shape: shape ?? 'relaxed', fingers: list(y), palm: list(z) }
}

/** The geometry of one person in the pose of `spec`, framed in a square picture. */
export function geometryOf(spec: PoseSpec, framing: Framing): PoseGeometry {
  const body = solve(spec)
  const view = viewOf(spec.camera)
  const { size } = BUILDS[spec.build]
  const shot: Shot = { body, view, frame: frame(body, view, framing, spec.build), solids: solidsOf(body, size) }
  const person: PosePerson = {
    build: spec.build,
    keypoints2d: KEYPOINTS.flatMap((name) => keypoint(shot, name)),
    handLeft2d: handIn(shot, 'L'),
    handRight2d: handIn(shot, 'R'),
    joints3d: JOINTS_3D.flatMap((name) => body.joints[name].map((value) => rounded(value, 3))),
    handLeft: handShape(body, 'L', spec.arms.L.shape),
    handRight: handShape(body, 'R', spec.arms.R.shape),
  }
  return {
    people: [person],
    camera: {
      position: view.place.map((value) => rounded(value, 3)),
      pitch: spec.camera.pitch,
      focal: rounded(shot.frame.focal, 4),
      centerX: rounded(shot.frame.centerX, 4),
      centerY: rounded(shot.frame.centerY, 4),
    },
  }
}
