// Which points the lens sees. The body is capsules and ellipsoids of about the mannequin's thickness.
import { add, along, between, dot, lengthOf, scale, subtract, unit, type Vector } from '../../render/mannequin/vector'
import type { Skeleton } from './skeleton'
import { SIDES } from './spec'
import { type Axes, apply, within } from './turns'

type Capsule = { from: Vector; to: Vector; radius: number }
type Ellipsoid = { centre: Vector; axes: Axes; radii: Vector }
export type Solids = { capsules: Capsule[]; ellipsoids: Ellipsoid[]; size: number }

/** The body of a figure whose build is `size` times the neutral one. */
export function solidsOf({ joints, pelvis, chest, head, hands }: Skeleton, size: number): Solids {
  const capsule = (from: Vector, to: Vector, radius: number): Capsule => ({ from, to, radius: radius * size })
  const ellipsoid = (at: Vector, axes: Axes, offset: Vector, radii: Vector): Ellipsoid => ({
    centre: add(at, apply(axes, scale(offset, size))),
    axes,
    radii: scale(radii, size),
  })
  const limbs = SIDES.flatMap((side) => {
    const [shoulder, elbow, wrist] = [joints[`shoulder${side}`], joints[`elbow${side}`], joints[`wrist${side}`]]
    const [hip, knee, ankle] = [joints[`hip${side}`], joints[`knee${side}`], joints[`ankle${side}`]]
    const knuckles = hands[side][9] ?? wrist
    return [
      capsule(between(joints.neckBase, shoulder, 0.25), between(joints.neckBase, shoulder, 0.9), 0.05),
      capsule(shoulder, elbow, 0.042),
      capsule(elbow, wrist, 0.031),
      capsule(wrist, knuckles, 0.026),
      capsule(knuckles, hands[side][11] ?? knuckles, 0.018),
      capsule(hip, between(hip, knee, 0.45), 0.076),
      capsule(between(hip, knee, 0.45), knee, 0.06),
      capsule(knee, between(knee, ankle, 0.5), 0.05),
      capsule(between(knee, ankle, 0.5), ankle, 0.037),
      capsule(joints[`heel${side}`], joints[`toe${side}`], 0.03),
    ]
  })
  return {
    size,
    capsules: [...limbs, capsule(joints.neckBase, joints.skull, 0.05)],
    ellipsoids: [
      ellipsoid(joints.pelvis, pelvis, [0, 0.035, -0.008], [0.148, 0.095, 0.1]),
      ellipsoid(joints.spine1, pelvis, [0, 0.05, 0.006], [0.121, 0.13, 0.09]),
      ellipsoid(joints.spine2, chest, [0, 0.075, 0.012], [0.14, 0.155, 0.108]),
      ellipsoid(joints.headC, head, [0, 0.03, -0.012], [0.073, 0.088, 0.093]),
      ellipsoid(joints.headC, head, [0, -0.05, 0.045], [0.048, 0.055, 0.045]),
    ],
  }
}

const RAY_METRES = 2.2

/** Squared distance between the segment p to p + d (metres) and the axis of a capsule. */
function gapSquared(p: Vector, d: Vector, { from, to }: Capsule): number {
  const axis = subtract(to, from)
  const r = subtract(p, from)
  const [a, e, f, b, c] = [dot(d, d), dot(axis, axis), dot(axis, r), dot(d, axis), dot(d, r)]
  const limit = (x: number) => Math.min(1, Math.max(0, x))
  const spread = a * e - b * b
  let s = spread > 1e-9 ? limit((b * f - c * e) / spread) : 0
  let t = e > 1e-9 ? (b * s + f) / e : 0
  if (t < 0 || t > 1) {
    t = limit(t)
    s = limit((b * t - c) / a)
  }
  const gap = subtract(along(p, d, s), along(from, axis, t))
  return dot(gap, gap)
}

function meets(p: Vector, d: Vector, { centre, axes, radii }: Ellipsoid): boolean {
  const o = within(axes, subtract(p, centre)).map((v, i) => v / radii[i]!) as [number, number, number]
  const r = within(axes, d).map((v, i) => v / radii[i]!) as [number, number, number]
  const t = Math.min(1, Math.max(0, -dot(o, r) / dot(r, r)))
  return lengthOf(along(o, r, t)) < 1
}

/** Is something between `point` and the lens? The first `skip` metres are the point's own limb. */
export function isHidden(solids: Solids, lens: Vector, point: Vector, skip: number): boolean {
  const ray = unit(subtract(lens, point))
  const start = along(point, ray, skip * solids.size)
  const path = scale(ray, RAY_METRES)
  return (
    solids.capsules.some((capsule) => gapSquared(start, path, capsule) < capsule.radius ** 2) ||
    solids.ellipsoids.some((ellipsoid) => meets(start, path, ellipsoid))
  )
}

/** Nose and eyes are seen while they face the lens; an ear while the skull is not before it. */
export function isFaceSeen({ joints, head }: Skeleton, lens: Vector, name: string, size: number): boolean {
  const gaze = unit(subtract(lens, joints.headC))
  if (name === 'nose') return dot(gaze, head.z) > -0.26
  const side = name.endsWith('L') ? 1 : -1
  if (name.startsWith('eye')) return dot(gaze, head.x) * side * 0.45 + dot(gaze, head.z) * 0.89 > 0.02
  const skull = along(joints.headC, head.y, 0.012 * size)
  const ear = along(side === 1 ? joints.earL : joints.earR, head.x, side * 0.014 * size)
  const ray = unit(subtract(lens, ear))
  const radii = [0.073 * size, 0.103 * size, 0.094 * size]
  const inSkull = (v: Vector) => within(head, v).map((value, i) => value / radii[i]!) as [number, number, number]
  const o = inSkull(subtract(along(ear, ray, 0.004), skull))
  const d = inSkull(ray)
  const [a, b, c] = [dot(d, d), 2 * dot(o, d), dot(o, o) - 0.985]
  const root = b * b - 4 * a * c
  if (root <= 0) return true
  const [near, far] = [(-b - Math.sqrt(root)) / (2 * a), (-b + Math.sqrt(root)) / (2 * a)]
  return !(far > 0 && far - Math.max(near, 0) > 0.012 * size)
}
