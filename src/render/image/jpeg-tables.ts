/** Zig-zag order: place k of the sequence is coefficient ZIGZAG[k] of the block (T.81 Figure A.6). */
export const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]

/** T.81 Table K.1. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
]

/** T.81 Table K.2. */
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
]

/** Output scale of coefficient u of the Arai-Agui-Nakajima DCT: cos(u*pi/16) * sqrt(2), 1 for u = 0. */
const AAN_SCALE = [1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.5411961, 0.275899379]

/** Samples enter the DCT times 16 (assembly/image/jpeg-color.ts) and its two passes leave them times 8. */
const TRANSFORM_GAIN = 16 * 8

/** Quantization tables at `quality` 1..100 by the scaling of the Independent JPEG Group's library (jcparam.c). */
export function quantizationTables(quality: number): { luma: number[]; chroma: number[] } {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  const scaled = (table: number[]) =>
    table.map((value) => Math.min(255, Math.max(1, Math.floor((value * percent + 50) / 100))))
  return { luma: scaled(LUMINANCE), chroma: scaled(CHROMINANCE) }
}

/** What the kernel multiplies by instead of dividing: f32[64], rows and columns swapped as its DCT leaves them. */
export function quantizerReciprocals(table: number[]): Float32Array {
  const reciprocals = new Float32Array(64)
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      reciprocals[u * 8 + v] = 1 / (table[v * 8 + u]! * AAN_SCALE[u]! * AAN_SCALE[v]! * TRANSFORM_GAIN)
    }
  }
  return reciprocals
}
