import type { RgbProfile } from './icc-profile'

/** sRGB's red, green and blue (IEC 61966-2-1), adapted from D65 to D50 by Bradford's matrix (ICC.1:2022 Annex E), by row. */
const SRGB_TO_XYZ = [
  ...[0.4360747, 0.3850649, 0.1430804],
  ...[0.2225045, 0.7168786, 0.0606169],
  ...[0.0139322, 0.0971045, 0.7141733],
]
/** The same of P3 with a white of D65 (SMPTE EG 432-1; ITU-T H.273 colour primaries 12). */
const P3_TO_XYZ = [
  ...[0.5151187, 0.2919778, 0.1571035],
  ...[0.2411892, 0.6922441, 0.0665668],
  ...[-0.0010505, 0.0418791, 0.7840713],
]

/** sRGB's curve, 0..1 to light and back (IEC 61966-2-1). */
const toLight = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const fromLight = (light: number): number => (light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055)

const SRGB_CURVE = Float64Array.from({ length: 256 }, (_, i) => toLight(i / 255))

/** What Apple calls Display P3: P3's colours with sRGB's curve. */
export const DISPLAY_P3: RgbProfile = { curves: [SRGB_CURVE, SRGB_CURVE, SRGB_CURVE], toXyz: P3_TO_XYZ }

/** 14 bits of light: near black sRGB is steep, one step is a tenth of a level there. */
const LIGHT_STEPS = 16_383
const BYTE_OF_LIGHT = Uint8Array.from({ length: LIGHT_STEPS + 1 }, (_, i) =>
  Math.round(fromLight(i / LIGHT_STEPS) * 255),
)

/**
 * Pixels of a profile made sRGB, in place: to light by the profile's curves, to sRGB's colours by one matrix, clipped to
 * what sRGB can show (relative colorimetric), and back by sRGB's curve. Tables only: about 12 ns a pixel.
 */
export function convertToSrgb(rgba: Uint8Array, { curves, toXyz }: RgbProfile): void {
  const [red, green, blue] = curves
  const matrix = product(inverse(SRGB_TO_XYZ), toXyz).map((value) => value * LIGHT_STEPS)
  const [rr, rg, rb, gr, gg, gb, br, bg, bb] = matrix as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  for (let at = 0; at < rgba.length; at += 4) {
    const r = red[rgba[at]!]!
    const g = green[rgba[at + 1]!]!
    const b = blue[rgba[at + 2]!]!
    rgba[at] = byteOf(rr * r + rg * g + rb * b)
    rgba[at + 1] = byteOf(gr * r + gg * g + gb * b)
    rgba[at + 2] = byteOf(br * r + bg * g + bb * b)
  }
}

const byteOf = (light: number): number =>
  BYTE_OF_LIGHT[light < 0 ? 0 : light > LIGHT_STEPS ? LIGHT_STEPS : (light + 0.5) | 0]!

/** Whether converting would change nothing that anybody could see: no colour of a coarse cube by more than one level. */
export function isSrgb(profile: RgbProfile): boolean {
  const levels = [0, 51, 102, 153, 204, 255]
  const cube = Uint8Array.from(levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b, 255]))))
  const converted = cube.slice()
  convertToSrgb(converted, profile)
  return cube.every((value, i) => Math.abs(value - converted[i]!) <= 1)
}

/** Of 3 x 3 matrices by row. */
const product = (a: number[], b: number[]): number[] =>
  [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => [0, 1, 2].reduce((sum, k) => sum + a[row * 3 + k]! * b[k * 3 + column]!, 0)),
  )

/** By cofactors. */
function inverse(matrix: number[]): number[] {
  const [a, b, c, d, e, f, g, h, i] = matrix as [number, number, number, number, number, number, number, number, number]
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ]
  const determinant = a * cofactors[0]! + b * cofactors[3]! + c * cofactors[6]!
  return cofactors.map((value) => value / determinant)
}
