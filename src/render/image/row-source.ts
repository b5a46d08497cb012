import { type Arena, roundUp } from './arena'
import { checkMount, mountedRows } from './mounted-rows'
import { checkPixels, checkRect, checkSize, type Pixels, type Scale } from './pixels'
import { axisWeights } from './resample-weights'

/** Hands out the rows of a picture once, in order. Coders pull bands from it, so no full-size copy is ever in the kernel. */
export type RowSource = {
  width: number
  height: number
  /** Writes the next `rows` RGBA rows to `dst`, `stride` bytes apart. */
  read(dst: number, stride: number, rows: number): void
}

export type RowOptions = {
  scale?: Scale | undefined
  /** Colour 0xRRGGBB under transparent pixels; without it alpha is kept. */
  background?: number | undefined
}

/** Source rows brought into the kernel at a time. */
const CHUNK_ROWS = 32

/** 0xRRGGBB -> the byte order of an RGBA pixel read as a little-endian word. */
export const rgbWord = (rgb: number): number => ((rgb & 0xff) << 16) | (rgb & 0xff00) | ((rgb >> 16) & 0xff)

/**
 * Rows of `pixels`, cropped and resampled when `scale` is given. Alpha is resampled straight, not premultiplied: put cut-outs
 * on a background first, or name one; a mount needs that too. Throws ImageError for sizes beyond the limits or a rectangle outside of the picture.
 */
export function openRows(arena: Arena, pixels: Pixels, { scale, background }: RowOptions = {}): RowSource {
  checkPixels(pixels)
  const load = (dst: number, from: number, rows: number) => {
    const bytes = pixels.width * 4
    arena.bytes(dst, rows * bytes).set(pixels.rgba.subarray(from * bytes, (from + rows) * bytes))
    if (background !== undefined) arena.wasm.overColor(dst, rows * pixels.width, rgbWord(background))
  }
  if (!scale) return plainRows(arena, pixels, load)
  if (scale.mount) checkMount(scale.mount, scale)
  const rows = resampledRows(arena, pixels, scale, load)
  if (!scale.mount) return rows
  const { backdrop, width, height } = scale.mount
  const whole = { x: 0, y: 0, width: backdrop.width, height: backdrop.height }
  const behind = openRows(arena, backdrop, { scale: { rect: whole, width, height } })
  return mountedRows(arena, rows, behind, scale.mount)
}

type LoadRows = (dst: number, from: number, rows: number) => void

function plainRows(arena: Arena, { width, height }: Pixels, load: LoadRows): RowSource {
  let next = 0
  // Through a buffer of its own, as `overColor` works on whole groups of four pixels and would touch the row behind.
  const chunk = arena.alloc(width * 4 * CHUNK_ROWS)
  return {
    width,
    height,
    read(dst, stride, rows) {
      for (let done = 0; done < rows; done += CHUNK_ROWS) {
        const count = Math.min(CHUNK_ROWS, rows - done)
        load(chunk, next, count)
        next += count
        const memory = arena.bytes(0, arena.memoryBytes)
        for (let y = 0; y < count; y++) {
          memory.copyWithin(dst + (done + y) * stride, chunk + y * width * 4, chunk + (y + 1) * width * 4)
        }
      }
    },
  }
}

function resampledRows(arena: Arena, source: Pixels, scale: Scale, load: LoadRows): RowSource {
  const { rect, width, height } = scale
  checkSize(width, height)
  checkRect(rect, source)
  const columns = axisWeights(source.width, rect.x, rect.width, width, 4)
  const lines = axisWeights(source.height, rect.y, rect.height, height, 2)
  const offsets = arena.copyIn(columns.starts.map((start) => start * 4))
  const columnWeights = arena.copyIn(columns.weights)
  const lineWeights = arena.copyIn(lines.weights)
  const table = arena.alloc(lines.taps * 4)
  const sourceStride = source.width * 4
  const chunk = arena.alloc(sourceStride * CHUNK_ROWS + columns.taps * 4)
  // Horizontally resampled rows that the next output row may still need.
  const ringRows = lines.taps + 2
  const ringStride = roundUp(width * 4, 16) + 16
  const ring = arena.alloc(ringStride * ringRows)
  const lastRow = source.height - 1
  let loadedFrom = 0
  let loadedTo = 0
  let next = 0
  let line = 0

  const resampleUpTo = (end: number) => {
    while (next < end) {
      if (next < loadedFrom || next >= loadedTo) {
        loadedFrom = next
        loadedTo = Math.min(next + CHUNK_ROWS, source.height)
        load(chunk, loadedFrom, loadedTo - loadedFrom)
      }
      const from = chunk + (next - loadedFrom) * sourceStride
      const to = ring + (next % ringRows) * ringStride
      arena.wasm.resizeRowHorizontal(from, to, width, offsets, columnWeights, columns.taps)
      next++
    }
  }
  return {
    width,
    height,
    read(dst, stride, rows) {
      for (let y = 0; y < rows; y++, line++) {
        const first = lines.starts[line]!
        next = Math.max(next, first)
        resampleUpTo(Math.min(first + lines.taps, source.height))
        const weights = lineWeights + line * lines.taps * 2
        const to = dst + y * stride
        arena.wasm.resizeRowVertical(
          to,
          width * 4,
          ring,
          ringRows,
          ringStride,
          first,
          lastRow,
          table,
          weights,
          lines.taps,
        )
      }
    },
  }
}
