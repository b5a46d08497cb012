import type { Figure } from '../../exports/types'
import { boxBlur } from './box-blur'
import { CELL_PX, CELL_SHIFT, cellsAlong } from './cells'
import { type Components, componentsOf } from './components'

/** How dark the floor is, 0..1, at every fourth pixel of every fourth row: columns x rows. */
export type Shade = { dark: Float32Array; columns: number; rows: number }

// Lengths are shares of the person's size: the longer side of the box around him.
/** A part this far above the floor casts a third of the shadow of one that stands on it. */
const FADE_HEIGHT = 0.028
/** The floor may rise in the picture by this for each pixel to the side: the far foot stands higher than the near one. */
const FLOOR_SLOPE = 0.4
/** A foot this much above the lowest foot of the same person still stands, if its ankle says that there is a foot. */
const STEP_HEIGHT = 0.08
const FOOT_REACH = 0.05
const FOOT_HEIGHT = 0.1
/** What is cut by the frame on this share of its width has no feet in the picture. */
const CUT_SHARE = 0.2
/** Parts smaller than this share of the largest (a ball in the air) touch no floor. */
const ISLAND_SHARE = 0.05

/** The dark line under a sole and the soft pool around it: depth of the print, blur to the side, blur up and down, strength. */
const LINE = { depth: 0.014, blurX: 0.008, blurY: 0.004, strength: 0.75 }
const POOL = { depth: 0.035, blurX: 0.045, blurY: 0.013, strength: 0.4 }

/** Thin things (a chair's leg) fade in the blur; this much above the linear they still get their shadow. */
const SATURATION = 2
/** Less than this is no touch, and a print that is fainter than this after the blur is not made darker. */
const LEAST_TOUCH = 0.01
const LEAST_PEAK = 0.05

/** COCO-18 numbers of the ankles, and the confidence from which a point counts. */
const ANKLES = [10, 13] as const
const VISIBLE = 0.3

/** One thing that may stand on the floor, in cells. `bottom`: the row below its lowest cell, for each column; 0: nothing. */
type Island = { bottom: Int32Array; left: number; right: number; size: number }

/**
 * The soft shadow of what touches the floor: where the lower outline of a person comes close to the lowest line that it could
 * stand on. Null when nothing does: an empty mask, a person cut by the frame below. `figures` tell where feet are.
 */
export function contactShade(
  mask: Uint8Array,
  width: number,
  height: number,
  figures: readonly Figure[] = [],
): Shade | null {
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const islands = islandsOf(coveredCells(mask, width, height), columns, rows).filter((island) => !isCut(island, rows))
  if (islands.length === 0) return null
  const dark = new Float32Array(columns * rows)
  for (const island of islands) {
    const touch = touchOf(island, rows, figures)
    for (const layer of [LINE, POOL]) darken(dark, columns, island, touch, layer)
  }
  return { dark, columns, rows }
}

/** 255 for cells of which the middle is covered. */
function coveredCells(mask: Uint8Array, width: number, height: number): Uint8Array {
  const [columns, rows] = [cellsAlong(width), cellsAlong(height)]
  const cells = new Uint8Array(columns * rows)
  for (let row = 0, i = 0; row < rows; row++) {
    const y = Math.min(height - 1, (row << CELL_SHIFT) + CELL_PX / 2)
    for (let column = 0; column < columns; column++, i++) {
      const x = Math.min(width - 1, (column << CELL_SHIFT) + CELL_PX / 2)
      if (mask[y * width + x]! >= 128) cells[i] = 255
    }
  }
  return cells
}

function islandsOf(cells: Uint8Array, columns: number, rows: number): Island[] {
  const found = componentsOf(cells, columns, rows, { from: 255, to: 255, diagonal: true })
  const largest = found.areas.reduce((most, area) => Math.max(most, area), 0)
  const owners = [...found.areas.keys()].filter((run) => found.areas[run]! > ISLAND_SHARE * largest)
  return owners.map((owner) => islandOf(found, owner, columns))
}

function islandOf({ starts, ends, owners }: Components, owner: number, columns: number): Island {
  const bottom = new Int32Array(columns)
  let [left, right, top, lowest] = [columns, 0, Number.POSITIVE_INFINITY, 0]
  for (let run = 0; run < starts.length; run++) {
    if (owners[run] !== owner) continue
    const row = Math.floor(starts[run]! / columns)
    const [from, to] = [starts[run]! - row * columns, ends[run]! - row * columns]
    bottom.fill(row + 1, from, to)
    left = Math.min(left, from)
    right = Math.max(right, to)
    top = Math.min(top, row)
    lowest = row + 1
  }
  return { bottom, left, right, size: Math.max(right - left, lowest - top) }
}

/** A person from the hips up, or one whose feet the frame cuts off. */
function isCut({ bottom, left, right }: Island, rows: number): boolean {
  const cut = bottom.reduce((count, row) => count + (row === rows ? 1 : 0), 0)
  return cut > CUT_SHARE * (right - left)
}

/** For each column how much it touches the floor, 0..1. */
function touchOf({ bottom, left, right, size }: Island, rows: number, figures: readonly Figure[]): Float32Array {
  const floor = Float32Array.from(bottom)
  for (let x = left + 1; x < right; x++) floor[x] = Math.max(floor[x]!, floor[x - 1]! - FLOOR_SLOPE)
  for (let x = right - 2; x >= left; x--) floor[x] = Math.max(floor[x]!, floor[x + 1]! - FLOOR_SLOPE)
  const touch = new Float32Array(bottom.length)
  for (let x = left; x < right; x++) {
    if (bottom[x] === 0) continue
    touch[x] = Math.exp(-(floor[x]! - bottom[x]!) / (FADE_HEIGHT * size))
  }
  for (const figure of figures) standOnFeet(touch, bottom, size, rows, figure)
  return touch
}

/** The feet of one person all stand, also the one that is further away and so higher in the picture. */
function standOnFeet(touch: Float32Array, bottom: Int32Array, size: number, rows: number, { keypoints }: Figure): void {
  const feet = ANKLES.flatMap((ankle) => {
    const [x = 0, y = 0, confidence = 0] = keypoints.slice(ankle * 3, ankle * 3 + 3)
    if (confidence < VISIBLE) return []
    const [column, row] = [Math.round(x / CELL_PX), Math.min(rows, Math.round(y / CELL_PX))]
    const reach = Math.max(1, Math.round(FOOT_REACH * size))
    const sole: number[] = []
    for (let at = Math.max(0, column - reach); at <= Math.min(bottom.length - 1, column + reach); at++) {
      if (bottom[at]! >= row && bottom[at]! <= row + FOOT_HEIGHT * size) sole.push(at)
    }
    return sole.length === 0 ? [] : [{ sole, lowest: Math.max(...sole.map((at) => bottom[at]!)) }]
  })
  const floor = Math.max(0, ...feet.map(({ lowest }) => lowest))
  for (const { sole, lowest } of feet) {
    if (floor - lowest > STEP_HEIGHT * size) continue
    for (const at of sole) {
      const own = Math.exp(-(lowest - bottom[at]!) / (FADE_HEIGHT * size))
      touch[at] = Math.max(touch[at]!, own)
    }
  }
}

/**
 * Darkens the floor by one layer: what stands on it, seen from a little above (the lowest cells of each column), blurred (three
 * boxes are nearly a Gaussian). Works on the rows that this reaches only.
 */
function darken(dark: Float32Array, columns: number, island: Island, touch: Float32Array, layer: typeof LINE): void {
  const rows = dark.length / columns
  const cells = Math.max(1, Math.round(layer.depth * island.size))
  const radiusX = Math.max(1, Math.round(layer.blurX * island.size))
  const radiusY = Math.max(1, Math.round(layer.blurY * island.size))
  const touching = [...island.bottom].filter((_, x) => touch[x]! > LEAST_TOUCH)
  const top = Math.max(0, Math.min(...touching) - cells - 3 * radiusY)
  const end = Math.min(rows, Math.max(...touching) + 3 * radiusY)
  const print = new Float32Array((end - top) * columns)
  for (let x = island.left; x < island.right; x++) {
    if (touch[x]! <= LEAST_TOUCH) continue
    const bottom = island.bottom[x]! - top
    for (let y = Math.max(0, bottom - cells); y < bottom; y++) print[y * columns + x] = touch[x]!
  }
  for (let pass = 0; pass < 3; pass++) boxBlur(print, columns, end - top, radiusX, radiusY)
  const peak = print.reduce((most, value) => Math.max(most, value), LEAST_PEAK)
  const scale = SATURATION / peak
  const most = layer.strength / (1 - Math.exp(-SATURATION))
  for (let i = 0, at = top * columns; i < print.length; i++, at++) {
    const value = print[i]!
    if (value > 0) dark[at] = 1 - (1 - dark[at]!) * (1 - most * (1 - Math.exp(-scale * value)))
  }
}
