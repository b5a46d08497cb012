// Predictors of the PNG filters (PNG specification, third edition, section 9.2 and 9.4) on sixteen bytes.

/** floor((a + b) / 2): avgr rounds up, so the odd bit is taken off again. */
@inline
export function average(a: v128, b: v128): v128 {
  return i8x16.sub(i8x16.avgr_u(a, b), v128.and(v128.xor(a, b), i8x16.splat(1)))
}

/** Paeth of eight u16 lanes: a left, b above, c above left; ties are broken in the order a, b, c (9.4). */
@inline
export function paeth16(a: v128, b: v128, c: v128): v128 {
  const pa = i16x8.sub(b, c), pb = i16x8.sub(a, c)
  const distanceA = i16x8.abs(pa), distanceB = i16x8.abs(pb), distanceC = i16x8.abs(i16x8.add(pa, pb))
  const bOrC = v128.bitselect(b, c, i16x8.le_s(distanceB, distanceC))
  return v128.bitselect(a, bOrC, i16x8.le_s(distanceA, i16x8.min_s(distanceB, distanceC)))
}

@inline
export function paeth(a: v128, b: v128, c: v128): v128 {
  const low = paeth16(i16x8.extend_low_i8x16_u(a), i16x8.extend_low_i8x16_u(b), i16x8.extend_low_i8x16_u(c))
  const high = paeth16(i16x8.extend_high_i8x16_u(a), i16x8.extend_high_i8x16_u(b), i16x8.extend_high_i8x16_u(c))
  return i8x16.narrow_i16x8_u(low, high)
}
