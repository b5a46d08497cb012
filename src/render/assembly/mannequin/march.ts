// Sphere tracing: one cone per 8x8 block finds where the figure begins, then four rays at a time walk to the surface.
import { FAR, sceneDistance } from './distance'
import {
  CASTER_LIST, CENTRE_X, CENTRE_Y, countsAt, depthAt, EVERY_CASTER, figureAt, FOCAL, GROUP, groupsAt, height,
  listsAt, maskAt, MATERIAL, MATERIAL_SHIFT, MATERIALS, NEAR_LIST, PARAMS, rangesAt, SCRATCH, startsAt, tileSize, tilesX, tilesY, width,
} from './layout'
import { shade } from './light'
import { keepCasters, keepPrimitives, listCasters } from './prune'
import { BLUE, GREEN, MASKED, RED } from './paint'
import { OWNER, surfaceAt } from './surface'
import { add, all, div, least, most, mul, neg, pick, root, sub } from './vector'

const BLOCK_STARTS: usize = SCRATCH + 512
export const HIT: usize = SCRATCH + 528 // lane mask of the last traced quad
export const DEPTH: usize = SCRATCH + 544

const BLOCK_SPREAD: f32 = 5.8 // half the diagonal of a block, pixels
const BALL: f32 = 2.6 // radius of the short lists' ball, in half diagonals
const STRIDE: f32 = 1.8
const SAFE: f32 = 0.95 // the distances of ellipsoids and blends are estimates
const MAX_STEPS = 110
const MAX_CONE_STEPS = 24

/** Prepares the short lists for a ball around depth `depth` on the ray through picture point (sx, sy). */
export function focus(list: usize, count: i32, sx: f32, sy: f32, depth: f32, radius: f32): void {
  const focal = load<f32>(PARAMS, FOCAL)
  const u = (sx - load<f32>(PARAMS, CENTRE_X)) / focal, v = (load<f32>(PARAMS, CENTRE_Y) - sy) / focal
  const z = depth / Mathf.sqrt(u * u + v * v + 1)
  nearCount = keepPrimitives(list, count, u * z, v * z, z, radius)
  casterCount = keepCasters(everyCaster, u * z, v * z, z, radius)
}

let nearCount = -1
let casterCount = 0
let everyCaster = 0

/**
 * Traces four rays (picture coordinates) from `start`; shades the ones that hit. Up to `nearEnd` the short list of
 * `focus` serves. Returns false if all miss.
 */
export function traceQuad(list: usize, count: i32, sx: v128, sy: v128, start: f32, nearEnd: f32, end: f32): bool {
  const focal = load<f32>(PARAMS, FOCAL)
  const inverse = all(1 / focal)
  const u = mul(sub(sx, all(load<f32>(PARAMS, CENTRE_X))), inverse)
  const v = mul(sub(all(load<f32>(PARAMS, CENTRE_Y)), sy), inverse)
  const scale = div(all(1), root(add(add(mul(u, u), mul(v, v)), all(1))))
  const dx = mul(u, scale), dy = mul(v, scale), dz = scale
  let t = all(start)
  const far = all(end)
  const pixel: f32 = 1 / focal
  let hit = i32x4.splat(0)
  let live = i32x4.splat(-1)
  let d = all(FAR), step = all(0), previous = all(0)
  let rest = all(0) // what is left to the surface where a ray stopped
  let near = nearCount >= 0
  let current = near ? NEAR_LIST : list, size = near ? nearCount : count
  for (let i = 0; i < MAX_STEPS; i++) {
    d = sceneDistance(current, size, mul(dx, t), mul(dy, t), mul(dz, t))
    // Over-relaxed tracing: a step longer than the free sphere is fine while the two spheres touch; else it is undone.
    const leapt = v128.and(live, f32x4.lt(add(d, previous), step))
    if (v128.any_true(leapt)) {
      t = pick(add(sub(t, step), mul(previous, all(SAFE))), t, leapt)
      step = v128.andnot(step, leapt) // 0: the next stride is a safe one
    }
    const footprint = mul(t, all(pixel))
    const now = v128.andnot(v128.and(live, f32x4.lt(d, mul(footprint, all(0.5)))), leapt)
    hit = v128.or(hit, now)
    rest = pick(d, rest, now)
    live = v128.and(v128.andnot(live, hit), f32x4.lt(t, far))
    if (!v128.any_true(live)) break
    // At least a pixel a step: a ray that grazes an edge must reach what lies behind it.
    const moving = v128.andnot(live, leapt)
    // How fast the distance falls along the ray says how far spheres may be apart and still touch: 2 / (1 + slope).
    const slope = div(sub(previous, d), add(step, all(1e-6)))
    const stride = pick(least(most(div(all(1.86), add(all(1), slope)), all(SAFE)), all(STRIDE)), all(SAFE), f32x4.gt(step, all(0)))
    let next = add(t, v128.and(most(mul(d, stride), footprint), moving))
    if (near) {
      const limit = all(nearEnd)
      if (v128.any_true(v128.and(moving, f32x4.ge(next, limit)))) {
        near = false
        current = list
        size = count
      }
      next = pick(most(least(next, limit), t), next, moving)
    }
    step = pick(sub(next, t), step, moving)
    previous = pick(d, previous, moving)
    t = next
  }
  // A ray that crawled along a surface until its steps ran out is on it, not through it.
  hit = v128.or(hit, v128.and(live, f32x4.lt(d, mul(t, all(pixel * 2.5)))))
  v128.store(HIT, hit)
  if (!v128.any_true(hit)) return false
  t = add(t, rest)
  v128.store(DEPTH, v128.bitselect(t, all(FAR), hit))
  const px = mul(dx, t), py = mul(dy, t), pz = mul(dz, t)
  surfaceAt(current, size, px, py, pz)
  v128.store(OWNER, v128.and(v128.load(OWNER), hit))
  // A caster kept for the ball may not cover a hit beyond it.
  const casters = near ? CASTER_LIST : EVERY_CASTER, reaching = near ? casterCount : everyCaster
  // Pixel size at the nearest lane is close enough for all four: they are neighbours.
  shade(current, size, casters, reaching, px, py, pz, neg(dx), neg(dy), neg(dz), f32x4.extract_lane(t, 0) * pixel)
  return true
}

function traceBlock(list: usize, count: i32, left: i32, top: i32, start: f32, end: f32): void {
  const right = min(left + 8, width), bottom = min(top + 8, height)
  const half = start * BLOCK_SPREAD / load<f32>(PARAMS, FOCAL)
  const ball = half * BALL + 0.003
  const centre = start + half
  focus(list, count, <f32>left + 4, <f32>top + 4, centre, ball)
  const nearEnd = centre + Mathf.sqrt(ball * ball - half * half * 1.2)
  for (let y = top; y < bottom; y += 2) {
    for (let x = left; x < right; x += 2) {
      const fx = <f32>x + 0.5, fy = <f32>y + 0.5
      if (!traceQuad(list, count, f32x4(fx, fx + 1, fx, fx + 1), f32x4(fy, fy, fy + 1, fy + 1), start, nearEnd, end)) continue
      for (let lane: usize = 0; lane < 4; lane++) {
        const lx = x + <i32>(lane & 1), ly = y + <i32>(lane >> 1)
        if (lx >= right || ly >= bottom) continue
        const o = lane << 2
        const owner = <usize>load<u32>(OWNER + o)
        if (!owner) continue
        const pixel = <usize>(ly * width + lx)
        const colour = <u32>(load<f32>(RED + o) + 0.5) | (<u32>(load<f32>(GREEN + o) + 0.5) << 8) |
          (<u32>(load<f32>(BLUE + o) + 0.5) << 16) | 0xff000000
        store<u32>(figureAt + (pixel << 2), colour)
        store<u32>(depthAt + (pixel << 2), load<u32>(DEPTH + o) & ~1)
        store<u8>(groupsAt + pixel, <u8>load<i32>(owner, GROUP))
        const material = MATERIALS + (<usize>load<i32>(owner, MATERIAL) << MATERIAL_SHIFT)
        if (load<f32>(material, MASKED) > 0) store<u8>(maskAt + pixel, 255)
      }
    }
  }
}

/** Where the figure begins for four 8x8 blocks of a tile; FAR for a block that it does not touch. */
function coneStarts(list: usize, count: i32, left: i32, top: i32, start: f32, end: f32): void {
  const focal = load<f32>(PARAMS, FOCAL)
  const inverse = all(1 / focal)
  const cx = <f32>left + 4, cy = <f32>top + 4
  const u = mul(sub(f32x4(cx, cx + 8, cx, cx + 8), all(load<f32>(PARAMS, CENTRE_X))), inverse)
  const v = mul(sub(all(load<f32>(PARAMS, CENTRE_Y)), f32x4(cy, cy, cy + 8, cy + 8)), inverse)
  const scale = div(all(1), root(add(add(mul(u, u), mul(v, v)), all(1))))
  const dx = mul(u, scale), dy = mul(v, scale), dz = scale
  const spread = BLOCK_SPREAD / focal
  let t = all(start)
  let live = i32x4.splat(-1)
  for (let i = 0; i < MAX_CONE_STEPS; i++) {
    const gap = sub(sceneDistance(list, count, mul(dx, t), mul(dy, t), mul(dz, t)), mul(t, all(spread)))
    live = v128.and(v128.and(live, f32x4.gt(gap, all(0.002))), f32x4.lt(t, all(end)))
    if (!v128.any_true(live)) break
    t = add(t, v128.and(mul(gap, all(0.92)), live))
  }
  v128.store(BLOCK_STARTS, v128.bitselect(all(FAR), t, f32x4.ge(t, all(end))))
}

/** First pass: every tile with something in it, one sample per pixel. */
export function traceFigure(): void {
  const pixels = <usize>(width * height)
  memory.fill(figureAt, 0, pixels << 2)
  memory.fill(maskAt, 0, pixels)
  memory.fill(depthAt, 0x7e, pixels << 2) // a huge even number: nothing there, not an edge
  everyCaster = listCasters()
  for (let ty = 0; ty < tilesY; ty++) {
    for (let tx = 0; tx < tilesX; tx++) {
      const tile = <usize>(ty * tilesX + tx)
      const count = load<i32>(countsAt + (tile << 2))
      if (!count) continue
      const list = listsAt + (<usize>load<i32>(startsAt + (tile << 2)) << 1)
      const start = load<f32>(rangesAt + (tile << 3)), end = load<f32>(rangesAt + (tile << 3), 4)
      const left = tx * tileSize, top = ty * tileSize
      coneStarts(list, count, left, top, start, end)
      for (let block: i32 = 0; block < 4; block++) {
        const bx = (block & 1) * 8, by = (block >> 1) * 8
        if (bx >= tileSize || by >= tileSize) continue
        const begin = load<f32>(BLOCK_STARTS + (<usize>block << 2))
        if (begin < FAR && left + bx < width && top + by < height) traceBlock(list, count, left + bx, top + by, begin, end)
      }
    }
  }
}
