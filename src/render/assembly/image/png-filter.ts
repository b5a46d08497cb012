// PNG filtering (PNG specification, third edition, section 9): RGBA rows -> filtered RGB or RGBA scanlines.
import { average, paeth } from './png-predictors'

/** Chooses per row among 1..4 by the smallest sum of absolute differences (12.7, heuristic). */
const ADAPTIVE: i32 = 5

let odd: i32 = 0

/** Before the first band of a picture. */
export function beginFilter(): void { odd = 0 }

/** RGBA -> RGB; writes up to 4 bytes past the row. */
@inline
function packRgb(src: usize, dst: usize, width: i32): void {
  let x = 0
  for (; x + 4 <= width; x += 4) {
    v128.store(dst, i8x16.swizzle(v128.load(src), i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1)))
    src += 16
    dst += 12
  }
  for (; x < width; x++) {
    store<u16>(dst, load<u16>(src))
    store<u8>(dst, load<u8>(src, 2), 2)
    src += 4
    dst += 3
  }
}

@inline
function sumOfAbsolutes(v: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(i8x16.abs(v)))
}

@inline
function total(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3)
}

function cheapestFilter(row: usize, above: usize, bytes: usize, pixelBytes: usize): i32 {
  let sub = i32x4.splat(0), up = sub, mean = sub, best = sub
  for (let i: usize = 0; i < bytes; i += 16) {
    const x = v128.load(row + i), a = v128.load(row + i - pixelBytes)
    const b = v128.load(above + i), c = v128.load(above + i - pixelBytes)
    sub = i32x4.add(sub, sumOfAbsolutes(i8x16.sub(x, a)))
    up = i32x4.add(up, sumOfAbsolutes(i8x16.sub(x, b)))
    mean = i32x4.add(mean, sumOfAbsolutes(i8x16.sub(x, average(a, b))))
    best = i32x4.add(best, sumOfAbsolutes(i8x16.sub(x, paeth(a, b, c))))
  }
  let filter = 1, least = total(sub)
  if (total(up) < least) { least = total(up); filter = 2 }
  if (total(mean) < least) { least = total(mean); filter = 3 }
  if (total(best) < least) filter = 4
  return filter
}

@inline
function filterRow(filter: i32, row: usize, above: usize, dst: usize, bytes: usize, pixelBytes: usize): void {
  const left = row - pixelBytes, aboveLeft = above - pixelBytes
  if (filter == 1) {
    for (let i: usize = 0; i < bytes; i += 16) v128.store(dst + i, i8x16.sub(v128.load(row + i), v128.load(left + i)))
  } else if (filter == 2) {
    for (let i: usize = 0; i < bytes; i += 16) v128.store(dst + i, i8x16.sub(v128.load(row + i), v128.load(above + i)))
  } else if (filter == 3) {
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(dst + i, i8x16.sub(v128.load(row + i), average(v128.load(left + i), v128.load(above + i))))
    }
  } else {
    for (let i: usize = 0; i < bytes; i += 16) {
      const predicted = paeth(v128.load(left + i), v128.load(above + i), v128.load(aboveLeft + i))
      v128.store(dst + i, i8x16.sub(v128.load(row + i), predicted))
    }
  }
}

/**
 * `rows` RGBA rows, `stride` bytes apart -> scanlines of 1 + width * pixelBytes bytes (3 = RGB, alpha dropped; 4 = RGBA).
 * `rowA`, `rowB`: row buffers with 16 zero bytes before and 16 after, kept between bands; `first` marks the first band.
 * `filter` 1 Sub, 2 Up, 3 Average, 4 Paeth, 5 adaptive. Returns the end of the output.
 */
export function filterRows(
  src: usize, stride: i32, width: i32, rows: i32, pixelBytes: i32,
  rowA: usize, rowB: usize, first: i32, filter: i32, dst: usize,
): usize {
  const bytes: usize = width * pixelBytes
  for (let y = 0; y < rows; y++) {
    const row = odd ? rowB : rowA, above = odd ? rowA : rowB
    odd ^= 1
    if (first && y == 0) memory.fill(above, 0, bytes + 16) // 9.2: the row before the first is all zero
    if (pixelBytes == 3) packRgb(src, row, width)
    else memory.copy(row, src, bytes)
    // The tail would make a row's choice depend on what the buffer held before: same pixels must give the same file.
    memory.fill(row + bytes, 0, 16)
    const chosen = filter == ADAPTIVE ? cheapestFilter(row, above, bytes, pixelBytes) : filter
    store<u8>(dst, chosen)
    filterRow(chosen, row, above, dst + 1, bytes, pixelBytes)
    dst += bytes + 1
    src += stride
  }
  return dst
}
