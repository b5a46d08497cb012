// Plain 3D vectors: x right, y up, z towards the camera, metres.

export type Vector = readonly [number, number, number]

export const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
export const scale = (a: Vector, k: number): Vector => [a[0] * k, a[1] * k, a[2] * k]
/** a + b * k */
export const along = (a: Vector, b: Vector, k: number): Vector => [a[0] + b[0] * k, a[1] + b[1] * k, a[2] + b[2] * k]
export const between = (a: Vector, b: Vector, t: number): Vector => along(a, subtract(b, a), t)
export const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
export const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
]
export const lengthOf = (a: Vector): number => Math.sqrt(dot(a, a))
export const distance = (a: Vector, b: Vector): number => lengthOf(subtract(a, b))

/** Unit vector of `a`, or `fallback` when `a` has no direction. */
export function unit(a: Vector, fallback: Vector = [0, 1, 0]): Vector {
  const length = lengthOf(a)
  return length > 1e-9 ? scale(a, 1 / length) : fallback
}

/** The part of `a` at right angles to the unit vector `axis`. */
export const reject = (a: Vector, axis: Vector): Vector => along(a, axis, -dot(a, axis))

/** Sine and cosine of degrees from their power series: the same bits in every engine, unlike Math.sin. */
export function sineCosine(degrees: number): [number, number] {
  const quarters = Math.round(degrees / 90)
  const x = ((degrees - quarters * 90) * Math.PI) / 180
  const x2 = x * x
  const sine = x * (1 - (x2 / 6) * (1 - (x2 / 20) * (1 - (x2 / 42) * (1 - (x2 / 72) * (1 - x2 / 110)))))
  const cosine = 1 - (x2 / 2) * (1 - (x2 / 12) * (1 - (x2 / 30) * (1 - (x2 / 56) * (1 - x2 / 90))))
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return [sine, cosine]
    case 1:
      return [cosine, -sine]
    case 2:
      return [-sine, -cosine]
    default:
      return [-cosine, sine]
  }
}

/** A right-handed local frame: x to the subject's left, y up, z forward; `size` scales local lengths. */
export type Frame = {
  readonly o: Vector
  readonly x: Vector
  readonly y: Vector
  readonly z: Vector
  readonly size: number
}

/** World position of a local point. */
export function place(frame: Frame, p: Vector): Vector {
  const { o, x, y, z, size } = frame
  const [a, b, c] = [p[0] * size, p[1] * size, p[2] * size]
  return [
    o[0] + x[0] * a + y[0] * b + z[0] * c,
    o[1] + x[1] * a + y[1] * b + z[1] * c,
    o[2] + x[2] * a + y[2] * b + z[2] * c,
  ]
}

/** Frame from a trusted up axis and a rough axis to the subject's left. */
export function frameFromUp(o: Vector, up: Vector, left: Vector, size: number): Frame {
  const y = unit(up)
  const x = unit(reject(left, y), [1, 0, 0])
  return { o, x, y, z: cross(x, y), size }
}

/** Frame from a trusted axis to the subject's left and a rough up axis. */
export function frameFromLeft(o: Vector, left: Vector, up: Vector, size: number): Frame {
  const x = unit(left, [1, 0, 0])
  const y = unit(reject(up, x))
  return { o, x, y, z: cross(x, y), size }
}
