/**
 * How a picture's RGB becomes light: three curves (256 values of 0..1 each) and the colours of full red, green and blue as
 * XYZ columns under D50, row by row: what ICC calls a three-component matrix-based profile (ICC.1:2022 section 8.3.3).
 */
export type RgbProfile = { curves: [Float64Array, Float64Array, Float64Array]; toXyz: number[] }

const HEADER_BYTES = 128
const MAX_TAGS = 100
const MAX_CURVE_POINTS = 65_536
/** D50 as the profile connection space has it, section 7.2.16; a profile's three colours must add up to about this. */
const D50 = [0.9642, 1, 0.8249] as const
const WHITE_TOLERANCE = 0.05

/**
 * A matrix-based RGB profile; null for what is none: profiles of printers and scanners (tables), CMYK, grey, damaged or
 * made-up ones. Reads nothing outside of `bytes`, whatever the offsets in it say.
 */
export function parseProfile(bytes: Uint8Array): RgbProfile | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < HEADER_BYTES + 4 || word(36) !== 'acsp' || word(16) !== 'RGB ' || word(20) !== 'XYZ ') return null
  const tags = new Map<string, DataView>()
  const count = Math.min(view.getUint32(HEADER_BYTES), MAX_TAGS)
  for (let i = 0, at = HEADER_BYTES + 4; i < count && at + 12 <= bytes.length; i++, at += 12) {
    const [offset, size] = [view.getUint32(at + 4), view.getUint32(at + 8)]
    if (offset + size <= bytes.length) tags.set(word(at), new DataView(bytes.buffer, bytes.byteOffset + offset, size))
  }
  const columns = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readXyz(tags.get(name)))
  const curves = ['rTRC', 'gTRC', 'bTRC'].map((name) => readCurve(tags.get(name)))
  const [r, g, b] = columns
  const [red, green, blue] = curves
  if (!r || !g || !b || !red || !green || !blue) return null
  const isPlausible = D50.every((white, i) => Math.abs(r[i]! + g[i]! + b[i]! - white) < WHITE_TOLERANCE)
  if (!isPlausible) return null
  return { curves: [red, green, blue], toXyz: [0, 1, 2].flatMap((i) => [r[i]!, g[i]!, b[i]!]) }
}

const typeOf = (tag: DataView): string => String.fromCharCode(...[0, 1, 2, 3].map((at) => tag.getUint8(at)))

/** s15Fixed16Number, section 4.6. */
const fixed = (tag: DataView, at: number): number => tag.getInt32(at) / 65_536

/** XYZType, section 10.31. */
function readXyz(tag: DataView | undefined): number[] | null {
  if (!tag || tag.byteLength < 20 || typeOf(tag) !== 'XYZ ') return null
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)]
}

/** curveType (section 10.6) or parametricCurveType (10.18) at the 256 values of a byte. */
function readCurve(tag: DataView | undefined): Float64Array | null {
  if (!tag || tag.byteLength < 12) return null
  const curve = typeOf(tag) === 'curv' ? sampledCurve(tag) : typeOf(tag) === 'para' ? parametricCurve(tag) : null
  if (!curve) return null
  const values = Float64Array.from({ length: 256 }, (_, i) => Math.min(1, Math.max(0, curve(i / 255))))
  return values.some(Number.isNaN) ? null : values
}

type Curve = (x: number) => number

function sampledCurve(tag: DataView): Curve | null {
  const count = tag.getUint32(8)
  if (count > MAX_CURVE_POINTS || tag.byteLength < 12 + count * 2) return null
  if (count === 0) return (x) => x
  if (count === 1) {
    const gamma = tag.getUint16(12) / 256 // u8Fixed8Number
    return (x) => x ** gamma
  }
  const point = (i: number) => tag.getUint16(12 + Math.min(i, count - 1) * 2) / 65_535
  return (x) => {
    const [at, part] = [Math.floor(x * (count - 1)), (x * (count - 1)) % 1]
    return point(at) * (1 - part) + point(at + 1) * part
  }
}

/** Parameters of function types 0 to 4, Table 68. */
const PARAMETERS = [1, 3, 4, 5, 7]

function parametricCurve(tag: DataView): Curve | null {
  const type = tag.getUint16(8)
  const count = PARAMETERS[type]
  if (count === undefined || tag.byteLength < 12 + count * 4) return null
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) =>
    fixed(tag, 12 + i * 4),
  )
  const power: Curve = (x) => Math.max(0, a * x + b) ** g
  if (type === 0) return (x) => x ** g
  if (type === 1) return (x) => (x >= -b / a ? power(x) : 0)
  if (type === 2) return (x) => (x >= -b / a ? power(x) : 0) + c
  return (x) => (x >= d ? power(x) + e : c * x + f)
}
