// Separable resampling of RGBA rows with 14-bit weights (sum 16384), as src/render/image/resample-weights.ts makes them.

const WEIGHT_BITS: i32 = 14
const ROUNDING: i32 = 1 << (WEIGHT_BITS - 1)

/** Adds two taps (weights w0,w1 in one i32) of four channels: pixels 0,1 from the low half, 2,3 from the high half. */
@inline
function addFourTaps(sum: v128, pixels: v128, weights: usize): v128 {
  // r0 r1 g0 g1 b0 b1 a0 a1 | r2 r3 ...: dot_i16x8 then multiplies and adds neighbours, one channel per lane.
  const paired = i8x16.shuffle(pixels, pixels, 0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15)
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(paired), v128.load32_splat(weights)))
  return i32x4.add(sum, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(paired), v128.load32_splat(weights + 4)))
}

@inline
function storePixel(at: usize, sum: v128): void {
  const scaled = i32x4.shr_s(sum, WEIGHT_BITS)
  const narrow = i16x8.narrow_i32x4_s(scaled, scaled)
  v128.store32_lane(at, i8x16.narrow_i16x8_u(narrow, narrow), 0)
}

/**
 * One row, horizontally: `width` output pixels. `offsets` i32[width] byte offset of the first source pixel of each output
 * pixel; `weights` i16[width * taps]; `taps` a multiple of 4. Reads up to taps*4 bytes past the source row (weight 0).
 */
export function resizeRowHorizontal(src: usize, dst: usize, width: i32, offsets: usize, weights: usize, taps: i32): void {
  const rounding = i32x4.splat(ROUNDING)
  if (taps == 4) {
    for (let x = 0; x < width; x++) {
      storePixel(dst, addFourTaps(rounding, v128.load(src + <usize>load<i32>(offsets)), weights))
      dst += 4
      offsets += 4
      weights += 8
    }
    return
  }
  for (let x = 0; x < width; x++) {
    let from = src + <usize>load<i32>(offsets)
    let sum = rounding
    for (let t = 0; t < taps; t += 4) {
      sum = addFourTaps(sum, v128.load(from), weights)
      from += 16
      weights += 8
    }
    storePixel(dst, sum)
    dst += 4
    offsets += 4
  }
}

/**
 * One row, vertically: `bytes` bytes from `taps` rows (an even count) kept in a ring of `ringRows` rows. Rows after
 * `lastRow` do not exist in the picture: their weight is 0 and the last row stands in. `table` is scratch, i32[taps].
 */
export function resizeRowVertical(
  dst: usize, bytes: i32, ring: usize, ringRows: i32, ringStride: i32,
  firstRow: i32, lastRow: i32, table: usize, weights: usize, taps: i32,
): void {
  for (let t = 0; t < taps; t++) {
    store<i32>(table + t * 4, <i32>ring + (min(firstRow + t, lastRow) % ringRows) * ringStride)
  }
  const rounding = i32x4.splat(ROUNDING)
  for (let i: usize = 0; i < <usize>bytes; i += 16) {
    let s0 = rounding, s1 = rounding, s2 = rounding, s3 = rounding
    for (let t = 0; t < taps; t += 2) {
      const a = v128.load(<usize>load<i32>(table + t * 4) + i)
      const b = v128.load(<usize>load<i32>(table + t * 4, 4) + i)
      const weight = v128.load32_splat(weights + t * 2)
      const low = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
      const high = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), weight))
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), weight))
      s2 = i32x4.add(s2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), weight))
      s3 = i32x4.add(s3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), weight))
    }
    const first = i16x8.narrow_i32x4_s(i32x4.shr_s(s0, WEIGHT_BITS), i32x4.shr_s(s1, WEIGHT_BITS))
    const second = i16x8.narrow_i32x4_s(i32x4.shr_s(s2, WEIGHT_BITS), i32x4.shr_s(s3, WEIGHT_BITS))
    v128.store(dst + i, i8x16.narrow_i16x8_u(first, second))
  }
}
