// Shorthands for four-lane floats. Only + - * / sqrt, min, max and floor are used anywhere in the kernel:
// IEEE 754 fixes their results, so every engine draws the same pixels.

import { SLOPE } from './layout'

// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 { return f32x4.add(a, b) }
// @ts-ignore: decorator
@inline export function sub(a: v128, b: v128): v128 { return f32x4.sub(a, b) }
// @ts-ignore: decorator
@inline export function mul(a: v128, b: v128): v128 { return f32x4.mul(a, b) }
// @ts-ignore: decorator
@inline export function div(a: v128, b: v128): v128 { return f32x4.div(a, b) }
// @ts-ignore: decorator
@inline export function least(a: v128, b: v128): v128 { return f32x4.pmin(a, b) }
// @ts-ignore: decorator
@inline export function most(a: v128, b: v128): v128 { return f32x4.pmax(a, b) }
// @ts-ignore: decorator
@inline export function root(a: v128): v128 { return f32x4.sqrt(a) }
// @ts-ignore: decorator
@inline export function neg(a: v128): v128 { return f32x4.neg(a) }
// @ts-ignore: decorator
@inline export function all(x: f32): v128 { return f32x4.splat(x) }
// @ts-ignore: decorator
@inline export function at(address: usize): v128 { return v128.load32_splat(address) }
/** Lanes of `a` where `mask` is set, else of `b`. */
// @ts-ignore: decorator
@inline export function pick(a: v128, b: v128, mask: v128): v128 { return v128.bitselect(a, b, mask) }
// @ts-ignore: decorator
@inline export function dot3(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return add(add(mul(ax, bx), mul(ay, by)), mul(az, bz))
}
// @ts-ignore: decorator
@inline export function clamp01(a: v128): v128 { return least(most(a, all(0)), all(1)) }
// @ts-ignore: decorator
@inline export function mix(a: v128, b: v128, t: v128): v128 { return add(a, mul(sub(b, a), t)) }

/** 3t^2 - 2t^3 of a value clamped to 0..1. */
// @ts-ignore: decorator
@inline export function smooth(a: v128): v128 {
  const t = clamp01(a)
  return mul(mul(t, t), sub(all(3), add(t, t)))
}

/** A float in 0..1 per lane from integer lattice coordinates (multiply-xorshift hash). */
// @ts-ignore: decorator
@inline function lattice(x: v128, y: v128, z: v128): v128 {
  let h = i32x4.add(
    i32x4.add(i32x4.mul(x, i32x4.splat(0x1b873593)), i32x4.mul(y, i32x4.splat(<i32>0xcc9e2d51))),
    i32x4.mul(z, i32x4.splat(0x27d4eb2f)),
  )
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 15)), i32x4.splat(<i32>0x85ebca6b))
  h = v128.xor(h, i32x4.shr_u(h, 13))
  return mul(f32x4.convert_i32x4_s(v128.and(h, i32x4.splat(0xffff))), all(1.0 / 65535.0))
}

/** Value noise in 0..1, one value per lane. Its gradient goes to SLOPE. */
export function noise3(x: v128, y: v128, z: v128): v128 {
  const fx = f32x4.floor(x), fy = f32x4.floor(y), fz = f32x4.floor(z)
  const ux = sub(x, fx), uy = sub(y, fy), uz = sub(z, fz)
  const tx = smooth(ux), ty = smooth(uy), tz = smooth(uz)
  const ix = i32x4.trunc_sat_f32x4_s(fx), iy = i32x4.trunc_sat_f32x4_s(fy), iz = i32x4.trunc_sat_f32x4_s(fz)
  const one = i32x4.splat(1)
  const jx = i32x4.add(ix, one), jy = i32x4.add(iy, one), jz = i32x4.add(iz, one)
  const a = lattice(ix, iy, iz), b = lattice(jx, iy, iz), c = lattice(ix, jy, iz), d = lattice(jx, jy, iz)
  const e = lattice(ix, iy, jz), f = lattice(jx, iy, jz), g = lattice(ix, jy, jz), h = lattice(jx, jy, jz)
  const ab = mix(a, b, tx), cd = mix(c, d, tx), ef = mix(e, f, tx), gh = mix(g, h, tx)
  const low = mix(ab, cd, ty), high = mix(ef, gh, ty)
  const six = all(6)
  const run = mix(mix(sub(b, a), sub(d, c), ty), mix(sub(f, e), sub(h, g), ty), tz)
  v128.store(SLOPE, mul(run, mul(six, mul(ux, sub(all(1), ux)))))
  v128.store(SLOPE + 16, mul(mix(sub(cd, ab), sub(gh, ef), tz), mul(six, mul(uy, sub(all(1), uy)))))
  v128.store(SLOPE + 32, mul(sub(high, low), mul(six, mul(uz, sub(all(1), uz)))))
  return mix(low, high, tz)
}
