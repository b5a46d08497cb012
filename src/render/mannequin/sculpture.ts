// The list of primitives, shadow casters, frames and materials that make a picture, in world coordinates.
import type { Material } from './material'
import { type Frame, place, type Vector } from './vector'

export type Cut = { point: Vector; normal: Vector }

type Common = { material: Material; frame: Frame; group: number; blend: number; carve: boolean; cut?: Cut | undefined }
export type Cone = Common & {
  kind: 'cone'
  a: Vector
  b: Vector
  ra: number
  rb: number
  /** Section thinner by `ratio` along `axis`. */
  flat?: { axis: Vector; ratio: number } | undefined
  capStart: boolean
  capEnd: boolean
}
export type Ellipsoid = Common & { kind: 'ellipsoid'; c: Vector; axes: Frame; r: Vector }
export type Box = Common & { kind: 'box'; c: Vector; axes: Frame; half: Vector; round: number }
export type Primitive = Cone | Ellipsoid | Box
/** `thin` ones (legs of furniture) shade the floor only: on people they cost more than they show. */
export type Capsule = { a: Vector; b: Vector; ra: number; rb: number; thin: boolean }

export const MAX_PRIMITIVES = 1024
export const MAX_CAPSULES = 192
export const MAX_FRAMES = 64

export type Options = {
  blend?: number
  carve?: boolean
  cut?: Cut
  flat?: { axis: Vector; ratio: number }
  capStart?: boolean
  capEnd?: boolean
  material?: Material
  frame?: Frame
}

export class Sculpture {
  readonly primitives: Primitive[] = []
  readonly capsules: Capsule[] = []
  #group = 0
  #material: Material = { colour: [200, 200, 200] }
  #frame: Frame = { o: [0, 0, 0], x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1], size: 1 }
  #size = 1

  /** Starts a group: its primitives flow into each other but not into those of other groups. Radii scale by frame.size. */
  group(material: Material, frame: Frame): this {
    this.#group += 1
    this.#material = material
    this.#frame = frame
    this.#size = frame.size
    return this
  }

  /** Goes on in the same group with another frame: its radii, and where patterns are printed. */
  inFrame(frame: Frame): this {
    this.#frame = frame
    this.#size = frame.size
    return this
  }

  #common(options: Options): Common {
    return {
      material: options.material ?? this.#material,
      frame: options.frame ?? this.#frame,
      group: this.#group,
      blend: (options.blend ?? 0) * this.#size,
      carve: options.carve ?? false,
      cut: options.cut,
    }
  }

  cone(a: Vector, b: Vector, ra: number, rb: number, options: Options = {}): this {
    this.primitives.push({
      kind: 'cone',
      ...this.#common(options),
      a,
      b,
      ra: ra * this.#size,
      rb: rb * this.#size,
      flat: options.flat,
      capStart: options.capStart ?? false,
      capEnd: options.capEnd ?? false,
    })
    return this
  }

  /** Half axes `r` along the axes of `axes`. */
  ellipsoid(c: Vector, axes: Frame, r: Vector, options: Options = {}): this {
    const k = this.#size
    this.primitives.push({ kind: 'ellipsoid', ...this.#common(options), c, axes, r: [r[0] * k, r[1] * k, r[2] * k] })
    return this
  }

  ball(c: Vector, r: number, options: Options = {}): this {
    return this.ellipsoid(c, this.#frame, [r, r, r], options)
  }

  /** Half sizes `half` before rounding by `round`. */
  box(c: Vector, axes: Frame, half: Vector, round: number, options: Options = {}): this {
    const k = this.#size
    const size: Vector = [half[0] * k, half[1] * k, half[2] * k]
    this.primitives.push({ kind: 'box', ...this.#common(options), c, axes, half: size, round: round * k })
    return this
  }

  /** A stand-in for shadows and ambient occlusion only. */
  shadow(a: Vector, b: Vector, ra: number, rb: number = ra, thin = false): this {
    this.capsules.push({ a, b, ra, rb, thin })
    return this
  }
}

/** A plane through `point` of a frame with a local normal: what lies on its positive side is cut away. */
export function cutOf(frame: Frame, point: Vector, normal: Vector): Cut {
  const o = place({ ...frame, o: [0, 0, 0], size: 1 }, normal)
  return { point: place(frame, point), normal: o }
}
