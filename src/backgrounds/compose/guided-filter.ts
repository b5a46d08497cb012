import type { Pixels } from '../../render/image/pixels'
import { boxBlur } from './box-blur'
import { CELL_PX, CELL_SHIFT, cellsAlong, grown, mixedCells } from './cells'

// He, Sun, Tang, "Guided Image Filtering" (2010), with the colours of the picture as the guide, and "Fast Guided Filter"
// (He, Sun 2015): the linear model of each window is found on a quarter of the size and used on the whole picture.

/** Windows of 7 x 7 cells: 28 pixels, room for an edge that is off by four to each side. */
const WINDOW_RADIUS = 3
/** Spread of colour that counts as flat, squared levels: less follows finer edges and more noise. */
const FLATNESS = 40
/** Edges are looked for within this many cells of a doubtful pixel: eight pixels. */
const REACH_CELLS = 2
/** The model's ramp is wider than the picture's: what lies below and above is cut. */
const RAMP_FROM = 0.12
const RAMP_TO = 0.88

/** R, G, B, mask, RR, RG, RB, GG, GB, BB, R mask, G mask, B mask: means over the windows. */
const MOMENTS = 13

/** The mask with its doubtful edges moved to those of the picture; what is far from them stays. */
export function followEdges(mask: Uint8Array, picture: Pixels): Uint8Array<ArrayBuffer> {
  const { rgba, width, height } = picture
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const band = grown(mixedCells(mask, width, height), columns, REACH_CELLS)
  const model = linearModel(momentsOf(picture, mask), columns, rows, grown(band, columns, 1))
  const out = Uint8Array.from(mask)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (band[(y >> CELL_SHIFT) * columns + (x >> CELL_SHIFT)] === 0) continue
      const i = y * width + x
      const value = applyModel(model, columns, rows, x, y, rgba[i * 4]!, rgba[i * 4 + 1]!, rgba[i * 4 + 2]!)
      const t = Math.min(1, Math.max(0, (value - RAMP_FROM) / (RAMP_TO - RAMP_FROM)))
      out[i] = Math.round(t * 255)
    }
  }
  return out
}

function momentsOf({ rgba, width, height }: Pixels, mask: Uint8Array): Float32Array[] {
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const moments = Array.from({ length: MOMENTS }, () => new Float32Array(columns * rows))
  const cell = new Float64Array(4)
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      cellMean(rgba, mask, width, height, column * CELL_PX, row * CELL_PX, cell)
      const [r, g, b, p] = cell as unknown as [number, number, number, number]
      const values = [r, g, b, p, r * r, r * g, r * b, g * g, g * b, b * b, r * p, g * p, b * p]
      for (let k = 0; k < MOMENTS; k++) moments[k]![i] = values[k]!
    }
  }
  for (const moment of moments) boxBlur(moment, columns, rows, WINDOW_RADIUS, WINDOW_RADIUS)
  return moments
}

function cellMean(
  rgba: Pixels['rgba'],
  mask: Uint8Array,
  width: number,
  height: number,
  left: number,
  top: number,
  out: Float64Array,
): void {
  const [right, bottom] = [Math.min(width, left + CELL_PX), Math.min(height, top + CELL_PX)]
  let [r, g, b, p] = [0, 0, 0, 0]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const i = y * width + x
      r += rgba[i * 4]!
      g += rgba[i * 4 + 1]!
      b += rgba[i * 4 + 2]!
      p += mask[i]!
    }
  }
  const share = 1 / ((right - left) * (bottom - top))
  out[0] = r * share
  out[1] = g * share
  out[2] = b * share
  out[3] = (p * share) / 255
}

/** Coverage = r * R + g * G + b * B + offset: four planes, averaged over the windows that hold a cell. */
function linearModel(m: Float32Array[], columns: number, rows: number, wanted: Uint8Array): Float32Array[] {
  const model = Array.from({ length: 4 }, () => new Float32Array(columns * rows))
  const near = grown(wanted, columns, WINDOW_RADIUS)
  const at = (k: number, i: number): number => m[k]![i]!
  for (let i = 0; i < near.length; i++) {
    if (near[i] === 0) continue
    const [r, g, b, p] = [at(0, i), at(1, i), at(2, i), at(3, i)]
    const [rr, gg, bb] = [at(4, i) - r * r + FLATNESS, at(7, i) - g * g + FLATNESS, at(9, i) - b * b + FLATNESS]
    const [rg, rb, gb] = [at(5, i) - r * g, at(6, i) - r * b, at(8, i) - g * b]
    const [rp, gp, bp] = [at(10, i) - r * p, at(11, i) - g * p, at(12, i) - b * p]
    // Cramer's rule; the matrix is symmetric and, thanks to FLATNESS, never singular.
    const [xx, xy, xz] = [gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg]
    const [yy, yz, zz] = [rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg]
    const scale = 1 / (rr * xx + rg * xy + rb * xz)
    const red = (xx * rp + xy * gp + xz * bp) * scale
    const green = (xy * rp + yy * gp + yz * bp) * scale
    const blue = (xz * rp + yz * gp + zz * bp) * scale
    model[0]![i] = red
    model[1]![i] = green
    model[2]![i] = blue
    model[3]![i] = p - red * r - green * g - blue * b
  }
  for (const plane of model) boxBlur(plane, columns, rows, WINDOW_RADIUS, WINDOW_RADIUS)
  return model
}

/** The model between four cells, at one pixel. */
function applyModel(
  model: Float32Array[],
  columns: number,
  rows: number,
  x: number,
  y: number,
  r: number,
  g: number,
  b: number,
): number {
  const u = Math.min(columns - 1, Math.max(0, (x + 0.5) / CELL_PX - 0.5))
  const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / CELL_PX - 0.5))
  const [column, row] = [Math.floor(u), Math.floor(v)]
  const [fx, fy] = [u - column, v - row]
  const a = row * columns + column
  const right = column + 1 < columns ? 1 : 0
  const below = row + 1 < rows ? columns : 0
  const colours = [r, g, b, 1]
  let value = 0
  for (let k = 0; k < 4; k++) {
    const plane = model[k]!
    const upper = plane[a]! * (1 - fx) + plane[a + right]! * fx
    const lower = plane[a + below]! * (1 - fx) + plane[a + below + right]! * fx
    value += colours[k]! * (upper * (1 - fy) + lower * fy)
  }
  return value
}
