// Near one point of the surface only few primitives and few shadow casters matter. A ball around the point gets its own
// short lists; a ray that leaves the ball goes back to the tile's full list. Nothing changes but the time.
import { primitiveAt, primitiveDistance } from './distance'
import {
  BLEND_INVERSE, BODY_CAPSULE_COUNT, CAPSULE_COUNT, CAPSULES, CASTER_LIST, EVERY_CASTER, FLAGS, KEY_DIRECTION, NEAR_LIST,
  PARAMS,
} from './layout'
import { AMBIENT_CUTOFF, HARDNESS } from './occlusion'
import { all } from './vector'

/** Crevices are felt from this far, metres: whatever is nearer must stay in the short list. */
export const CREVICE_REACH: f32 = 0.016
export const NEAR_LIMIT = 256

/** Keeps the primitives of `list` that can touch or blend into a surface inside the ball; returns how many, -1 if too many. */
export function keepPrimitives(list: usize, count: i32, x: f32, y: f32, z: f32, radius: f32): i32 {
  const px = all(x), py = all(y), pz = all(z)
  let kept = 0
  for (let i = 0; i < count; i++) {
    const p = primitiveAt(list, i)
    const d = f32x4.extract_lane(primitiveDistance(p, load<i32>(p, FLAGS), px, py, pz), 0)
    const blend: f32 = 1 / load<f32>(p, BLEND_INVERSE)
    if (d > radius + max(blend, CREVICE_REACH)) continue
    if (kept == NEAR_LIMIT) return -1
    store<u16>(NEAR_LIST + (<usize>kept << 1), load<u16>(list + (<usize>i << 1)))
    kept++
  }
  return kept
}

/** Fills EVERY_CASTER; returns how many of them shade people and things. */
export function listCasters(): i32 {
  const count = load<i32>(PARAMS, CAPSULE_COUNT)
  for (let i = 0; i < count; i++) store<u16>(EVERY_CASTER + (<usize>i << 1), <u16>i)
  return load<i32>(PARAMS, BODY_CAPSULE_COUNT)
}

/** Keeps, of the first `count` shadow casters, those that can dim a point of the ball, by the cut-offs of `occlude`; returns how many. */
export function keepCasters(count: i32, x: f32, y: f32, z: f32, radius: f32): i32 {
  const lx = load<f32>(PARAMS, KEY_DIRECTION), ly = load<f32>(PARAMS, KEY_DIRECTION + 4), lz = load<f32>(PARAMS, KEY_DIRECTION + 8)
  let kept = 0
  for (let i = 0; i < count; i++) {
    const c = CAPSULES + (<usize>i << 6)
    const bx = load<f32>(c, 16), by = load<f32>(c, 20), bz = load<f32>(c, 24), length2 = load<f32>(c, 28)
    const thick = max(load<f32>(c, 12), load<f32>(c, 12) + load<f32>(c, 32))
    const ox = x - load<f32>(c), oy = y - load<f32>(c, 4), oz = z - load<f32>(c, 8)
    const along = ox * bx + oy * by + oz * bz
    const h = min(max(along / length2, 0), 1)
    const vx = ox - bx * h, vy = oy - by * h, vz = oz - bz * h
    const distance = Mathf.sqrt(vx * vx + vy * vy + vz * vz) - radius
    let matters = distance <= thick * AMBIENT_CUTOFF
    if (!matters) {
      const ol = ox * lx + oy * ly + oz * lz, lb = bx * lx + by * ly + bz * lz
      const first = max((lb * along - ol * length2) / max(length2 - lb * lb, 1e-7), 0)
      const s = min(max((along + first * lb) / length2, 0), 1)
      const t = max(s * lb - ol, 0)
      const rx = ox + lx * t - bx * s, ry = oy + ly * t - by * s, rz = oz + lz * t - bz * s
      const gap = Mathf.sqrt(rx * rx + ry * ry + rz * rz) - thick - radius * 1.1
      const farthest = max(max(lb, 0) - ol, 0) + radius
      matters = gap * HARDNESS < farthest + 0.03
    }
    if (!matters) continue
    store<u16>(CASTER_LIST + (<usize>kept << 1), <u16>i)
    kept++
  }
  return kept
}
