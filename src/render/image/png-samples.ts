import { ImageError } from './image-error'
import type { PngHeader } from './png-chunks'
import type { PngColors } from './png-decode'

/** One reduced picture: where its pixels go in the whole one. Not interlaced = one pass that is the picture. */
type Pass = { x: number; y: number; stepX: number; stepY: number; width: number; height: number }

/** Adam7 (section 8.2): start column, start row, column step, row step. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

/** Samples per pixel of each colour type (Table 9). */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

function passesOf({ width, height, interlaced }: PngHeader): Pass[] {
  if (!interlaced) return [{ x: 0, y: 0, stepX: 1, stepY: 1, width, height }]
  return ADAM7.map(([x, y, stepX, stepY]) => ({
    x,
    y,
    stepX,
    stepY,
    width: Math.max(0, Math.ceil((width - x) / stepX)),
    height: Math.max(0, Math.ceil((height - y) / stepY)),
  })).filter((pass) => pass.width > 0 && pass.height > 0)
}

const bitsPerPixel = ({ colorType, bitDepth }: PngHeader): number => CHANNELS[colorType]! * bitDepth
const rowBytesOf = (header: PngHeader, width: number): number => Math.ceil((width * bitsPerPixel(header)) / 8)

/** Bytes of all filtered scanlines: what the pixel data must inflate to. */
export function scanlinesBytes(header: PngHeader): number {
  return passesOf(header).reduce((sum, pass) => sum + pass.height * (1 + rowBytesOf(header, pass.width)), 0)
}

/**
 * Filtered scanlines of any colour type, depth and interlacing -> RGBA. The plain way through the specification, for the
 * pictures that the kernel does not take; `raw` is overwritten. Throws ImageError `corrupt`.
 */
export function decodeSamples(header: PngHeader, colors: PngColors, raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(header.width * header.height * 4)
  const pixelBytes = Math.max(1, bitsPerPixel(header) >> 3)
  const channels = CHANNELS[header.colorType]!
  const write = pixelWriter(header, colors, rgba)
  let at = 0
  for (const pass of passesOf(header)) {
    const bytes = rowBytesOf(header, pass.width)
    let above: Uint8Array = new Uint8Array(bytes)
    for (let y = 0; y < pass.height; y++) {
      const row = raw.subarray(at + 1, at + 1 + bytes)
      reconstruct(raw[at]!, row, above, pixelBytes)
      const line = (pass.y + y * pass.stepY) * header.width + pass.x
      for (let x = 0; x < pass.width; x++) write(row, x * channels, (line + x * pass.stepX) * 4)
      above = row
      at += 1 + bytes
    }
  }
  return rgba
}

/** Section 9.2, in place. */
function reconstruct(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  if (filter > 4) throw new ImageError('corrupt', 'a PNG row has an unknown filter')
  if (filter === 0) return
  for (let i = 0; i < row.length; i++) {
    const left = i < pixelBytes ? 0 : row[i - pixelBytes]!
    const up = above[i]!
    const upLeft = i < pixelBytes ? 0 : above[i - pixelBytes]!
    const predicted =
      filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paethPredictor(left, up, upLeft)
    row[i] = row[i]! + predicted
  }
}

/** Section 9.4. */
function paethPredictor(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c)
  const pb = Math.abs(a - c)
  const pc = Math.abs(a + b - 2 * c)
  if (pa <= pb && pa <= pc) return a
  return pb <= pc ? b : c
}

/** Section 7.2: samples of less than a byte are packed from the high bits down. */
function sampleAt(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index]!
  if (depth === 16) return (row[index * 2]! << 8) | row[index * 2 + 1]!
  const bit = index * depth
  return (row[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}

type PixelWriter = (row: Uint8Array, sample: number, to: number) => void

/** Writes the pixel whose first sample is number `sample` of the row, as RGBA at `to`. */
function pixelWriter({ colorType, bitDepth }: PngHeader, colors: PngColors, rgba: Uint8Array): PixelWriter {
  const largest = 2 ** bitDepth - 1
  // Section 13.12: linear scaling, rounded; exact for every depth.
  const toByte = (value: number) => (bitDepth === 8 ? value : Math.round((value * 255) / largest))
  const read = (row: Uint8Array, sample: number) => sampleAt(row, sample, bitDepth)
  if (colorType === 3) return paletteWriter(colors, rgba, read)
  const key = colors.transparency
  // Section 11.3.1.1: one colour is fully transparent, compared before scaling.
  const keyAt = (channel: number) => (key ? ((key[channel * 2]! << 8) | key[channel * 2 + 1]!) & largest : -1)
  const isGrey = colorType === 0 || colorType === 4
  const hasAlpha = colorType === 4 || colorType === 6
  return (row, sample, to) => {
    const r = read(row, sample)
    const g = isGrey ? r : read(row, sample + 1)
    const b = isGrey ? r : read(row, sample + 2)
    rgba[to] = toByte(r)
    rgba[to + 1] = toByte(g)
    rgba[to + 2] = toByte(b)
    if (hasAlpha) rgba[to + 3] = toByte(read(row, sample + (isGrey ? 1 : 3)))
    else rgba[to + 3] = key && r === keyAt(0) && (isGrey || (g === keyAt(1) && b === keyAt(2))) ? 0 : 255
  }
}

function paletteWriter(
  { palette, transparency }: PngColors,
  rgba: Uint8Array,
  read: (row: Uint8Array, sample: number) => number,
): PixelWriter {
  const colors = palette ?? new Uint8Array(0)
  return (row, sample, to) => {
    const index = read(row, sample)
    if (index * 3 >= colors.length)
      throw new ImageError('corrupt', 'a PNG pixel has a colour that is not in the palette')
    rgba[to] = colors[index * 3]!
    rgba[to + 1] = colors[index * 3 + 1]!
    rgba[to + 2] = colors[index * 3 + 2]!
    rgba[to + 3] = transparency?.[index] ?? 255
  }
}
