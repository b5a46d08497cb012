// Straight-alpha "over" (Porter and Duff 1984) on opaque backgrounds, four pixels at a time.

/** round((f*a + b*(255-a)) / 255) on eight u16 lanes: (t + (t>>8)) >> 8 with t = x + 128 is exact for x <= 255*255. */
@inline
function mix(foreground: v128, background: v128, alpha: v128): v128 {
  const sum = i16x8.add(i16x8.mul(foreground, alpha), i16x8.mul(background, i16x8.sub(i16x8.splat(255), alpha)))
  const t = i16x8.add(sum, i16x8.splat(128))
  return i16x8.shr_u(i16x8.add(t, i16x8.shr_u(t, 8)), 8)
}

@inline
function over(foreground: v128, background: v128): v128 {
  const alpha = i8x16.swizzle(foreground, i8x16(3, 3, 3, 3, 7, 7, 7, 7, 11, 11, 11, 11, 15, 15, 15, 15))
  const low = mix(
    i16x8.extend_low_i8x16_u(foreground), i16x8.extend_low_i8x16_u(background), i16x8.extend_low_i8x16_u(alpha),
  )
  const high = mix(
    i16x8.extend_high_i8x16_u(foreground), i16x8.extend_high_i8x16_u(background), i16x8.extend_high_i8x16_u(alpha),
  )
  return v128.or(i8x16.narrow_i16x8_u(low, high), i32x4.splat(<i32>0xff000000))
}

/** `pixels` RGBA pixels over one colour (0xBBGGRR: bytes in memory order), in place; the result is opaque. */
export function overColor(rgba: usize, pixels: i32, color: u32): void {
  const background = i32x4.splat(<i32>color)
  for (let i = 0; i < pixels; i += 4) {
    v128.store(rgba, over(v128.load(rgba), background))
    rgba += 16
  }
}

/** `pixels` RGBA pixels over as many opaque RGBA pixels, into the first; the result is opaque. */
export function overImage(rgba: usize, background: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i += 4) {
    v128.store(rgba, over(v128.load(rgba), v128.load(background)))
    rgba += 16
    background += 16
  }
}
