import type { Pixels } from '../../render/image/pixels'
import { boxBlur } from './box-blur'
import { CELL_PX, CELL_SHIFT, cellsAlong, edgeCells, grown } from './cells'

// He, Sun, Tang, "Guided Image Filtering" (2010), with the colours of the picture as the guide, and "Fast Guided Filter"
// (He, Sun 2015): the linear model of each window is found on a quarter of the size and used on the whole picture.

// Chosen on drawn people over studios and photographs with grain, masks hard, two pixels too wide or too narrow, and from
// 512 and 256 pixels: the sum of mistakes is least here.
/** Windows of 5 x 5 cells: 20 pixels. */
const WINDOW_RADIUS = 2
/** Spread of colour that counts as flat, squared levels: less follows finer edges and more noise. */
const FLATNESS = 6
/** Edges are looked for within this many cells of the mask's: eight pixels. */
const REACH_CELLS = 2
/** The model's ramp is wider than the picture's: what lies below and above is cut. */
const RAMP_FROM = 0.25
const RAMP_TO = 0.7

/** R, G, B, mask, RR, RG, RB, GG, GB, BB, R mask, G mask, B mask: means over the windows. */
const MOMENTS = 13

/** The mask with its doubtful edges moved to those of the picture; what is far from them stays. */
export function followEdges(mask: Uint8Array, picture: Pixels): Uint8Array<ArrayBuffer> {
  const { rgba, width, height } = picture
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const band = grown(edgeCells(mask, width, height), columns, REACH_CELLS)
  // A pixel asks for the cells around it, a cell for its window, and each of those for its own.
  const windows = grown(band, columns, 1 + WINDOW_RADIUS)
  const moments = momentsOf(picture, mask, grown(windows, columns, WINDOW_RADIUS))
  const model = linearModel(moments, columns, rows, windows)
  const out = new Uint8Array(mask)
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

function momentsOf({ rgba, width, height }: Pixels, mask: Uint8Array, wanted: Uint8Array): Float32Array[] {
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const moments = Array.from({ length: MOMENTS }, () => new Float32Array(columns * rows))
  for (let row = 0, i = 0; row < rows; row++) {
    const [top, bottom] = [row << CELL_SHIFT, Math.min(height, (row + 1) << CELL_SHIFT)]
    for (let column = 0; column < columns; column++, i++) {
      if (wanted[i] === 0) continue
      const [left, right] = [column << CELL_SHIFT, Math.min(width, (column + 1) << CELL_SHIFT)]
      let [r, g, b, p] = [0, 0, 0, 0]
      for (let y = top; y < bottom; y++) {
        for (let x = left, at = (y * width + left) * 4; x < right; x++, at += 4) {
          r += rgba[at]!
          g += rgba[at + 1]!
          b += rgba[at + 2]!
          p += mask[at >> 2]!
        }
      }
      const share = 1 / ((right - left) * (bottom - top))
      setMoments(moments, i, r * share, g * share, b * share, (p * share) / 255)
    }
  }
  for (const moment of moments) boxBlur(moment, columns, rows, WINDOW_RADIUS, WINDOW_RADIUS)
  return moments
}

function setMoments(moments: Float32Array[], i: number, r: number, g: number, b: number, p: number): void {
  moments[0]![i] = r
  moments[1]![i] = g
  moments[2]![i] = b
  moments[3]![i] = p
  moments[4]![i] = r * r
  moments[5]![i] = r * g
  moments[6]![i] = r * b
  moments[7]![i] = g * g
  moments[8]![i] = g * b
  moments[9]![i] = b * b
  moments[10]![i] = r * p
  moments[11]![i] = g * p
  moments[12]![i] = b * p
}

/** Coverage = r * R + g * G + b * B + offset: four planes, averaged over the windows that hold a cell. */
function linearModel(m: Float32Array[], columns: number, rows: number, wanted: Uint8Array): Float32Array[] {
  const model = Array.from({ length: 4 }, () => new Float32Array(columns * rows))
  const at = (k: number, i: number): number => m[k]![i]!
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === 0) continue
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
  let value = 0
  for (let k = 0; k < 4; k++) {
    const plane = model[k]!
    const upper = plane[a]! * (1 - fx) + plane[a + right]! * fx
    const lower = plane[a + below]! * (1 - fx) + plane[a + below + right]! * fx
    value += (k === 0 ? r : k === 1 ? g : k === 2 ? b : 1) * (upper * (1 - fy) + lower * fy)
  }
  return value
}
