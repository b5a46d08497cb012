// Sums over boxes of a picture in constant time: integral images (Crow, "Summed-area tables for texture mapping",
// SIGGRAPH 1984; for faces: Viola and Jones, CVPR 2001).
import type { Pixels } from '../../render/image/pixels'
import { skinLikelihood } from './skin'

/** Light 0..255, skin 0..255, edges (steps of light to the next pixels), redness (share of red, 0..1020), and colours. */
export const [LIGHT, SKIN, EDGES, REDNESS, RED, GREEN, BLUE] = [0, 1, 2, 3, 4, 5, 6]
const CHANNELS = 7

export type BoxSums = { width: number; height: number; tables: Int32Array }

/** The tables of an opaque picture of up to 2 million pixels; 28 bytes a pixel, so for small ones. */
export function boxSums({ rgba, width, height }: Pixels): BoxSums {
  const stride = (width + 1) * CHANNELS
  const tables = new Int32Array(stride * (height + 1))
  const light = lightOf(rgba)
  for (let y = 0; y < height; y++) {
    const row = new Int32Array(CHANNELS)
    for (let x = 0; x < width; x++) {
      const at = y * width + x
      const r = rgba[at * 4]!
      const g = rgba[at * 4 + 1]!
      const b = rgba[at * 4 + 2]!
      const here = light[at]!
      const right = x + 1 < width ? light[at + 1]! : here
      const below = y + 1 < height ? light[at + width]! : here
      row[LIGHT]! += here
      row[SKIN]! += skinLikelihood(r, g, b) * 255
      row[EDGES]! += Math.abs(right - here) + Math.abs(below - here)
      row[REDNESS]! += (1020 * r) / (r + g + b + 1)
      row[RED]! += r
      row[GREEN]! += g
      row[BLUE]! += b
      const to = (y + 1) * stride + (x + 1) * CHANNELS
      for (let c = 0; c < CHANNELS; c++) tables[to + c] = tables[to - stride + c]! + row[c]!
    }
  }
  return { width, height, tables }
}

/** To whole pixels inside; quicker than Math.round, and this runs a million times a picture. */
const bounded = (value: number, max: number): number => (value < 0 ? 0 : value > max ? max : (value + 0.5) | 0)

/** Mean of a channel over the box with these corners, cut to the picture; NaN when nothing of it is inside. */
export function meanIn(
  { width, height, tables }: BoxSums,
  channel: number,
  left: number,
  top: number,
  right: number,
  bottom: number,
): number {
  const x0 = bounded(left, width)
  const x1 = bounded(right, width)
  const y0 = bounded(top, height)
  const y1 = bounded(bottom, height)
  const area = (x1 - x0) * (y1 - y0)
  if (area === 0) return Number.NaN
  const upper = y0 * (width + 1) * CHANNELS + channel
  const lower = y1 * (width + 1) * CHANNELS + channel
  const sum =
    tables[lower + x1 * CHANNELS]! -
    tables[lower + x0 * CHANNELS]! -
    tables[upper + x1 * CHANNELS]! +
    tables[upper + x0 * CHANNELS]!
  return sum / area
}

function lightOf(rgba: Pixels['rgba']): Uint8Array {
  const light = new Uint8Array(rgba.length / 4)
  for (let i = 0; i < light.length; i++)
    light[i] = (77 * rgba[i * 4]! + 150 * rgba[i * 4 + 1]! + 29 * rgba[i * 4 + 2]!) >> 8
  return light
}
