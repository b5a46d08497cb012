// Both arms: shoulders that follow the reach, elbows, wrists and hands.
import {
  add,
  along,
  between,
  cross,
  distance,
  lengthOf,
  reject,
  scale,
  sineCosine,
  subtract,
  unit,
  type Vector,
} from '../../render/mannequin/vector'
import { BUILDS } from './builds'
import { HAND_SHAPES, type HandShapeName, handPoints } from './hand-shapes'
import type { Skeleton } from './skeleton'
import { type ArmSpec, type Build, otherSide, SIDES, type Side } from './spec'
import { type Axes, angleOf, apply, aroundY, aroundZ, clamp, times, UPRIGHT, within } from './turns'
import { reach } from './two-bone'

const REST: ArmSpec = { t: [0.05, -0.505, 0.03], fr: 'sh' }
const PALM_METRES = 0.085
/** Degrees a wrist bends; a flat hand presses on something and bends further. */
const WRIST_MAX = 76
const FLAT_WRIST_MAX = 88

const sign = (side: Side): 1 | -1 => (side === 'L' ? 1 : -1)
const mirror = ([x, y, z]: Vector, s: number): Vector => [x * s, y, z]

/** The shoulder joint when the collarbone is lifted and drawn forward by so many degrees. */
function shoulderAt({ joints, chest }: Skeleton, side: Side, lift: number, forward: number, build: Build): Vector {
  const s = sign(side)
  const pivot: Vector = [s * 0.022, -0.042, 0.022]
  const rest = subtract([s * BUILDS[build].shoulder, -0.04, -0.004], pivot)
  const turn = times(aroundY(-s * forward), aroundZ(s * lift))
  return add(joints.neckBase, apply(chest, add(pivot, apply(turn, rest))))
}

/** Origin and axes that a target is measured in. */
function frameOf(spec: ArmSpec, body: Skeleton, side: Side, build: Build): { o: Vector; axes: Axes } {
  const { joints, chest, pelvis, head } = body
  const other = otherSide(side)
  const shoulder = () => shoulderAt(body, side, spec.shrug ?? 0, 0, build)
  switch (spec.fr ?? 'chest') {
    case 'chest':
      return { o: joints.neckBase, axes: chest }
    case 'sh':
      return { o: shoulder(), axes: chest }
    case 'shFig':
      return { o: shoulder(), axes: UPRIGHT }
    case 'pelvis':
      return { o: joints.pelvis, axes: pelvis }
    case 'pel':
      return { o: joints.pelvis, axes: UPRIGHT }
    case 'head':
      return { o: joints.headC, axes: head }
    case 'fig':
      return { o: [0, 0, 0], axes: UPRIGHT }
    case 'knee':
      return { o: joints[`knee${side}`], axes: UPRIGHT }
    case 'kneeX':
      return { o: joints[`knee${other}`], axes: UPRIGHT }
    case 'thigh':
      return { o: between(joints[`hip${side}`], joints[`knee${side}`], spec.along ?? 0.6), axes: UPRIGHT }
    case 'palmO':
      return { o: joints[`palm${other}`], axes: chest }
    case 'elbowO':
      return { o: joints[`elbow${other}`], axes: chest }
    case 'foreO':
      return { o: between(joints[`elbow${other}`], joints[`wrist${other}`], spec.along ?? 0.5), axes: chest }
  }
}

type HandAim = { fingers: Vector | undefined; palm: Vector | undefined }

function aimOf({ f, n, ffr }: ArmSpec, { chest, pelvis, head }: Skeleton, s: number): HandAim {
  const axes = ffr === 'fig' ? UPRIGHT : ffr === 'head' ? head : ffr === 'pelvis' ? pelvis : chest
  const aim = (v: Vector | undefined) => v && unit(apply(axes, mirror(v, s)))
  return { fingers: aim(f), palm: aim(n) }
}

/** Where the wrist must be for the palm or the fingertips to be where they are wanted. */
function wristTarget(spec: ArmSpec, body: Skeleton, side: Side, build: Build, aim: HandAim): Vector {
  const { o, axes } = frameOf(spec, body, side, build)
  const asked = spec.palm ?? spec.tip ?? spec.t ?? REST.t!
  const target = add(o, apply(axes, spec.abs ? asked : mirror(asked, sign(side))))
  if (!spec.palm && !spec.tip) return target
  const length = spec.palm ? PALM_METRES : (spec.tipLen ?? 0.165)
  const back = along(target, aim.fingers ?? [0, -1, 0], -length * BUILDS[build].hand)
  return aim.palm ? along(back, aim.palm, spec.palm ? -0.018 : -0.01) : back
}

/** The collarbone gives way to a raised or stretched arm, which moves the shoulder, so this settles in four rounds. */
function reachWithShoulder(spec: ArmSpec, body: Skeleton, side: Side, build: Build, target: Vector) {
  const s = sign(side)
  const { upperArm, forearm } = BUILDS[build]
  const pole = apply(body.chest, mirror(spec.pole ?? [0.45, -0.7, -0.55], s))
  const shrug = spec.shrug ?? 0
  let lift = shrug
  let forward = 0
  let shoulder = shoulderAt(body, side, lift, forward, build)
  let arm = reach(shoulder, target, [upperArm, forearm], pole)
  for (let round = 0; round < 4; round++) {
    shoulder = shoulderAt(body, side, lift, forward, build)
    arm = reach(shoulder, target, [upperArm, forearm], pole)
    const upper = within(body.chest, unit(subtract(arm.middle, shoulder)))
    const raised = angleOf(upper, [0, -1, 0])
    const far = clamp((distance(shoulder, target) - (upperArm + forearm) * 0.96) / 0.04, 0, 1)
    const across = upper[2] > 0 ? upper[0] * s * 8 : 0
    lift = shrug + clamp((raised - 65) * 0.4, 0, 32) + (spec.fr === 'sh' ? 0 : far * 2)
    forward = clamp(upper[2] * 12 - across + far * 6 * Math.max(0, upper[2]), -10, 22)
  }
  return { shoulder, ...arm }
}

/** Axes of the hand: the fingers as asked, as far as the wrist bends; a hanging palm faces the body. */
function handAxesOf(forearm: Vector, aim: HandAim, shape: HandShapeName, chest: Axes, s: number): Axes {
  let y = aim.fingers ?? forearm
  const limit = shape === 'flat' ? FLAT_WRIST_MAX : WRIST_MAX
  if (angleOf(forearm, y) > limit) {
    const [sine, cosine] = sineCosine(limit)
    y = add(scale(forearm, cosine), scale(unit(reject(y, forearm)), sine))
  }
  let z = reject(aim.palm ?? apply(chest, mirror([-1, -0.15, -0.25], s)), y)
  if (lengthOf(z) < 0.08) z = reject(apply(chest, mirror([-0.6, -0.7, 0.2], s)), y)
  z = unit(z)
  return { x: scale(cross(y, z), -s), y, z }
}

const isShape = (name: string): name is HandShapeName => name in HAND_SHAPES

/** Sets shoulders to hands of `body`. An arm that reaches for the other one is solved after it. */
export function solveArms(specs: Record<Side, ArmSpec>, build: Build, body: Skeleton): void {
  const waits = (side: Side) => /O$/.test(specs[side].fr ?? '')
  const order = waits('L') && !waits('R') ? (['R', 'L'] as const) : SIDES
  for (const side of order) {
    const s = sign(side)
    const spec = specs[side].t || specs[side].palm || specs[side].tip ? specs[side] : { ...REST, ...specs[side] }
    const aim = aimOf(spec, body, s)
    const { shoulder, middle, end, missed } = reachWithShoulder(
      spec,
      body,
      side,
      build,
      wristTarget(spec, body, side, build, aim),
    )
    const shape = isShape(spec.shape ?? '') ? (spec.shape as HandShapeName) : 'relaxed'
    const axes = handAxesOf(unit(subtract(end, middle)), aim, shape, body.chest, s)
    const { hand } = BUILDS[build]
    body.joints[`shoulder${side}`] = shoulder
    body.joints[`elbow${side}`] = middle
    body.joints[`wrist${side}`] = end
    body.joints[`palm${side}`] = add(end, add(scale(axes.y, PALM_METRES * hand), scale(axes.z, 0.02)))
    body.handAxes[side] = axes
    body.hands[side] = handPoints(shape, end, axes, hand)
    body.missed[`arm${side}`] = missed
  }
}
