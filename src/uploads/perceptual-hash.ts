import type { ImageKernel } from '../render/image/kernel'
import type { DecodedImage } from '../render/image/png-decode'

/** 64 bits as 16 hex digits. `mirrored` is the hash that the picture would have from left to right. */
export type PerceptualHash = { hash: string; mirrored: string }

/** Shrunk to this side, of whose waves the lowest 8 x 8 count. */
const SIDE = 32
const WAVES = 8
/** Waves weaker than what rounding to whole levels makes are no waves: else noise would decide their bits. */
const NOISE = 40

/** Of two hashes: what is one picture in other words (size, quality, brightness), and what looks much like it. */
export const MAX_DUPLICATE_DISTANCE = 6
export const MAX_SIMILAR_DISTANCE = 10

/**
 * pHash (Zauner 2010, section 3.2.1): the picture shrunk to 32 x 32 of grey, its cosine transform, and of the 64 longest
 * waves which are stronger than their median. Null for a picture without detail: all of them would look the same.
 */
export function perceptualHash(kernel: ImageKernel, { rgba, width, height }: DecodedImage): PerceptualHash | null {
  const small = kernel.resize(rgba, width, height, { x: 0, y: 0, width, height }, SIDE, SIDE)
  const waves = lowWaves(luma(small)).map((wave) => (Math.abs(wave) < NOISE ? 0 : wave))
  if (waves.every((wave, i) => i === 0 || wave === 0)) return null
  // From left to right every odd wave of a row swaps its crests and troughs.
  const mirrored = waves.map((wave, i) => (i % 2 === 1 ? -wave : wave))
  return { hash: aboveMedian(waves), mirrored: aboveMedian(mirrored) }
}

/** Bits that two hashes do not share, 0 to 64. */
export function hashDistance(a: string, b: string): number {
  const differing = (from: number) =>
    bitCount(Number.parseInt(a.slice(from, from + 8), 16) ^ Number.parseInt(b.slice(from, from + 8), 16))
  return differing(0) + differing(8)
}

/** Grey by ITU-R BT.601, over white where it is transparent. */
const luma = (rgba: Uint8Array): Float64Array =>
  Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [r = 0, g = 0, b = 0, alpha = 0] = rgba.subarray(i * 4, i * 4 + 4)
    return 255 + ((0.299 * r + 0.587 * g + 0.114 * b - 255) * alpha) / 255
  })

const COSINES = Array.from({ length: WAVES }, (_, wave) =>
  Float64Array.from({ length: SIDE }, (_, at) => Math.cos(((2 * at + 1) * wave * Math.PI) / (2 * SIDE))),
)

/** The 8 x 8 lowest coefficients of the cosine transform (DCT-II, not scaled), by row. */
function lowWaves(grey: Float64Array): number[] {
  const rows = Array.from({ length: SIDE }, (_, y) =>
    COSINES.map((cosine) => dot(cosine, grey.subarray(y * SIDE, y * SIDE + SIDE))),
  )
  return COSINES.flatMap((cosine) =>
    COSINES.map((_, wave) =>
      dot(
        cosine,
        Float64Array.from(rows, (row) => row[wave]!),
      ),
    ),
  )
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

function aboveMedian(waves: number[]): string {
  const sorted = [...waves].sort((a, b) => a - b)
  const median = (sorted[31]! + sorted[32]!) / 2
  const digit = (from: number) =>
    waves.slice(from, from + 4).reduce((bits, wave) => bits * 2 + (wave > median ? 1 : 0), 0)
  return Array.from({ length: 16 }, (_, i) => digit(i * 4).toString(16)).join('')
}

/** Bits set in 32, added up in halves. */
function bitCount(value: number): number {
  const pairs = value - ((value >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
