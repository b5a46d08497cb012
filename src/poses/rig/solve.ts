// A pose spec becomes a figure in the world: legs, spine, head, arms, then turned and scaled to its build.
import { add, between, scale, type Vector } from '../../render/mannequin/vector'
import { solveArms } from './arms'
import { BUILDS } from './builds'
import { headAxes, placeHead } from './head'
import { pelvisAxes, solveLegs } from './legs'
import type { JointName, Joints, Skeleton } from './skeleton'
import { type PoseSpec, SIDES, type SpineSpec } from './spec'
import { type Axes, apply, aroundY, times, turned, UPRIGHT } from './turns'

/** The spine bends at three places; each takes its share. */
function spineAxes(pelvis: Axes, { bend = 0, side = 0, twist = 0 }: SpineSpec): [Axes, Axes, Axes] {
  const lower = times(pelvis, turned(twist * 0.25, bend * 0.45, -side * 0.4))
  const upper = times(lower, turned(twist * 0.4, bend * 0.35, -side * 0.35))
  return [lower, upper, times(upper, turned(twist * 0.35, bend * 0.2, -side * 0.25))]
}

function lookedAt({ joints }: Skeleton, look: PoseSpec['head']['look']): Vector {
  if (look === 'handL') return joints.palmL
  if (look === 'handR') return joints.palmR
  return between(joints.palmL, joints.palmR, 0.5)
}

/** The figure in its own frame: the person faces +z, metres of a person of 1.70 m. */
function solveFigure(spec: PoseSpec): Skeleton {
  const { stance, build, head, arms } = spec
  const pelvis = pelvisAxes(stance.pelvis ?? {})
  const [lower, upper, chest] = spineAxes(pelvis, stance.spine ?? {})
  const joints = {} as Joints
  const legs = solveLegs(stance, pelvis, build, joints)
  const long = BUILDS[build].spine
  joints.spine1 = add(joints.pelvis, apply(pelvis, scale([0, 0.11, 0.012], long)))
  joints.spine2 = add(joints.spine1, apply(lower, scale([0, 0.175, -0.02], long)))
  joints.neckBase = add(joints.spine2, apply(upper, scale([0, 0.225, 0], long)))
  const body: Skeleton = {
    joints,
    hands: { L: [], R: [] },
    handAxes: { L: UPRIGHT, R: UPRIGHT },
    pelvis,
    chest,
    head: chest,
    missed: { legL: legs.L, legR: legs.R, armL: 0, armR: 0 },
  }
  const camera = { spec: spec.camera, turn: spec.turn }
  const face = (target: Vector | undefined) => {
    body.head = headAxes(head, chest, joints.neckBase, camera, target)
    placeHead(joints, chest, body.head)
    solveArms(arms, build, body)
  }
  face(undefined)
  // Where the hands are is known only now.
  if (head.look !== 'cam' && head.look !== 'rel') face(lookedAt(body, head.look))
  joints.neck = between(joints.shoulderL, joints.shoulderR, 0.5)
  return body
}

/** The figure of `spec` in the world frame: metres, x right in the picture, y up, z towards the camera. */
export function solve(spec: PoseSpec): Skeleton {
  const figure = solveFigure(spec)
  const turn = aroundY(spec.turn)
  const { size } = BUILDS[spec.build]
  const move = (point: Vector): Vector => scale(apply(turn, point), size)
  for (const name of Object.keys(figure.joints) as JointName[]) figure.joints[name] = move(figure.joints[name])
  for (const side of SIDES) {
    figure.hands[side] = figure.hands[side].map(move)
    figure.handAxes[side] = times(turn, figure.handAxes[side])
  }
  figure.pelvis = times(turn, figure.pelvis)
  figure.chest = times(turn, figure.chest)
  figure.head = times(turn, figure.head)
  return figure
}
