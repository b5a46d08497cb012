// Surface materials as the kernel reads them (assembly/mannequin/paint.ts). Colours are 0..255 sRGB here; the kernel
// works in squared (gamma 2) light.

export type Rgb = readonly [number, number, number]

/** Painters of the kernel, by number. */
export const PAINT = {
  plain: 0,
  face: 1,
  hair: 2,
  stripes: 3,
  batik: 4,
  check: 5,
  dots: 6,
  floral: 7,
  shoe: 8,
  wood: 9,
  label: 10,
  shirt: 11,
  screen: 12,
} as const
export type Paint = keyof typeof PAINT

export type Material = {
  colour: Rgb
  paint?: Paint
  /** Strength of the highlight, 0..1. */
  specular?: number
  /** Sharpness of the highlight: its exponent is 2^power, power 0..7. */
  power?: number
  /** How far light wraps around the form, 0..1. */
  wrap?: number
  /** Depth of cloth folds, 0..1. */
  folds?: number
  second?: Rgb
  /** Meaning depends on the painter: repeats per metre, height of a sole or of a label, make-up of a face (0..1). */
  scale?: number
  /** Blood under the surface, 0..1: shadows turn warm. */
  warmth?: number
  /** Soft light at grazing angles (velvet, knit); half width of a screen. */
  sheen?: number
  /** False for scenery that is not part of the mask. */
  masked?: boolean
  /** A material that lends a third colour. */
  third?: Material
}

export const MATERIAL_FLOATS = 16
export const MAX_MATERIALS = 128

const light = (value: number): number => (value / 255) * (value / 255)

/** Writes one material; `thirdIndex` is the table index of `material.third`. */
export function writeMaterial(
  floats: Float32Array,
  ints: Int32Array,
  at: number,
  material: Material,
  thirdIndex: number,
): void {
  const { colour, second = colour } = material
  floats.set(colour.map(light), at)
  ints[at + 3] = PAINT[material.paint ?? 'plain']
  floats[at + 4] = material.specular ?? 0.03
  floats[at + 5] = material.power ?? 3
  floats[at + 6] = material.wrap ?? 0.15
  floats[at + 7] = material.folds ?? 0
  floats.set(second.map(light), at + 8)
  floats[at + 11] = material.scale ?? 1
  floats[at + 12] = material.warmth ?? 0
  floats[at + 13] = material.sheen ?? 0
  floats[at + 14] = material.masked === false ? 0 : 1
  floats[at + 15] = thirdIndex
}
