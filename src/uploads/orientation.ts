import type { DecodedImage } from '../render/image/png-decode'
import type { Orientation } from './exif'

/** Columns and rows are swapped. */
export const isTurned = (orientation: Orientation): boolean => orientation >= 5

/** Side of a tile: 32 lines of 32 pixels stay in the nearest cache while columns become rows. */
const TILE = 32

/**
 * The picture turned and mirrored so that it needs no orientation any more. Output (x, y) is source pixel
 * origin + x * stepX + y * stepY; the rows of the table are EXIF's definitions of 1..8.
 */
export function applyOrientation(pixels: DecodedImage, orientation: Orientation): DecodedImage {
  if (orientation === 1) return pixels
  const { rgba, width: w, height: h } = pixels
  const last = w * h - 1
  const [origin, stepX, stepY] = {
    2: [w - 1, -1, w],
    3: [last, -1, -w],
    4: [last - w + 1, 1, -w],
    5: [0, w, 1],
    6: [last - w + 1, -w, 1],
    7: [last, -w, -1],
    8: [w - 1, w, -1],
  }[orientation] as [number, number, number]
  const width = isTurned(orientation) ? h : w
  const height = isTurned(orientation) ? w : h
  // A view of words needs an address that is a multiple of four; a copy has one.
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice()
  const source = new Uint32Array(aligned.buffer, aligned.byteOffset, w * h)
  const target = new Uint32Array(w * h)
  for (let top = 0; top < height; top += TILE) {
    const bottom = Math.min(top + TILE, height)
    for (let left = 0; left < width; left += TILE) {
      const right = Math.min(left + TILE, width)
      for (let y = top; y < bottom; y++) {
        let from = origin + left * stepX + y * stepY
        for (let to = y * width + left; to < y * width + right; to++, from += stepX) target[to] = source[from]!
      }
    }
  }
  return { rgba: new Uint8Array(target.buffer), width, height }
}
