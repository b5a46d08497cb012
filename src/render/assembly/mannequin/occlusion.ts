// Soft shadow and ambient occlusion from capsules that stand in for limbs and furniture. Each is a closed formula per
// point, so the cost does not depend on how far a shadow reaches.
import { CAPSULES, KEY_DIRECTION, PARAMS, SCRATCH } from './layout'
import { add, all, at, clamp01, div, dot3, most, mul, root, smooth, sub } from './vector'

export const LIT: usize = SCRATCH + 112 // key light that arrives, 0..1
export const OPEN: usize = SCRATCH + 128 // sky that is seen, 0..1
export const HARDNESS: f32 = 6 // 1 / tangent of the light's angular radius
export const AMBIENT_CUTOFF: f32 = 5 // a sphere further than this many radii dims nothing
const CUTOFF_SIZE: f32 = 1 / (AMBIENT_CUTOFF * AMBIENT_CUTOFF)

/** Fills LIT and OPEN for four points with unit normals, from the capsules (u16 numbers) in `list`. */
export function occlude(list: usize, count: i32, px: v128, py: v128, pz: v128, nx: v128, ny: v128, nz: v128): void {
  const lx = at(PARAMS + KEY_DIRECTION), ly = at(PARAMS + KEY_DIRECTION + 4), lz = at(PARAMS + KEY_DIRECTION + 8)
  let lit = all(1), open = all(1)
  const zero = all(0), one = all(1)
  for (let i = 0; i < count; i++) {
    const c = CAPSULES + (<usize>load<u16>(list + (<usize>i << 1)) << 6)
    const bx = at(c + 16), by = at(c + 20), bz = at(c + 24), length2 = at(c + 28)
    const thick = at(c + 12), taper = at(c + 32)
    const ox = sub(px, at(c)), oy = sub(py, at(c + 4)), oz = sub(pz, at(c + 8))
    const along = dot3(ox, oy, oz, bx, by, bz)

    // Ambient: the nearest point of the axis, seen as a sphere.
    const h = clamp01(div(along, length2))
    const vx = sub(mul(bx, h), ox), vy = sub(mul(by, h), oy), vz = sub(mul(bz, h), oz)
    const distance2 = add(dot3(vx, vy, vz, vx, vy, vz), all(1e-6))
    const distance = root(distance2)
    const facing = most(div(dot3(vx, vy, vz, nx, ny, nz), distance), zero)
    const radius = add(thick, mul(taper, h))
    // Falls to nothing at the cut-off, so that leaving far capsules out leaves no seam.
    const size = clamp01(mul(sub(div(mul(radius, radius), distance2), all(CUTOFF_SIZE)), all(1 / (1 - CUTOFF_SIZE))))
    open = mul(open, sub(one, mul(mul(facing, size), all(0.85))))

    // Key light: closest approach of the ray to the axis, soft by distance travelled. The ray parameter is taken again
    // for the clamped point of the axis: with the first one the shadow would jump where ray and axis are parallel.
    const ol = dot3(ox, oy, oz, lx, ly, lz), lb = dot3(bx, by, bz, lx, ly, lz)
    const denominator = most(sub(length2, mul(lb, lb)), all(1e-7))
    const first = most(div(sub(mul(lb, along), mul(ol, length2)), denominator), zero)
    const s = clamp01(div(add(along, mul(first, lb)), length2))
    const t = most(sub(mul(s, lb), ol), zero)
    const rx = sub(add(ox, mul(lx, t)), mul(bx, s))
    const ry = sub(add(oy, mul(ly, t)), mul(by, s))
    const rz = sub(add(oz, mul(lz, t)), mul(bz, s))
    const gap = sub(root(dot3(rx, ry, rz, rx, ry, rz)), add(thick, mul(taper, s)))
    // The first centimetres are lenient: a point on the stand-in's own limb must not go black.
    lit = mul(lit, smooth(add(mul(div(gap, add(t, all(0.03))), all(HARDNESS * 0.5)), all(0.5))))
  }
  v128.store(LIT, lit)
  v128.store(OPEN, open)
}
