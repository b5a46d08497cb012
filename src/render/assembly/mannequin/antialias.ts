// Second pass: pixels that differ from a neighbour (silhouettes, materials, creases, painted lines) are traced again
// with four samples, or eight where the background shows, so edges are smooth and the inside costs nothing extra.
import {
  countsAt, depthAt, figureAt, groupsAt, height, listsAt, maskAt, MATERIAL, MATERIAL_SHIFT, MATERIALS, rangesAt, startsAt,
  tileSize, tilesX, tilesY, width,
} from './layout'
import { focus, traceQuad } from './march'
import { BLUE, GREEN, MASKED, RED } from './paint'
import { OWNER } from './surface'

const CONTRAST = 18
// Inside one group paint is already smooth; only a step in depth or a very hard line is worth more samples.
const PAINT_CONTRAST = 90
const DEPTH_STEP: f32 = 0.012

// @ts-ignore: decorator
@inline function differs(pixel: usize, other: usize): bool {
  const a = load<u32>(figureAt + (pixel << 2)), b = load<u32>(figureAt + (other << 2))
  if (a == b) return false
  if (a >> 24 != b >> 24) return true
  const dr = abs(<i32>(a & 255) - <i32>(b & 255))
  const dg = abs(<i32>((a >> 8) & 255) - <i32>((b >> 8) & 255))
  const db = abs(<i32>((a >> 16) & 255) - <i32>((b >> 16) & 255))
  const contrast = max(dr, max(dg, db))
  if (contrast <= CONTRAST) return false
  if (contrast > PAINT_CONTRAST || load<u8>(groupsAt + pixel) != load<u8>(groupsAt + other)) return true
  return Mathf.abs(load<f32>(depthAt + (pixel << 2)) - load<f32>(depthAt + (other << 2))) > DEPTH_STEP
}

// @ts-ignore: decorator
@inline function mark(pixel: usize): void {
  const depth = depthAt + (pixel << 2)
  store<u32>(depth, load<u32>(depth) | 1)
}

/** Whether a pixel or a neighbour was empty in the first pass. */
function bordersBackground(x: i32, y: i32): bool {
  for (let j = max(y - 1, 0); j <= min(y + 1, height - 1); j++) {
    for (let i = max(x - 1, 0); i <= min(x + 1, width - 1); i++) {
      if (load<f32>(depthAt + (<usize>(j * width + i) << 2)) > 1e4) return true
    }
  }
  return false
}

let red: f32 = 0, green: f32 = 0, blue: f32 = 0, covered = 0, masked = 0

function gather(list: usize, count: i32, sx: v128, sy: v128, start: f32, nearEnd: f32, end: f32): void {
  if (!traceQuad(list, count, sx, sy, start, nearEnd, end)) return
  for (let o: usize = 0; o < 16; o += 4) {
    const owner = <usize>load<u32>(OWNER + o)
    if (!owner) continue
    covered++
    red += load<f32>(RED + o)
    green += load<f32>(GREEN + o)
    blue += load<f32>(BLUE + o)
    const material = MATERIALS + (<usize>load<i32>(owner, MATERIAL) << MATERIAL_SHIFT)
    if (load<f32>(material, MASKED) > 0) masked++
  }
}

/** The nearest depth around a pixel: where its samples may start without missing what stands in front. */
function startNear(x: i32, y: i32, fallback: f32): f32 {
  let nearest: f32 = 1e4
  for (let j = max(y - 1, 0); j <= min(y + 1, height - 1); j++) {
    for (let i = max(x - 1, 0); i <= min(x + 1, width - 1); i++) {
      nearest = min(nearest, load<f32>(depthAt + (<usize>(j * width + i) << 2)))
    }
  }
  return nearest < 1e4 ? max(nearest - 0.012, fallback) : fallback
}

/**
 * Marks edges in the lowest bit of the depth (a quarter of a micrometre), so that all come from the first pass. Every
 * pair of neighbours is compared once; the pairs across a tile's left and upper border too, as that tile may be empty.
 */
function markEdges(left: i32, top: i32, right: i32, bottom: i32): void {
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const here = <usize>(y * width + x)
      if (x + 1 < width && differs(here, here + 1)) {
        mark(here)
        mark(here + 1)
      }
      if (y + 1 < height && differs(here, here + <usize>width)) {
        mark(here)
        mark(here + <usize>width)
      }
      if (x == left && x > 0 && differs(here, here - 1)) mark(here)
      if (y == top && y > 0 && differs(here, here - <usize>width)) mark(here)
    }
  }
}

export function smoothEdges(): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let ty = 0; ty < tilesY; ty++) {
      for (let tx = 0; tx < tilesX; tx++) {
        const tile = <usize>(ty * tilesX + tx)
        const count = load<i32>(countsAt + (tile << 2))
        if (!count) continue
        const left = tx * tileSize, top = ty * tileSize
        const right = min(left + tileSize, width), bottom = min(top + tileSize, height)
        if (!pass) {
          markEdges(left, top, right, bottom)
          continue
        }
        const list = listsAt + (<usize>load<i32>(startsAt + (tile << 2)) << 1)
        const near = load<f32>(rangesAt + (tile << 3)), far = load<f32>(rangesAt + (tile << 3), 4)
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            const pixel = <usize>(y * width + x)
            if (!(load<u32>(depthAt + (pixel << 2)) & 1)) continue
            resample(list, count, x, y, pixel, startNear(x, y, near), far)
          }
        }
      }
    }
  }
}

function resample(list: usize, count: i32, x: i32, y: i32, pixel: usize, start: f32, end: f32): void {
  red = 0
  green = 0
  blue = 0
  covered = 0
  masked = 0
  const ball: f32 = 0.026
  focus(list, count, <f32>x + 0.5, <f32>y + 0.5, start + ball * 0.8, ball)
  const nearEnd = start + ball * 1.7
  const fx = <f32>x + 0.0625, fy = <f32>y + 0.0625
  const silhouette = bordersBackground(x, y)
  // Eight rooks: no two of the eight samples share a row or a column; the first four are spread just as well.
  gather(list, count, f32x4(fx, fx + 0.25, fx + 0.5, fx + 0.75), f32x4(fy + 0.375, fy + 0.75, fy + 0.125, fy + 0.5), start, nearEnd, end)
  if (silhouette) {
    gather(list, count, f32x4(fx + 0.125, fx + 0.375, fx + 0.625, fx + 0.875), f32x4(fy, fy + 0.625, fy + 0.875, fy + 0.25), start, nearEnd, end)
  }
  const samples = silhouette ? 8 : 4
  let colour: u32 = 0
  if (covered) {
    const k: f32 = 1 / <f32>covered
    colour = <u32>(red * k + 0.5) | (<u32>(green * k + 0.5) << 8) | (<u32>(blue * k + 0.5) << 16) |
      (<u32>((covered * 255 + samples / 2) / samples) << 24)
  }
  store<u32>(figureAt + (pixel << 2), colour)
  store<u8>(maskAt + pixel, <u8>((masked * 255 + samples / 2) / samples))
}
