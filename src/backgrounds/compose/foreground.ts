import type { Pixels } from '../../render/image/pixels'
import { CELL_PX, CELL_SHIFT, cellsAlong, grown, mixedCells } from './cells'

/**
 * A pixel of the edge is coverage * person + (1 - coverage) * old backdrop. Put over a new backdrop as it is, it shows a seam
 * of the old one. So the two colours are told apart here: their means and spreads near the pixel are known from pixels that
 * are wholly one or the other (weighted means as in blur-fusion: Forte, "Approximate Fast Foreground Colour Estimation",
 * 2021), and what is left is shared between both by their spreads (Chuang et al., "A Bayesian Approach to Digital Matting",
 * 2001, with the coverage given).
 */

/** Where no pure pixel is near (fine hair, deep inside of a soft edge) means come from 80 pixels to each side. */
const WIDE_CELL_PX = 32
/** Of those every fourth pixel of every fourth row counts. */
const WIDE_STEP_PX = 4
/** What the wider means weigh beside the near ones: enough to decide when there is nothing near, nothing otherwise. */
const WIDE_WEIGHT = 1e-3
const WHOLE_WEIGHT = 1e-6

/** Sums of a cell: weight, red, green, blue, squares; first of the person, then of the backdrop. */
const FIELDS = 5
const CELL_FIELDS = 2 * FIELDS
/** Near means come from 5 x 5 cells of 4 pixels: 10 pixels to each side. */
const TENT = [1, 2, 3, 2, 1] as const

/** Squared spread that even a flat area has, and the noise of one pixel: sums over three channels. */
const LEAST_SPREAD = 12
const NOISE = 6

/** A grid of cells; only some have sums. `slots`: where those of a cell are, 0 for cells without. */
type Grid = { columns: number; rows: number; slots: Int32Array; sums: Float32Array }

/**
 * Replaces the colours of all pixels with 0 < coverage < 255 in `picture` by those of the person alone; the others stay.
 * `maskError`: how far the coverage may be off, 0..1: 0.01 for a drawn one, 0.1 for one that a model guessed.
 */
export function unmixEdges(picture: Pixels, mask: Uint8Array, maskError: number): void {
  const { rgba, width, height } = picture
  const edges = mixedCells(mask, width, height)
  const means = smoothed(nearSums(picture, mask, edges), edges, wideSums(picture, mask))
  const at = new Float64Array(CELL_FIELDS)
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const coverage = mask[i]!
      if (coverage === 0 || coverage === 255) continue
      interpolate(means, x, y, at)
      unmix(rgba, i * 4, coverage / 255, at, maskError)
    }
  }
}

/** Weight of a pixel for the mean of what it covers wholly; mixed pixels count only where there are no others. */
const PURE = Float32Array.from({ length: 256 }, (_, coverage) => (coverage >= 252 ? 1 : 1e-3 * (coverage / 255) ** 4))

function addPixel(sums: Float32Array, cell: number, rgba: Pixels['rgba'], at: number, coverage: number): void {
  const r = rgba[at]!
  const g = rgba[at + 1]!
  const b = rgba[at + 2]!
  const squares = r * r + g * g + b * b
  const person = PURE[coverage]!
  const backdrop = PURE[255 - coverage]!
  sums[cell] = sums[cell]! + person
  sums[cell + 1] = sums[cell + 1]! + person * r
  sums[cell + 2] = sums[cell + 2]! + person * g
  sums[cell + 3] = sums[cell + 3]! + person * b
  sums[cell + 4] = sums[cell + 4]! + person * squares
  sums[cell + 5] = sums[cell + 5]! + backdrop
  sums[cell + 6] = sums[cell + 6]! + backdrop * r
  sums[cell + 7] = sums[cell + 7]! + backdrop * g
  sums[cell + 8] = sums[cell + 8]! + backdrop * b
  sums[cell + 9] = sums[cell + 9]! + backdrop * squares
}

/** Room for sums of the wanted cells: a few of a hundred in a usual picture. Slot 0 stays empty. */
function gridOf(wanted: Uint8Array, columns: number): Grid {
  const slots = new Int32Array(wanted.length)
  let count = 1
  for (let i = 0; i < slots.length; i++) if (wanted[i] !== 0) slots[i] = count++
  return { columns, rows: wanted.length / columns, slots, sums: new Float32Array(count * CELL_FIELDS) }
}

function nearSums({ rgba, width, height }: Pixels, mask: Uint8Array, edges: Uint8Array): Grid {
  const columns = cellsAlong(width)
  const grid = gridOf(grown(edges, columns, 3), columns)
  for (let y = 0, i = 0; y < height; y++) {
    const row = (y >> CELL_SHIFT) * columns
    for (let x = 0; x < width; x++, i++) {
      const slot = grid.slots[row + (x >> CELL_SHIFT)]!
      if (slot !== 0) addPixel(grid.sums, slot * CELL_FIELDS, rgba, i * 4, mask[i]!)
    }
  }
  return grid
}

function wideSums({ rgba, width, height }: Pixels, mask: Uint8Array): Grid {
  const [columns, rows] = [Math.ceil(width / WIDE_CELL_PX), Math.ceil(height / WIDE_CELL_PX)]
  const every = new Uint8Array(columns * rows).fill(1)
  const grid = gridOf(every, columns)
  for (let y = 0; y < height; y += WIDE_STEP_PX) {
    for (let x = 0; x < width; x += WIDE_STEP_PX) {
      const cell = Math.floor(y / WIDE_CELL_PX) * columns + Math.floor(x / WIDE_CELL_PX)
      addPixel(grid.sums, grid.slots[cell]! * CELL_FIELDS, rgba, (y * width + x) * 4, mask[y * width + x]!)
    }
  }
  const spread = gridOf(every, columns)
  for (let i = 0; i < every.length; i++) gather(grid, i, spread)
  addWhole(spread.sums)
  return spread
}

/** The whole picture's sums, for a place with nothing pure within the wide reach. */
function addWhole(sums: Float32Array): void {
  const whole = new Float64Array(CELL_FIELDS)
  for (let i = 0; i < sums.length; i++) whole[i % CELL_FIELDS] = whole[i % CELL_FIELDS]! + sums[i]!
  for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + WHOLE_WEIGHT * whole[i % CELL_FIELDS]!
}

/** Sums around each cell at an edge or beside one (the pixels between two cells ask both), with a little of the wide. */
function smoothed(near: Grid, edges: Uint8Array, wide: Grid): Grid {
  const grid = gridOf(grown(edges, near.columns, 1), near.columns)
  const ratio = WIDE_CELL_PX / CELL_PX
  for (let i = 0; i < grid.slots.length; i++) {
    if (grid.slots[i] === 0) continue
    gather(near, i, grid)
    const column = Math.floor((i % grid.columns) / ratio)
    const row = Math.floor(Math.floor(i / grid.columns) / ratio)
    const from = wide.slots[row * wide.columns + column]! * CELL_FIELDS
    const to = grid.slots[i]! * CELL_FIELDS
    for (let k = 0; k < CELL_FIELDS; k++) grid.sums[to + k] = grid.sums[to + k]! + WIDE_WEIGHT * wide.sums[from + k]!
  }
  return grid
}

/** Adds the tent-weighted sums of 5 x 5 cells around cell `index` to that cell of `into`. */
function gather({ columns, rows, slots, sums }: Grid, index: number, into: Grid): void {
  const column = index % columns
  const row = (index - column) / columns
  const to = into.slots[index]! * CELL_FIELDS
  for (let j = Math.max(0, row - 2); j <= Math.min(rows - 1, row + 2); j++) {
    for (let i = Math.max(0, column - 2); i <= Math.min(columns - 1, column + 2); i++) {
      const weight = TENT[j - row + 2]! * TENT[i - column + 2]!
      const from = slots[j * columns + i]! * CELL_FIELDS
      for (let k = 0; k < CELL_FIELDS; k++) into.sums[to + k] = into.sums[to + k]! + weight * sums[from + k]!
    }
  }
}

/** The sums at a pixel: bilinear between the four cells around it. */
function interpolate({ columns, rows, slots, sums }: Grid, x: number, y: number, out: Float64Array): void {
  const u = Math.min(columns - 1, Math.max(0, (x + 0.5) / CELL_PX - 0.5))
  const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / CELL_PX - 0.5))
  const column = Math.floor(u)
  const row = Math.floor(v)
  const fx = u - column
  const fy = v - row
  const cell = row * columns + column
  const right = column + 1 < columns ? 1 : 0
  const below = row + 1 < rows ? columns : 0
  const a = slots[cell]! * CELL_FIELDS
  const b = slots[cell + right]! * CELL_FIELDS
  const c = slots[cell + below]! * CELL_FIELDS
  const d = slots[cell + below + right]! * CELL_FIELDS
  const wa = (1 - fx) * (1 - fy)
  const wb = fx * (1 - fy)
  const wc = (1 - fx) * fy
  const wd = fx * fy
  for (let k = 0; k < CELL_FIELDS; k++) {
    out[k] = wa * sums[a + k]! + wb * sums[b + k]! + wc * sums[c + k]! + wd * sums[d + k]!
  }
}

/** Most likely colour of the person in one mixed pixel; see the top. */
function unmix(rgba: Pixels['rgba'], at: number, alpha: number, sums: Float64Array, maskError: number): void {
  const person = 1 / Math.max(sums[0]!, 1e-12)
  const backdrop = 1 / Math.max(sums[FIELDS]!, 1e-12)
  const beta = 1 - alpha
  let personSpread = sums[4]! * person
  let backdropSpread = sums[FIELDS + 4]! * backdrop
  let contrast = 0
  for (let c = 1; c <= 3; c++) {
    const f = sums[c]! * person
    const b = sums[FIELDS + c]! * backdrop
    personSpread -= f * f
    backdropSpread -= b * b
    contrast += (f - b) * (f - b)
  }
  personSpread = Math.max(personSpread, LEAST_SPREAD)
  backdropSpread = Math.max(backdropSpread, LEAST_SPREAD)
  const doubt = NOISE + maskError * maskError * contrast
  const gain = (alpha * personSpread) / (alpha * alpha * personSpread + beta * beta * backdropSpread + doubt)
  for (let c = 0; c < 3; c++) {
    const f = sums[c + 1]! * person
    const b = sums[FIELDS + c + 1]! * backdrop
    const value = f + gain * (rgba[at + c]! - alpha * f - beta * b)
    rgba[at + c] = Math.min(255, Math.max(0, Math.round(value)))
  }
}
