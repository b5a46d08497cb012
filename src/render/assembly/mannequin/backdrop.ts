// The studio behind the figure: a colour per row with a pool of light, or a picture the host put in place; the soft
// shadow on the floor; and the figure laid over both.
import {
  BACKDROP_MODE, CAPSULE_COUNT, CASTER_LIST, CENTRE_X, CENTRE_Y, EVERY_CASTER, figureAt, FLOOR_OFFSET,
  FOCAL, GLOW, height, PARAMS, pixelsAt, rowsAt, SHADOW_DEPTH, shadeAt, shadeHeight, shadeWidth, UP, width,
} from './layout'
import { LIT, OPEN, occlude } from './occlusion'
import { keepCasters } from './prune'
import { add, all, at, clamp01, div, least, mul, smooth, sub } from './vector'

const SHADE_STEP = 4
const STRIP = 16 // floor cells that share one list of casters
const FLOOR_REACH: f32 = 9 // metres: further away the floor takes no shadow

/** Depth at which the ray through a picture point meets the floor, or 0 if it does not within FLOOR_REACH. */
function floorDepth(sx: f32, sy: f32): f32 {
  const inverse: f32 = 1 / load<f32>(PARAMS, FOCAL)
  const u = (sx - load<f32>(PARAMS, CENTRE_X)) * inverse, v = (load<f32>(PARAMS, CENTRE_Y) - sy) * inverse
  const t = load<f32>(PARAMS, FLOOR_OFFSET) /
    (u * load<f32>(PARAMS, UP) + v * load<f32>(PARAMS, UP + 4) + load<f32>(PARAMS, UP + 8))
  return t > 0 && t < FLOOR_REACH ? t : 0
}

/** Keeps the casters that can reach a strip of floor seen between two picture points of a row; -1: no floor there. */
function castersOfStrip(left: f32, right: f32, sy: f32): i32 {
  const from = floorDepth(left, sy), to = floorDepth(right, sy)
  if (from == 0 || to == 0) return from == 0 && to == 0 ? -1 : load<i32>(PARAMS, CAPSULE_COUNT)
  const inverse: f32 = 1 / load<f32>(PARAMS, FOCAL)
  const cx = load<f32>(PARAMS, CENTRE_X), v = (load<f32>(PARAMS, CENTRE_Y) - sy) * inverse
  const ax = (left - cx) * inverse * from, bx = (right - cx) * inverse * to
  const dx = (bx - ax) * 0.5, dy = (to - from) * v * 0.5, dz = (to - from) * 0.5
  const radius = Mathf.sqrt(dx * dx + dy * dy + dz * dz) + 0.01
  return keepCasters(load<i32>(PARAMS, CAPSULE_COUNT), (ax + bx) * 0.5, (from + to) * 0.5 * v, (from + to) * 0.5, radius)
}

/** Darkness of the floor at every fourth pixel, 0 (none) to 1. */
export function shadeFloor(): void {
  const inverse: f32 = 1 / load<f32>(PARAMS, FOCAL)
  const ux = at(PARAMS + UP), uy = at(PARAMS + UP + 4), uz = at(PARAMS + UP + 8)
  const offset = at(PARAMS + FLOOR_OFFSET)
  memory.fill(shadeAt, 0, <usize>(shadeWidth * shadeHeight) << 2)
  for (let j = 0; j < shadeHeight; j++) {
    const sy = <f32>(j * SHADE_STEP)
    const v = all((load<f32>(PARAMS, CENTRE_Y) - sy) * inverse)
    let casters = 0
    for (let i = 0; i + 4 <= shadeWidth; i += 4) {
      const sx = <f32>(i * SHADE_STEP)
      if (i % STRIP == 0) casters = castersOfStrip(sx, sx + <f32>(STRIP * SHADE_STEP), sy)
      if (casters < 0) continue
      // A full count may come from either list: then both hold every caster.
      const list = casters == load<i32>(PARAMS, CAPSULE_COUNT) ? EVERY_CASTER : CASTER_LIST
      const u = mul(sub(f32x4(sx, sx + 4, sx + 8, sx + 12), all(load<f32>(PARAMS, CENTRE_X))), all(inverse))
      const slope = add(add(mul(u, ux), mul(v, uy)), uz) // up . ray
      const t = div(offset, slope)
      const ahead = v128.and(f32x4.gt(t, all(0)), f32x4.lt(t, all(FLOOR_REACH)))
      if (!v128.any_true(ahead)) continue
      occlude(list, casters, mul(u, t), mul(v, t), t, ux, uy, uz)
      const key = sub(all(1), v128.load(LIT)), sky = sub(all(1), v128.load(OPEN))
      const fade = smooth(mul(sub(all(FLOOR_REACH), t), all(0.5)))
      const dark = v128.and(mul(fade, clamp01(add(mul(key, all(0.55)), mul(sky, all(0.75))))), ahead)
      v128.store(shadeAt + (<usize>(j * shadeWidth + i) << 2), dark)
    }
  }
}

// Ordered 4x4 dither: hides banding of long gradients and still compresses, being periodic.
// @ts-ignore: decorator
@inline function dither(x: i32, y: i32): f32 {
  const q = x ^ y
  const rank = ((q & 1) << 3) | ((y & 1) << 2) | (q & 2) | ((y & 2) >> 1)
  return (<f32>rank + 0.5) * 0.0625
}

/** Writes the finished RGBA: backdrop, floor shadow, figure. */
export function composite(): void {
  const ready = load<i32>(PARAMS, BACKDROP_MODE) == 1
  const depth = load<f32>(PARAMS, SHADOW_DEPTH)
  const gx = load<f32>(PARAMS, GLOW), gy = load<f32>(PARAMS, GLOW + 4)
  const grx = load<f32>(PARAMS, GLOW + 8), gry = load<f32>(PARAMS, GLOW + 12)
  const glow = load<f32>(PARAMS, GLOW + 16), vignette = load<f32>(PARAMS, GLOW + 20)
  const iw: f32 = 1 / <f32>width, ih: f32 = 1 / <f32>height
  const opaque = i32x4(0, 0, 0, 255)
  for (let y = 0; y < height; y++) {
    const row = v128.load(rowsAt + (<usize>y << 4))
    const vy = (<f32>y + 0.5) * ih
    const ey = (vy - gy) * gry
    const shadeRow = shadeAt + (<usize>((y >> 2) * shadeWidth) << 2)
    const below = <f32>(y & 3) * 0.25
    let dark: f32 = 0, slope: f32 = 0
    for (let x = 0; x < width; x++) {
      const o = <usize>(y * width + x) << 2
      // The shadow is known at every fourth pixel of every fourth row; between them it is bilinear.
      if (!(x & 3)) {
        const a = shadeRow + <usize>x, b = a + (<usize>shadeWidth << 2)
        dark = load<f32>(a) + (load<f32>(b) - load<f32>(a)) * below
        slope = (load<f32>(a, 4) + (load<f32>(b, 4) - load<f32>(a, 4)) * below - dark) * 0.25
      } else dark += slope
      const figure = load<u32>(figureAt + o)
      const alpha = figure >> 24
      if (alpha == 255) {
        store<u32>(pixelsAt + o, figure)
        continue
      }
      let k: f32 = 1 - depth * dark
      let back = row
      let round: f32 = 0.5
      if (ready) back = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(pixelsAt + o))))
      else {
        const vx = (<f32>x + 0.5) * iw
        const ex = (vx - gx) * grx
        const pool = Mathf.max(0, 1 - ex * ex - ey * ey)
        const cx = vx - 0.5, cy = vy - 0.5
        const corner = cx * cx + cy * cy
        k *= 1 + glow * pool * pool - vignette * corner * corner * 4
        round = dither(x, y)
      }
      const cover: f32 = <f32>alpha * (1.0 / 255.0)
      let colour = mul(least(mul(back, all(k)), all(255)), all(1 - cover))
      if (alpha) {
        const front = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(<i32>figure))))
        colour = add(colour, mul(front, all(cover)))
      }
      const whole = i32x4.trunc_sat_f32x4_s(add(colour, all(round)))
      const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(v128.or(v128.and(whole, i32x4(-1, -1, -1, 0)), opaque), whole), whole)
      store<u32>(pixelsAt + o, <u32>i32x4.extract_lane(bytes, 0))
    }
  }
}
