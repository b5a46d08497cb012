// Rotations of the rig: three axes, which are the columns of the matrix. Angles are degrees.
import { add, along, cross, dot, lengthOf, scale, sineCosine, unit, type Vector } from '../../render/mannequin/vector'

export type Axes = { readonly x: Vector; readonly y: Vector; readonly z: Vector }

export const UPRIGHT: Axes = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] }

const DEGREES = 180 / Math.PI

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** The vector whose coordinates along the axes are `v`. */
export const apply = (m: Axes, v: Vector): Vector => add(add(scale(m.x, v[0]), scale(m.y, v[1])), scale(m.z, v[2]))

/** The coordinates of `v` along the axes: the way back of `apply`. */
export const within = (m: Axes, v: Vector): Vector => [dot(m.x, v), dot(m.y, v), dot(m.z, v)]

export const times = (a: Axes, b: Axes): Axes => ({ x: apply(a, b.x), y: apply(a, b.y), z: apply(a, b.z) })
const relative = (a: Axes, b: Axes): Axes => ({ x: within(a, b.x), y: within(a, b.y), z: within(a, b.z) })

export function aroundX(degrees: number): Axes {
  const [s, c] = sineCosine(degrees)
  return { x: [1, 0, 0], y: [0, c, s], z: [0, -s, c] }
}

export function aroundY(degrees: number): Axes {
  const [s, c] = sineCosine(degrees)
  return { x: [c, 0, -s], y: [0, 1, 0], z: [s, 0, c] }
}

export function aroundZ(degrees: number): Axes {
  const [s, c] = sineCosine(degrees)
  return { x: [c, s, 0], y: [-s, c, 0], z: [0, 0, 1] }
}

export type Angles = { yaw: number; pitch: number; roll: number }

/** Yaw turns to the left, pitch nods forward, roll tips to the right shoulder's side of the picture. */
export const turned = (yaw: number, pitch: number, roll: number): Axes =>
  times(times(aroundY(yaw), aroundX(pitch)), aroundZ(roll))

/** How `b` is turned as seen from `a`. */
export function anglesBetween(a: Axes, b: Axes): Angles {
  const { x, y, z } = relative(a, b)
  return {
    yaw: Math.atan2(z[0], z[2]) * DEGREES,
    pitch: Math.asin(clamp(-z[1], -1, 1)) * DEGREES,
    roll: Math.atan2(x[1], y[1]) * DEGREES,
  }
}

/** Axes that look along `forward` with the head up. */
export function facing(forward: Vector): Axes {
  const z = unit(forward)
  const x = unit(cross([0, 1, 0], z), [1, 0, 0])
  return { x, y: cross(z, x), z }
}

/** The turn that is `share` of the way from `a` to `b`. */
export function partWay(a: Axes, b: Axes, share: number): Axes {
  const { x, y, z } = relative(a, b)
  const angle = Math.acos(clamp((x[0] + y[1] + z[2] - 1) / 2, -1, 1))
  if (angle < 1e-6) return a
  const axis = unit([y[2] - z[1], z[0] - x[2], x[1] - y[0]])
  return times(a, aroundAxis(axis, angle * share))
}

function aroundAxis(axis: Vector, radians: number): Axes {
  const [s, c] = sineCosine(radians * DEGREES)
  const turn = (v: Vector): Vector => along(along(scale(v, c), cross(axis, v), s), axis, dot(axis, v) * (1 - c))
  return { x: turn([1, 0, 0]), y: turn([0, 1, 0]), z: turn([0, 0, 1]) }
}

/** Degrees between two directions. */
export const angleOf = (a: Vector, b: Vector): number =>
  Math.acos(clamp(dot(a, b) / (lengthOf(a) * lengthOf(b) || 1), -1, 1)) * DEGREES
