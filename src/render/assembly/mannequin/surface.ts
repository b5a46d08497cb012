// What a ray hit: the unit normal of the blended surface and the primitive it belongs to.
import { FAR, overlap, primitiveAt, primitiveDistance } from './distance'
import {
  BLEND, DATA, FLAG_CAP_END, FLAG_CAP_START, FLAG_CARVE, FLAG_FLAT, FLAG_PLANE, FLAGS, GROUP, KIND, KIND_CONE,
  KIND_ELLIPSOID, PLANE, SCRATCH,
} from './layout'
import { add, all, at, clamp01, div, dot3, least, mix, most, mul, neg, pick, root, sub } from './vector'

export const NORMAL_X: usize = SCRATCH
export const NORMAL_Y: usize = SCRATCH + 16
export const NORMAL_Z: usize = SCRATCH + 32
export const OWNER: usize = SCRATCH + 48 // byte address of the primitive, per lane
const SLOPE_X: usize = SCRATCH + 64
const SLOPE_Y: usize = SCRATCH + 80
const SLOPE_Z: usize = SCRATCH + 96

// @ts-ignore: decorator
@inline function keepSlope(x: v128, y: v128, z: v128): void {
  v128.store(SLOPE_X, x)
  v128.store(SLOPE_Y, y)
  v128.store(SLOPE_Z, z)
}

function coneSlope(p: usize, flags: i32, distance: v128, px: v128, py: v128, pz: v128): void {
  const d = p + DATA
  const bx = at(d + 12), by = at(d + 16), bz = at(d + 20)
  let x = sub(px, at(d)), y = sub(py, at(d + 4)), z = sub(pz, at(d + 8))
  const along = mul(dot3(x, y, z, bx, by, bz), at(d + 24))
  const h = clamp01(along)
  x = sub(x, mul(bx, h))
  y = sub(y, mul(by, h))
  z = sub(z, mul(bz, h))
  if (flags & FLAG_FLAT) {
    const wx = at(d + 40), wy = at(d + 44), wz = at(d + 48)
    const side = mul(dot3(x, y, z, wx, wy, wz), at(d + 52))
    x = add(x, mul(wx, side))
    y = add(y, mul(wy, side))
    z = add(z, mul(wz, side))
  }
  // Between its ends a tapering cone leans by its slope; on the end spheres it does not.
  const inside = v128.and(f32x4.gt(along, all(0)), f32x4.lt(along, all(1)))
  const length = root(dot3(x, y, z, x, y, z))
  const lean = v128.and(mul(mul(length, at(d + 60)), at(d + 64)), inside)
  x = sub(x, mul(bx, lean))
  y = sub(y, mul(by, lean))
  z = sub(z, mul(bz, lean))
  const reach = at(d + 36), inverse = div(all(1), reach)
  if (flags & FLAG_CAP_END) {
    const cap = f32x4.ge(mul(sub(along, all(1)), reach), sub(distance, all(1e-6)))
    x = pick(mul(bx, inverse), x, cap)
    y = pick(mul(by, inverse), y, cap)
    z = pick(mul(bz, inverse), z, cap)
  }
  if (flags & FLAG_CAP_START) {
    const cap = f32x4.ge(mul(neg(along), reach), sub(distance, all(1e-6)))
    x = pick(neg(mul(bx, inverse)), x, cap)
    y = pick(neg(mul(by, inverse)), y, cap)
    z = pick(neg(mul(bz, inverse)), z, cap)
  }
  keepSlope(x, y, z)
}

function ellipsoidSlope(p: usize, px: v128, py: v128, pz: v128): void {
  const d = p + DATA
  const x = sub(px, at(d)), y = sub(py, at(d + 4)), z = sub(pz, at(d + 8))
  const lx = dot3(x, y, z, at(d + 12), at(d + 16), at(d + 20))
  const ly = dot3(x, y, z, at(d + 24), at(d + 28), at(d + 32))
  const lz = dot3(x, y, z, at(d + 36), at(d + 40), at(d + 44))
  keepSlope(
    dot3(lx, ly, lz, at(d + 12), at(d + 24), at(d + 36)),
    dot3(lx, ly, lz, at(d + 16), at(d + 28), at(d + 40)),
    dot3(lx, ly, lz, at(d + 20), at(d + 32), at(d + 44)),
  )
}

function boxSlope(p: usize, px: v128, py: v128, pz: v128): void {
  const d = p + DATA
  const x = sub(px, at(d)), y = sub(py, at(d + 4)), z = sub(pz, at(d + 8))
  const lx = dot3(x, y, z, at(d + 12), at(d + 16), at(d + 20))
  const ly = dot3(x, y, z, at(d + 24), at(d + 28), at(d + 32))
  const lz = dot3(x, y, z, at(d + 36), at(d + 40), at(d + 44))
  const zero = all(0)
  const qx = sub(f32x4.abs(lx), at(d + 48)), qy = sub(f32x4.abs(ly), at(d + 52)), qz = sub(f32x4.abs(lz), at(d + 56))
  const top = most(qx, most(qy, qz))
  const inner = f32x4.lt(top, zero)
  // Inside the core box only the nearest face counts.
  const one = all(1)
  const gx = pick(v128.and(one, f32x4.ge(qx, top)), most(qx, zero), inner)
  const gy = pick(v128.and(one, f32x4.ge(qy, top)), most(qy, zero), inner)
  const gz = pick(v128.and(one, f32x4.ge(qz, top)), most(qz, zero), inner)
  const sign = all(-0.0)
  const sx = v128.xor(gx, v128.and(lx, sign)), sy = v128.xor(gy, v128.and(ly, sign)), sz = v128.xor(gz, v128.and(lz, sign))
  keepSlope(
    dot3(sx, sy, sz, at(d + 12), at(d + 24), at(d + 36)),
    dot3(sx, sy, sz, at(d + 16), at(d + 28), at(d + 40)),
    dot3(sx, sy, sz, at(d + 20), at(d + 32), at(d + 44)),
  )
}

/** Fills NORMAL_* and OWNER for four surface points. The gradient of a smooth union is the same mix of the gradients. */
export function surfaceAt(list: usize, count: i32, px: v128, py: v128, pz: v128): void {
  let scene = all(FAR), sx = all(0), sy = all(0), sz = all(0)
  let group = all(FAR), gx = all(0), gy = all(0), gz = all(0)
  let nearest = all(FAR), owner = i32x4.splat(0)
  let sceneOwner = i32x4.splat(0)
  let current = -1
  for (let i = 0; i < count; i++) {
    const p = primitiveAt(list, i)
    const flags = load<i32>(p, FLAGS)
    const next = load<i32>(p, GROUP)
    if (next != current) {
      const closer = f32x4.lt(group, scene)
      scene = pick(group, scene, closer)
      sx = pick(gx, sx, closer)
      sy = pick(gy, sy, closer)
      sz = pick(gz, sz, closer)
      sceneOwner = pick(owner, sceneOwner, closer)
      group = all(FAR)
      nearest = all(FAR)
      current = next
    }
    let d = primitiveDistance(p, flags, px, py, pz)
    // Far away means no weight in any blend: its gradient is not needed.
    const weightless = sub(all(0.2), d)
    if (!(flags & FLAG_CARVE) && !v128.any_true(f32x4.gt(weightless, all(0)))) continue
    const kind = load<i32>(p, KIND)
    if (kind == KIND_CONE) coneSlope(p, flags, d, px, py, pz)
    else if (kind == KIND_ELLIPSOID) ellipsoidSlope(p, px, py, pz)
    else boxSlope(p, px, py, pz)
    let x = v128.load(SLOPE_X), y = v128.load(SLOPE_Y), z = v128.load(SLOPE_Z)
    const scale = div(all(1), add(root(dot3(x, y, z, x, y, z)), all(1e-12)))
    x = mul(x, scale)
    y = mul(y, scale)
    z = mul(z, scale)
    if (flags & FLAG_PLANE) {
      const q = p + PLANE
      const nx = at(q), ny = at(q + 4), nz = at(q + 8)
      const cut = f32x4.ge(sub(dot3(px, py, pz, nx, ny, nz), at(q + 12)), sub(d, all(1e-6)))
      x = pick(nx, x, cut)
      y = pick(ny, y, cut)
      z = pick(nz, z, cut)
    }
    const bulge = at(p + BLEND)
    if (flags & FLAG_CARVE) {
      const hollow = neg(d)
      const h = overlap(p, group, hollow)
      const share = mul(h, all(0.5))
      const w = pick(share, sub(all(1), share), f32x4.gt(group, hollow)) // weight of the hollow
      group = add(most(group, hollow), mul(mul(h, h), bulge))
      gx = mix(gx, neg(x), w)
      gy = mix(gy, neg(y), w)
      gz = mix(gz, neg(z), w)
    } else {
      const h = overlap(p, group, d)
      const share = mul(h, all(0.5))
      const w = pick(sub(all(1), share), share, f32x4.lt(d, group)) // weight of the new primitive
      group = sub(least(group, d), mul(mul(h, h), bulge))
      gx = mix(gx, x, w)
      gy = mix(gy, y, w)
      gz = mix(gz, z, w)
      const mine = f32x4.lt(d, nearest)
      nearest = pick(d, nearest, mine)
      owner = pick(i32x4.splat(<i32>p), owner, mine)
    }
  }
  const closer = f32x4.lt(group, scene)
  sx = pick(gx, sx, closer)
  sy = pick(gy, sy, closer)
  sz = pick(gz, sz, closer)
  sceneOwner = pick(owner, sceneOwner, closer)
  const scale = div(all(1), add(root(dot3(sx, sy, sz, sx, sy, sz)), all(1e-12)))
  v128.store(NORMAL_X, mul(sx, scale))
  v128.store(NORMAL_Y, mul(sy, scale))
  v128.store(NORMAL_Z, mul(sz, scale))
  v128.store(OWNER, sceneOwner)
}
