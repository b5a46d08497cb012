// Which primitives can touch which tile of the picture, and how far along the ray. Counting sort: exact, no overflow.
import {
  BOUNDS, countsAt, height, listsAt, PARAMS, PRIMITIVE_COUNT, rangesAt, reserve, startsAt, tileSize, tilesX, tilesY,
  width,
} from './layout'

/** Bounds of a primitive: a 2D capsule x0,y0,x1,y1,radius in pixels (a box has radius < 0 and is its rectangle). */
// @ts-ignore: decorator
@inline function touches(bound: usize, left: f32, top: f32, size: f32): bool {
  const radius = load<f32>(bound, 16)
  if (radius < 0) return true
  const x0 = load<f32>(bound), y0 = load<f32>(bound, 4)
  const dx = load<f32>(bound, 8) - x0, dy = load<f32>(bound, 12) - y0
  const cx = left + size * 0.5 - x0, cy = top + size * 0.5 - y0
  const length2 = dx * dx + dy * dy
  let h: f32 = length2 > 1e-9 ? (cx * dx + cy * dy) / length2 : 0
  h = Mathf.min(Mathf.max(h, 0), 1)
  const ex = cx - dx * h, ey = cy - dy * h
  const reach = radius + size * 0.71
  return ex * ex + ey * ey <= reach * reach
}

// @ts-ignore: decorator
@inline function tileOf(x: f32, count: i32): i32 {
  return <i32>Mathf.min(Mathf.max(Mathf.floor(x / <f32>tileSize), 0), <f32>(count - 1))
}

function sweep(filling: bool): void {
  const count = load<i32>(PARAMS, PRIMITIVE_COUNT)
  const size = <f32>tileSize
  for (let i = 0; i < count; i++) {
    const bound = BOUNDS + (<usize>i << 5)
    const reach = Mathf.max(load<f32>(bound, 16), 0)
    const x0 = Mathf.min(load<f32>(bound), load<f32>(bound, 8)) - reach
    const x1 = Mathf.max(load<f32>(bound), load<f32>(bound, 8)) + reach
    const y0 = Mathf.min(load<f32>(bound, 4), load<f32>(bound, 12)) - reach
    const y1 = Mathf.max(load<f32>(bound, 4), load<f32>(bound, 12)) + reach
    if (x1 < 0 || y1 < 0 || x0 > <f32>width || y0 > <f32>height) continue
    const near = load<f32>(bound, 20), far = load<f32>(bound, 24)
    const right = tileOf(x1, tilesX), bottom = tileOf(y1, tilesY)
    for (let ty = tileOf(y0, tilesY); ty <= bottom; ty++) {
      for (let tx = tileOf(x0, tilesX); tx <= right; tx++) {
        if (!touches(bound, <f32>tx * size, <f32>ty * size, size)) continue
        const tile = <usize>(ty * tilesX + tx)
        const counter = countsAt + (tile << 2)
        const n = load<i32>(counter)
        if (filling) store<u16>(listsAt + (<usize>(load<i32>(startsAt + (tile << 2)) + n) << 1), <u16>i)
        else {
          const range = rangesAt + (tile << 3)
          if (n == 0 || near < load<f32>(range)) store<f32>(range, near)
          if (n == 0 || far > load<f32>(range, 4)) store<f32>(range, far, 4)
        }
        store<i32>(counter, n + 1)
      }
    }
  }
}

/** Builds the list of every tile. */
export function binPrimitives(): void {
  const tiles = <usize>(tilesX * tilesY)
  memory.fill(countsAt, 0, tiles << 2)
  sweep(false)
  let total = 0
  for (let tile: usize = 0; tile < tiles; tile++) {
    store<i32>(startsAt + (tile << 2), total)
    total += load<i32>(countsAt + (tile << 2))
  }
  reserve(listsAt + (<usize>total << 1) + 64)
  memory.fill(countsAt, 0, tiles << 2)
  sweep(true)
}
