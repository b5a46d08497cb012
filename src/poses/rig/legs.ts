// From the floor up: where feet stand, how high the pelvis is, and both legs.
import {
  add,
  along,
  lengthOf,
  reject,
  scale,
  sineCosine,
  subtract,
  unit,
  type Vector,
} from '../../render/mannequin/vector'
import { BUILDS, FOOT } from './builds'
import type { Joints } from './skeleton'
import { type Build, type LegSpec, type PelvisSpec, SIDES, type Side, type Stance } from './spec'
import { type Axes, apply, aroundX, aroundY, aroundZ, times, turned } from './turns'
import { reach } from './two-bone'

const UP: Vector = [0, 1, 0]
const NEUTRAL_LEG: LegSpec = { foot: [0.09, 0], yaw: 8 }
const sign = (side: Side): 1 | -1 => (side === 'L' ? 1 : -1)
const mirror = ([x, y, z]: Vector, s: number): Vector => [x * s, y, z]

export const pelvisAxes = ({ yaw = 0, tilt = 0, list = 0, rx }: PelvisSpec): Axes =>
  rx === undefined ? turned(yaw, tilt, list) : times(aroundY(yaw), times(aroundX(rx), aroundZ(list)))

/** A foot on the floor: its points and the direction it shows. */
type Foot = { ankle: Vector; heel: Vector; toe: Vector; ahead: Vector }

function standingFoot({ foot = [0.09, 0], y = 0, yaw = 8, heel = 0 }: LegSpec, s: number): Foot {
  const [sine, cosine] = sineCosine(yaw * s)
  const ahead: Vector = [sine, 0, cosine]
  const place: Vector = [s * foot[0], y, foot[1]]
  const [rise, flat] = sineCosine(Math.abs(heel))
  if (heel < 0) {
    const back = along(place, ahead, -FOOT.heel)
    const sole = add(scale(ahead, flat), scale(UP, rise))
    const up = add(scale(UP, flat), scale(ahead, -rise))
    const ankle = add(back, add(scale(sole, FOOT.heel), scale(up, FOOT.ankle)))
    return { ankle, heel: back, toe: along(back, sole, FOOT.toe + FOOT.heel), ahead }
  }
  const ball = along(place, ahead, FOOT.ball)
  const sole = add(scale(ahead, flat), scale(UP, -rise))
  const up = add(scale(UP, flat), scale(ahead, rise))
  return {
    ankle: add(ball, add(scale(sole, -FOOT.ball), scale(up, FOOT.ankle))),
    heel: along(ball, sole, -(FOOT.ball + FOOT.heel)),
    toe: along(ball, ahead, FOOT.toe - FOOT.ball),
    ahead,
  }
}

/** The height at which the legs that bear the weight are bent by `flex` degrees. */
function pelvisHeight(stance: Stance, axes: Axes, feet: Partial<Record<Side, Foot>>, build: Build): number {
  const { thigh, shank, hip } = BUILDS[build]
  const { x = 0, z = 0 } = stance.pelvis ?? {}
  const bent = sineCosine(stance.flex ?? 5)[1]
  const length = Math.sqrt(thigh * thigh + shank * shank + 2 * thigh * shank * bent)
  const heights = SIDES.flatMap((side) => {
    const foot = feet[side]
    const bears = (stance.w ?? 'B') === 'B' || stance.w === side
    if (!foot || !bears) return []
    const offset = apply(axes, [sign(side) * hip, 0, 0])
    const dx = x + offset[0] - foot.ankle[0]
    const dz = z + offset[2] - foot.ankle[2]
    return [foot.ankle[1] + Math.sqrt(Math.max(0.01, length * length - dx * dx - dz * dz)) - offset[1]]
  })
  return heights.length > 0 ? Math.min(...heights) : 0.9
}

type Leg = { knee: Vector; ankle: Vector; ahead: Vector; up: Vector; missed: number }

function legByAngles(spec: LegSpec, hip: Vector, pelvis: Axes, s: number, build: Build): Leg {
  const { flex = 0, abd = 0, rot = 0, knee: bend = 0 } = spec.fk ?? {}
  const { thigh, shank } = BUILDS[build]
  const upper = times(pelvis, times(times(aroundZ(s * abd), aroundX(-flex)), aroundY(s * rot)))
  const lower = times(upper, aroundX(bend))
  const knee = along(hip, upper.y, -thigh)
  const ankle = along(knee, lower.y, -shank)
  const [down, level] = sineCosine(spec.pt ?? 25)
  const ahead = unit(add(scale(lower.z, level), scale(lower.y, -down)))
  return { knee, ankle, ahead, up: unit(reject(lower.y, ahead)), missed: 0 }
}

function legByAnkle(spec: LegSpec, hip: Vector, pelvis: Axes, s: number, build: Build): Leg {
  const { thigh, shank } = BUILDS[build]
  const pole = spec.knee ? mirror(spec.knee, s) : pelvis.z
  const { middle, end, missed } = reach(hip, mirror(spec.ankle ?? [0.09, 0.08, 0], s), [thigh, shank], pole)
  const shin = unit(subtract(end, middle))
  const front = unit(reject(pole, shin))
  const [down, level] = sineCosine(spec.pt ?? 20)
  const ahead = unit(spec.dir ? mirror(spec.dir, s) : add(scale(front, level), scale(shin, down)))
  let up = reject(scale(shin, -1), ahead)
  if (lengthOf(up) < 0.15) up = reject(front, ahead)
  if (spec.sole) up = reject(scale(mirror(spec.sole, s), -1), ahead)
  return { knee: middle, ankle: end, ahead, up: unit(up), missed }
}

/** Sets pelvis, hips, knees, ankles, heels and toes of `joints`; answers how far each leg missed its place. */
export function solveLegs(stance: Stance, axes: Axes, build: Build, joints: Joints): Record<Side, number> {
  const { x = 0, z = 0, h } = stance.pelvis ?? {}
  const legs = stance.legs ?? { L: NEUTRAL_LEG, R: NEUTRAL_LEG }
  const feet: Partial<Record<Side, Foot>> = {}
  for (const side of SIDES) if (legs[side].foot) feet[side] = standingFoot(legs[side], sign(side))
  joints.pelvis = [x, h ?? pelvisHeight(stance, axes, feet, build), z]
  const missed = { L: 0, R: 0 }
  for (const side of SIDES) {
    const s = sign(side)
    const spec = legs[side]
    const hip = add(joints.pelvis, apply(axes, [s * BUILDS[build].hip, 0, 0]))
    const foot = feet[side]
    joints[`hip${side}`] = hip
    if (foot) {
      const pole = spec.knee ? mirror(spec.knee, s) : along(foot.ahead, axes.z, 0.35)
      const leg = reach(hip, foot.ankle, [BUILDS[build].thigh, BUILDS[build].shank], pole)
      const off = subtract(leg.end, foot.ankle)
      joints[`knee${side}`] = leg.middle
      joints[`ankle${side}`] = leg.end
      joints[`heel${side}`] = add(foot.heel, off)
      joints[`toe${side}`] = add(foot.toe, off)
      missed[side] = leg.missed
    } else {
      const leg = (spec.fk ? legByAngles : legByAnkle)(spec, hip, axes, s, build)
      joints[`knee${side}`] = leg.knee
      joints[`ankle${side}`] = leg.ankle
      joints[`heel${side}`] = add(leg.ankle, add(scale(leg.ahead, -FOOT.heel), scale(leg.up, -FOOT.ankle)))
      joints[`toe${side}`] = add(leg.ankle, add(scale(leg.ahead, FOOT.toe), scale(leg.up, -FOOT.ankle)))
      missed[side] = leg.missed
    }
  }
  return missed
}
