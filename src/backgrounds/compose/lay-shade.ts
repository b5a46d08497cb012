import { CELL_PX } from './cells'
import type { Shade } from './contact-shadow'

/** Darkness below this is less than half a level on white: not worth a look. */
const LEAST_DARK = 0.001

/** Lighter on white, where a shadow stands out and a shop wants white, than on a middle grey. */
const ON_WHITE = 0.7
const WHITE_FROM = 150

/** Calls `paint` with each pixel index and its darkness, 0..1, where there is any: bilinear between the cells. */
export function eachShaded(
  { dark, columns, rows }: Shade,
  width: number,
  height: number,
  paint: (pixel: number, dark: number) => void,
): void {
  const line = new Float32Array(columns)
  for (let y = 0; y < height; y++) {
    const v = Math.min(rows - 1, Math.max(0, (y + 0.5) / CELL_PX - 0.5))
    const row = Math.floor(v)
    const below = Math.min(rows - 1, row + 1)
    let [first, last] = [columns, -1]
    for (let i = 0; i < columns; i++) {
      const upper = dark[row * columns + i]!
      const value = upper + (dark[below * columns + i]! - upper) * (v - row)
      line[i] = value
      if (value < LEAST_DARK) continue
      first = Math.min(first, i)
      last = i
    }
    const end = Math.min(width, (last + 2) * CELL_PX)
    for (let x = Math.max(0, (first - 1) * CELL_PX); x < end; x++) {
      const u = Math.min(columns - 1, Math.max(0, (x + 0.5) / CELL_PX - 0.5))
      const at = u | 0
      const left = line[at]!
      const value = left + (line[Math.min(columns - 1, at + 1)]! - left) * (u - at)
      if (value >= LEAST_DARK) paint(y * width + x, value)
    }
  }
}

/** How much of the darkness shows on a backdrop of this brightness (0..255). */
export function shadeOn(brightness: number): number {
  const t = Math.min(1, Math.max(0, (brightness - WHITE_FROM) / (255 - WHITE_FROM)))
  return 1 - (1 - ON_WHITE) * t
}

/** Darkens an opaque backdrop in place; its hue stays. */
export function layShade(rgba: Uint8Array, width: number, height: number, shade: Shade): void {
  eachShaded(shade, width, height, (pixel, dark) => {
    const at = pixel * 4
    const brightness = (rgba[at]! * 77 + rgba[at + 1]! * 150 + rgba[at + 2]! * 29) >> 8
    const keep = 1 - dark * shadeOn(brightness)
    rgba[at] = rgba[at]! * keep + 0.5
    rgba[at + 1] = rgba[at + 1]! * keep + 0.5
    rgba[at + 2] = rgba[at + 2]! * keep + 0.5
  })
}

/** Puts black with the shadow's darkness under a cut-out, in place. */
export function underlayShade(rgba: Uint8Array, width: number, height: number, shade: Shade): void {
  eachShaded(shade, width, height, (pixel, dark) => {
    const at = pixel * 4
    const cover = rgba[at + 3]! / 255
    const alpha = cover + (1 - cover) * dark
    for (let c = at; c < at + 3; c++) rgba[c] = (rgba[c]! * cover) / alpha + 0.5
    rgba[at + 3] = alpha * 255 + 0.5
  })
}
