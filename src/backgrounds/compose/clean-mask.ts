import { ImageError } from '../../render/image/image-error'
import { checkPixels, type Pixels } from '../../render/image/pixels'
import { type Components, componentsOf } from './components'
import { followEdges } from './guided-filter'
import { checkMask } from './limits'

/**
 * How a mask knows its edges:
 * - `soft`: coverage to the pixel, as matting models and our renderer give it; edges stay
 * - `rough`: only yes and no, or from fewer pixels than the picture has, or some pixels off
 */
export type MaskEdges = 'soft' | 'rough'

/** Coverage that is noise of a model or of a lossy file. */
const EMPTY_BELOW = 6
const WHOLE_ABOVE = 249

/** Smaller islands are specks: of the picture, and of the largest island. A ball in the air is larger, confetti is not. */
const SPECK_SHARE = 5e-4
const SPECK_SHARE_OF_LARGEST = 1e-2
/** Smaller holes are mistakes: a gap between arm and body is larger. */
const PINHOLE_SHARE = 5e-5

/**
 * A mask fit for `composeBackground`: without specks, pinholes and noise. Rough edges follow those of the picture, or become
 * ramps of two pixels when none is given. Do it once when the mask is made; a drawn mask needs nothing of it. Returns a new
 * mask. Throws ImageError `invalid` for a mask or picture of another size.
 */
export function cleanMask(
  mask: Uint8Array,
  width: number,
  height: number,
  { edges, picture }: { edges: MaskEdges; picture?: Pixels },
): Uint8Array<ArrayBuffer> {
  checkMask(mask, width, height)
  const clean = new Uint8Array(mask)
  for (let i = 0; i < clean.length; i++) {
    const value = clean[i]!
    if (value < EMPTY_BELOW) clean[i] = 0
    else if (value > WHOLE_ABOVE) clean[i] = 255
  }
  dropSpecks(clean, width, height)
  fillPinholes(clean, width, height)
  if (edges === 'soft') return clean
  if (!picture) return feathered(clean, width, height)
  if (picture.width !== width || picture.height !== height) {
    throw new ImageError('invalid', `the mask of ${width}x${height} belongs to another picture`)
  }
  checkPixels(picture)
  return followEdges(clean, picture)
}

function dropSpecks(mask: Uint8Array, width: number, height: number): void {
  const islands = componentsOf(mask, width, height, { from: 1, to: 255, diagonal: true })
  const largest = islands.areas.reduce((most, area) => Math.max(most, area), 0)
  // An island is kept for its size in a picture of one small person too.
  const least = Math.min(SPECK_SHARE * mask.length, SPECK_SHARE_OF_LARGEST * largest)
  paintSmall(mask, islands, least, 0)
}

function fillPinholes(mask: Uint8Array, width: number, height: number): void {
  const holes = componentsOf(mask, width, height, { from: 0, to: 254, diagonal: false })
  paintSmall(mask, holes, PINHOLE_SHARE * mask.length, 255)
}

function paintSmall(mask: Uint8Array, { starts, ends, owners, areas }: Components, least: number, value: number): void {
  for (let run = 0; run < starts.length; run++) {
    if (areas[owners[run]!]! < least) mask.fill(value, starts[run]!, ends[run]!)
  }
}

/** What the ramp is cut from; a little inside, because a seam of the old backdrop is seen sooner than a lost one of hair. */
const RAMP_FROM = 0.3 * 255
const RAMP_TO = 0.8 * 255

function feathered(mask: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const ramp = Uint8Array.from(
    { length: 256 },
    (_, value) => smoothstep((value - RAMP_FROM) / (RAMP_TO - RAMP_FROM)) * 255,
  )
  const out = new Uint8Array(mask.length)
  tent(mask, out, width, height, width, 1)
  tent(out, out, height, width, 1, width)
  for (let i = 0; i < out.length; i++) out[i] = ramp[out[i]!]!
  return out
}

const smoothstep = (t: number): number => {
  const k = Math.min(1, Math.max(0, t))
  return k * k * (3 - 2 * k)
}

/** Weights 1 2 3 2 1 along `lines` lines of `count` values; the border repeats. May work in place. */
function tent(from: Uint8Array, to: Uint8Array, count: number, lines: number, lineStep: number, step: number): void {
  for (let line = 0; line < lines; line++) {
    let at = line * lineStep
    let [a, b, c] = [from[at]!, from[at]!, from[at]!]
    let d = from[at + Math.min(1, count - 1) * step]!
    for (let i = 0; i < count; i++, at += step) {
      const e = from[at + Math.min(2, count - 1 - i) * step]!
      to[at] = (a + 2 * b + 3 * c + 2 * d + e + 4) / 9
      a = b
      b = c
      c = d
      d = e
    }
  }
}
