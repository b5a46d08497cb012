import type { ImageKernel } from '../render/image/kernel'
import { coverRect, type Pixels, type Rect, type Scale } from '../render/image/pixels'
import type { Framing } from './framing'
import { type Cells, extendHarmonically, finePixels, type Plane, smoothed } from './render-fill-plane'
import type { Fill } from './types'

/** 0xRRGGBB: what shows through a transparent picture. */
export const PAPER = 0xffffff

type Size = { width: number; height: number }

/** Longest side of what backdrops are reckoned in: a gradient has no detail, and the kernel enlarges it while it codes. */
const BACKDROP_SIDE = 64
/** Of the picture's shorter side in the file: over this its edge melts into sampled colours. */
const FEATHER_SHARE = 0.03
/** Of a cell: so wide is the strip at the picture's edge whose colours are led outward. */
const EDGE_SHARE = 0.25
/** Of a backdrop's cells: strong enough that nobody looks for a second person in it. */
const BLUR_RADIUS = 4

/** How the kernel makes a file of this size: the framed part of the picture, and around it what fills the rest. */
export function scaleFor(kernel: ImageKernel, pixels: Pixels, framing: Framing, file: Size, fill: Fill): Scale {
  const { rect, place } = framing
  if (!place) return { rect, ...file }
  const backdrop = BACKDROPS[fill](kernel, pixels, { rect, place }, file)
  const featherPx = fill === 'sampled' ? Math.round(Math.min(place.width, place.height) * FEATHER_SHARE) : 0
  const { x, y, width, height } = place
  return { rect, width, height, mount: { ...file, x, y, backdrop, featherPx } }
}

type Placed = { rect: Rect; place: Rect }
type DrawBackdrop = (kernel: ImageKernel, pixels: Pixels, placed: Placed, file: Size) => Pixels

const BACKDROPS: Record<Fill, DrawBackdrop> = {
  white: () => ({ rgba: new Uint8Array(4).fill(255), width: 1, height: 1 }),
  blurred: blurredBackdrop,
  sampled: sampledBackdrop,
}

function sizeOf(file: Size): Size {
  const scale = BACKDROP_SIDE / Math.max(file.width, file.height)
  return { width: Math.max(1, Math.round(file.width * scale)), height: Math.max(1, Math.round(file.height * scale)) }
}

/** The picture enlarged to cover the file, out of focus. */
function blurredBackdrop(kernel: ImageKernel, pixels: Pixels, _placed: Placed, file: Size): Pixels {
  const size = sizeOf(file)
  const rect = coverRect(pixels, file.width, file.height)
  const small = kernel.compose(pixels, { rect, ...size }, PAPER)
  return finePixels(smoothed({ values: Float32Array.from(small), ...size }, BLUR_RADIUS))
}

/**
 * The colours of the picture's edge, led outward as a soap film would hang between them and the border of the file: what is
 * beside the edge has the edge's colour, what is farther has the mean of more of it (harmonic interpolation, as in Pérez,
 * Gangnet and Blake 2003, "Poisson Image Editing", section 2).
 */
function sampledBackdrop(kernel: ImageKernel, pixels: Pixels, { rect, place }: Placed, file: Size): Pixels {
  const size = sizeOf(file)
  // The backdrop's pixels that the picture covers wholly; what the others are is led out of them.
  const [left, right] = covered(place.x, place.width, size.width / file.width, size.width)
  const [top, bottom] = covered(place.y, place.height, size.height / file.height, size.height)
  const from = {
    x: rect.x + ((left * file.width) / size.width - place.x) * (rect.width / place.width),
    y: rect.y + ((top * file.height) / size.height - place.y) * (rect.height / place.height),
    width: ((right - left) * file.width * rect.width) / size.width / place.width,
    height: ((bottom - top) * file.height * rect.height) / size.height / place.height,
  }
  const plane: Plane = { values: new Float32Array(size.width * size.height * 4), ...size }
  const known: Cells = { left, top, right, bottom }
  const lay = (source: Rect, cells: Cells) => {
    const scale = { rect: clamped(source, pixels), width: cells.right - cells.left, height: cells.bottom - cells.top }
    layCells(plane, cells, kernel.compose(pixels, scale, PAPER))
  }
  lay(from, known)
  // What is led outward is the very edge: a whole cell reaches so far in that a vignette would end lighter than it got.
  const [stripWidth, stripHeight] = [
    (from.width / (right - left)) * EDGE_SHARE,
    (from.height / (bottom - top)) * EDGE_SHARE,
  ]
  if (left > 0) lay({ ...from, x: rect.x, width: stripWidth }, { ...known, right: left + 1 })
  if (top > 0) lay({ ...from, y: rect.y, height: stripHeight }, { ...known, bottom: top + 1 })
  if (right < size.width) {
    lay({ ...from, x: rect.x + rect.width - stripWidth, width: stripWidth }, { ...known, left: right - 1 })
  }
  if (bottom < size.height) {
    lay({ ...from, y: rect.y + rect.height - stripHeight, height: stripHeight }, { ...known, top: bottom - 1 })
  }
  return finePixels(extendHarmonically(plane, known))
}

function layCells(plane: Plane, { left, top, right, bottom }: Cells, rgba: Uint8Array): void {
  const rowValues = (right - left) * 4
  for (let y = top; y < bottom; y++) {
    const row = rgba.subarray((y - top) * rowValues, (y - top + 1) * rowValues)
    plane.values.set(row, (y * plane.width + left) * 4)
  }
}

/** First and end of the whole cells inside of start..start + length; at least one, however narrow the place. */
function covered(start: number, length: number, scale: number, cells: number): [from: number, to: number] {
  const from = Math.min(cells - 1, Math.ceil(start * scale - 1e-6))
  return [from, Math.min(cells, Math.max(from + 1, Math.floor((start + length) * scale + 1e-6)))]
}

/** A place of less than one cell asks for more than there is. */
function clamped({ x, y, width, height }: Rect, picture: Size): Rect {
  const [w, h] = [Math.min(width, picture.width), Math.min(height, picture.height)]
  const within = (at: number, slack: number) => Math.min(slack, Math.max(0, at))
  return { x: within(x, picture.width - w), y: within(y, picture.height - h), width: w, height: h }
}
