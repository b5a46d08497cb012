// Signed distances (metres, camera space) to rounded cones, ellipsoids and rounded boxes, four points at once,
// and their smooth unions. Primitives come sorted by group: inside a group they flow into each other, between groups
// the nearer one simply wins.
import {
  BLEND, BLEND_INVERSE, DATA, FLAG_CAP_END, FLAG_CAP_START, FLAG_CARVE, FLAG_FLAT, FLAG_PLANE, FLAGS, GROUP, KIND,
  KIND_CONE, KIND_ELLIPSOID, PLANE, PRIMITIVE_SHIFT, PRIMITIVES,
} from './layout'
import { add, all, at, clamp01, div, dot3, least, most, mul, neg, root, sub } from './vector'

export const FAR: f32 = 1e4

// @ts-ignore: decorator
@inline export function primitiveAt(list: usize, i: i32): usize {
  return PRIMITIVES + (<usize>load<u16>(list + (<usize>i << 1)) << PRIMITIVE_SHIFT)
}

/** Cone with spheres of different radius at its ends; its section may be flattened along one axis. */
// @ts-ignore: decorator
@inline function coneDistance(p: usize, flags: i32, px: v128, py: v128, pz: v128): v128 {
  const d = p + DATA
  const bx = at(d + 12), by = at(d + 16), bz = at(d + 20)
  let x = sub(px, at(d)), y = sub(py, at(d + 4)), z = sub(pz, at(d + 8))
  const along = mul(dot3(x, y, z, bx, by, bz), at(d + 24))
  const h = clamp01(along)
  x = sub(x, mul(bx, h))
  y = sub(y, mul(by, h))
  z = sub(z, mul(bz, h))
  const radius = add(at(d + 28), mul(at(d + 32), h))
  let distance: v128
  if (flags & FLAG_FLAT) {
    const wx = at(d + 40), wy = at(d + 44), wz = at(d + 48)
    const side = dot3(x, y, z, wx, wy, wz)
    const length2 = dot3(x, y, z, x, y, z)
    const side2 = mul(side, side)
    // |scaled| and |scaled twice|: with s the flattening, |x|^2 + (s^2-1) side^2 and |x|^2 + (s^4-1) side^2.
    const k0 = root(add(length2, mul(side2, at(d + 52))))
    const k1 = root(add(length2, mul(side2, at(d + 56))))
    distance = div(mul(k0, sub(k0, radius)), add(k1, all(1e-9)))
  } else distance = sub(root(dot3(x, y, z, x, y, z)), radius)
  if (flags & FLAG_CAP_END) distance = most(distance, mul(sub(along, all(1)), at(d + 36)))
  if (flags & FLAG_CAP_START) distance = most(distance, mul(neg(along), at(d + 36)))
  return distance
}

// @ts-ignore: decorator
@inline function ellipsoidDistance(p: usize, px: v128, py: v128, pz: v128): v128 {
  const d = p + DATA
  const x = sub(px, at(d)), y = sub(py, at(d + 4)), z = sub(pz, at(d + 8))
  const lx = dot3(x, y, z, at(d + 12), at(d + 16), at(d + 20))
  const ly = dot3(x, y, z, at(d + 24), at(d + 28), at(d + 32))
  const lz = dot3(x, y, z, at(d + 36), at(d + 40), at(d + 44))
  const gx = mul(lx, at(d + 48)), gy = mul(ly, at(d + 52)), gz = mul(lz, at(d + 56))
  const k0 = root(dot3(lx, ly, lz, lx, ly, lz))
  const k1 = root(dot3(gx, gy, gz, gx, gy, gz))
  return div(mul(k0, sub(k0, all(1))), add(k1, all(1e-9)))
}

// @ts-ignore: decorator
@inline function boxDistance(p: usize, px: v128, py: v128, pz: v128): v128 {
  const d = p + DATA
  const x = sub(px, at(d)), y = sub(py, at(d + 4)), z = sub(pz, at(d + 8))
  const qx = sub(f32x4.abs(dot3(x, y, z, at(d + 12), at(d + 16), at(d + 20))), at(d + 48))
  const qy = sub(f32x4.abs(dot3(x, y, z, at(d + 24), at(d + 28), at(d + 32))), at(d + 52))
  const qz = sub(f32x4.abs(dot3(x, y, z, at(d + 36), at(d + 40), at(d + 44))), at(d + 56))
  const zero = all(0)
  const ox = most(qx, zero), oy = most(qy, zero), oz = most(qz, zero)
  const outside = root(dot3(ox, oy, oz, ox, oy, oz))
  return sub(add(outside, least(most(qx, most(qy, qz)), zero)), at(d + 60))
}

/** Distance to one primitive, with its cutting plane. */
// @ts-ignore: decorator
@inline export function primitiveDistance(p: usize, flags: i32, px: v128, py: v128, pz: v128): v128 {
  const kind = load<i32>(p, KIND)
  let distance: v128
  if (kind == KIND_CONE) distance = coneDistance(p, flags, px, py, pz)
  else if (kind == KIND_ELLIPSOID) distance = ellipsoidDistance(p, px, py, pz)
  else distance = boxDistance(p, px, py, pz)
  if (flags & FLAG_PLANE) {
    const q = p + PLANE
    distance = most(distance, sub(dot3(px, py, pz, at(q), at(q + 4), at(q + 8)), at(q + 12)))
  }
  return distance
}

/** How far the two are blended, 0..1: 1 where they are equally near, 0 from one blend radius on. */
// @ts-ignore: decorator
@inline export function overlap(p: usize, a: v128, b: v128): v128 {
  return most(sub(all(1), mul(f32x4.abs(sub(a, b)), at(p + BLEND_INVERSE))), all(0))
}

/** Distance of four points to everything in `list` (primitive numbers, u16). */
export function sceneDistance(list: usize, count: i32, px: v128, py: v128, pz: v128): v128 {
  let scene = all(FAR), group = all(FAR)
  let current = -1
  for (let i = 0; i < count; i++) {
    const p = primitiveAt(list, i)
    const flags = load<i32>(p, FLAGS)
    const owner = load<i32>(p, GROUP)
    if (owner != current) {
      scene = least(scene, group)
      group = all(FAR)
      current = owner
    }
    const d = primitiveDistance(p, flags, px, py, pz)
    const bulge = at(p + BLEND)
    if (flags & FLAG_CARVE) {
      const hollow = neg(d)
      const h = overlap(p, group, hollow)
      group = add(most(group, hollow), mul(mul(h, h), bulge))
    } else {
      const h = overlap(p, group, d)
      group = sub(least(group, d), mul(mul(h, h), bulge))
    }
  }
  return least(scene, group)
}
