// RGB -> YCbCr rows (JFIF 1.02, "Conversion to and from RGB"; ITU-R BT.601 weights) and 4:2:0 chroma averaging.
// Samples leave as i16 = 16 * (value - 128): level shifted (T.81 A.3.1) with four bits kept for the DCT.

const COEFFICIENT_BITS: i32 = 14
/** From 14-bit products to 16 * value; of a sum of four pixels two bits more. */
const SHIFT: i32 = COEFFICIENT_BITS - 4
const SHIFT_OF_FOUR: i32 = SHIFT + 2

/** (even + odd) i32 halves of eight dot products, shifted down and narrowed to eight i16 samples. */
@inline
function samples(p0: v128, p1: v128, p2: v128, p3: v128, offset: v128, shift: i32): v128 {
  const s0 = i32x4.add(v128.shuffle<i32>(p0, p1, 0, 2, 4, 6), v128.shuffle<i32>(p0, p1, 1, 3, 5, 7))
  const s1 = i32x4.add(v128.shuffle<i32>(p2, p3, 0, 2, 4, 6), v128.shuffle<i32>(p2, p3, 1, 3, 5, 7))
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(s0, offset), shift), i32x4.shr_s(i32x4.add(s1, offset), shift))
}

@inline
function weighted(a: v128, b: v128, c: v128, d: v128, weights: v128, offset: i32, shift: i32): v128 {
  return samples(
    i32x4.dot_i16x8_s(a, weights), i32x4.dot_i16x8_s(b, weights),
    i32x4.dot_i16x8_s(c, weights), i32x4.dot_i16x8_s(d, weights),
    i32x4.splat(offset), shift,
  )
}

@inline
function lumaWeights(): v128 { return i16x8(4899, 9617, 1868, 0, 4899, 9617, 1868, 0) }
@inline
function blueWeights(): v128 { return i16x8(-2765, -5427, 8192, 0, -2765, -5427, 8192, 0) }
@inline
function redWeights(): v128 { return i16x8(8192, -6860, -1332, 0, 8192, -6860, -1332, 0) }

/** Y of `width` pixels (a multiple of 8) of one RGBA row. */
@inline
export function lumaRow(rgba: usize, y: usize, width: i32): void {
  for (let x = 0; x < width; x += 8) {
    const a = v128.load(rgba), b = v128.load(rgba, 16)
    v128.store(y, weighted(
      i16x8.extend_low_i8x16_u(a), i16x8.extend_high_i8x16_u(a), i16x8.extend_low_i8x16_u(b), i16x8.extend_high_i8x16_u(b),
      lumaWeights(), (1 << (SHIFT - 1)) - (128 << COEFFICIENT_BITS), SHIFT,
    ))
    rgba += 32
    y += 16
  }
}

/** Cb and Cr of `width` pixels (a multiple of 8) of one RGBA row: 4:4:4. */
@inline
export function chromaRow(rgba: usize, cb: usize, cr: usize, width: i32): void {
  for (let x = 0; x < width; x += 8) {
    const p = v128.load(rgba), q = v128.load(rgba, 16)
    const a = i16x8.extend_low_i8x16_u(p), b = i16x8.extend_high_i8x16_u(p)
    const c = i16x8.extend_low_i8x16_u(q), d = i16x8.extend_high_i8x16_u(q)
    v128.store(cb, weighted(a, b, c, d, blueWeights(), 1 << (SHIFT - 1), SHIFT))
    v128.store(cr, weighted(a, b, c, d, redWeights(), 1 << (SHIFT - 1), SHIFT))
    rgba += 32
    cb += 16
    cr += 16
  }
}

/** Four pixels of two rows -> the sums of two 2x2 squares, as i16 r g b a r g b a. */
@inline
function sumSquares(upper: usize, lower: usize): v128 {
  const u = v128.load(upper), l = v128.load(lower)
  const low = i16x8.add(i16x8.extend_low_i8x16_u(u), i16x8.extend_low_i8x16_u(l))
  const high = i16x8.add(i16x8.extend_high_i8x16_u(u), i16x8.extend_high_i8x16_u(l))
  return i16x8.add(v128.shuffle<i64>(low, high, 0, 2), v128.shuffle<i64>(low, high, 1, 3))
}

/** Cb and Cr of `samplesWide` 2x2 squares (a multiple of 8) of two RGBA rows: 4:2:0 with centred samples (JFIF 1.02). */
@inline
export function chromaRow420(upper: usize, lower: usize, cb: usize, cr: usize, samplesWide: i32): void {
  for (let x = 0; x < samplesWide; x += 8) {
    const a = sumSquares(upper, lower), b = sumSquares(upper + 16, lower + 16)
    const c = sumSquares(upper + 32, lower + 32), d = sumSquares(upper + 48, lower + 48)
    v128.store(cb, weighted(a, b, c, d, blueWeights(), 1 << (SHIFT_OF_FOUR - 1), SHIFT_OF_FOUR))
    v128.store(cr, weighted(a, b, c, d, redWeights(), 1 << (SHIFT_OF_FOUR - 1), SHIFT_OF_FOUR))
    upper += 64
    lower += 64
    cb += 16
    cr += 16
  }
}
