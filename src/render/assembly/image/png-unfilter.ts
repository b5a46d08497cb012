// PNG reconstruction (PNG specification, third edition, section 9.2) of 8-bit RGB and RGBA scanlines into RGBA rows. Pixels
// depend on their left neighbour, so SIMD lanes are the channels of one pixel.
import { average, paeth16 } from './png-predictors'

@inline
function reconstructRow(filter: i32, raw: usize, dst: usize, above: usize, width: i32, step: usize, opaque: v128): void {
  let a = i32x4.splat(0)
  if (filter == 0) {
    for (let x = 0; x < width; x++, raw += step, dst += 4) {
      v128.store32_lane(dst, v128.or(v128.load32_zero(raw), opaque), 0)
    }
  } else if (filter == 1) {
    for (let x = 0; x < width; x++, raw += step, dst += 4) {
      a = i8x16.add(v128.load32_zero(raw), a)
      v128.store32_lane(dst, v128.or(a, opaque), 0)
    }
  } else if (filter == 2) {
    for (let x = 0; x < width; x++, raw += step, dst += 4, above += 4) {
      v128.store32_lane(dst, v128.or(i8x16.add(v128.load32_zero(raw), v128.load32_zero(above)), opaque), 0)
    }
  } else if (filter == 3) {
    for (let x = 0; x < width; x++, raw += step, dst += 4, above += 4) {
      a = i8x16.add(v128.load32_zero(raw), average(a, v128.load32_zero(above)))
      v128.store32_lane(dst, v128.or(a, opaque), 0)
    }
  } else {
    let left = i16x8.splat(0), aboveLeft = left
    for (let x = 0; x < width; x++, raw += step, dst += 4, above += 4) {
      const over = i16x8.extend_low_i8x16_u(v128.load32_zero(above))
      const predicted = paeth16(left, over, aboveLeft)
      const value = i8x16.add(v128.load32_zero(raw), i8x16.narrow_i16x8_u(predicted, predicted))
      v128.store32_lane(dst, v128.or(value, opaque), 0)
      left = i16x8.extend_low_i8x16_u(value)
      aboveLeft = over
    }
  }
}

/**
 * `rows` scanlines of 1 + width * pixelBytes bytes -> RGBA rows at dst. The row before dst (dst - width * 4) is the one
 * above and must be there: zeros before the first. RGB gets alpha 255. Returns 0, or 1 when a filter type is not 0..4.
 */
export function unfilterRows(raw: usize, width: i32, rows: i32, pixelBytes: i32, dst: usize): i32 {
  const rowBytes: usize = width * 4
  // With three bytes a pixel, lane 3 holds the next pixel's first byte: arithmetic there is noise, the mask covers it.
  for (let y = 0; y < rows; y++) {
    const filter = <i32>load<u8>(raw)
    if (filter > 4) return 1
    if (pixelBytes == 3) reconstructRow(filter, raw + 1, dst, dst - rowBytes, width, 3, i32x4.splat(<i32>0xff000000))
    else reconstructRow(filter, raw + 1, dst, dst - rowBytes, width, 4, i32x4.splat(0))
    raw += 1 + width * pixelBytes
    dst += rowBytes
  }
  return 0
}
