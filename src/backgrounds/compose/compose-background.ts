import type { Figure } from '../../exports/types'
import { ImageError } from '../../render/image/image-error'
import type { ImageKernel } from '../../render/image/kernel'
import { checkPixels, coverRect, isOpaque, type Pixels, type Rgba } from '../../render/image/pixels'
import { rgbWord } from '../../render/image/row-source'
import { contactShade } from './contact-shadow'
import { unmixEdges } from './foreground'
import { layShade, underlayShade } from './lay-shade'
import { type LightTables, matchLight } from './light-match'
import { checkLayer } from './limits'

/** What goes behind the person. A picture is scaled to cover and centred. `rgb` is 0xRRGGBB. */
export type Backdrop = { kind: 'color'; rgb: number } | { kind: 'image'; pixels: Pixels } | { kind: 'transparent' }

export type ComposeOptions = {
  /** Scales a backdrop picture. */
  kernel: Pick<ImageKernel, 'resize' | 'overColor'>
  /** Where feet are; the shadow guesses it from the mask without. */
  figures?: readonly Figure[]
  /** A soft shadow where the person touches the floor. Left out: yes, but not for `transparent`. */
  withShadow?: boolean
  /** The person's light follows that of a backdrop picture a little. Left out: yes. */
  withLight?: boolean
  /** How far the mask may be off at an edge, 0..1: 0.01 for a drawn mask. Left out: 0.1, a model's. */
  maskError?: number
}

type Plane = Uint8Array<ArrayBuffer>

const MODEL_MASK_ERROR = 0.1
const WHITE = 0xffffff

/**
 * The person of a picture before another background. `mask` says how much of each pixel is the person and what he holds
 * (0..255, width x height; see `cleanMask`). Straight sRGB RGBA in and out; opaque but for `transparent`, where alpha is the
 * mask (and the shadow). A mask that is all 255 gives the picture back, one that is all 0 the backdrop.
 *
 * A picture with transparency is taken as a cut-out: its colours count as the person's own, its alpha as a bound of the mask.
 * Pure. Memory beside what is handed in: 8 bytes a pixel for the person and the result (4 when `transparent`), and half a byte
 * for the edges of a usual mask, 5 for one that is all edges: 9 and 14 MB at 1024 x 1024. Throws ImageError `invalid` for a
 * side beyond 2048, a mask of another size, a colour that is none, and what the kernel's `resize` throws.
 */
export function composeBackground(
  picture: Pixels,
  mask: Uint8Array,
  backdrop: Backdrop,
  options: ComposeOptions,
): Pixels {
  checkLayer(picture, mask)
  const { kernel, figures = [], withShadow = backdrop.kind !== 'transparent', withLight = true } = options
  const { width, height } = picture
  const behind = planeOf(backdrop, width, height, kernel)
  const isCutOut = !isOpaque(picture.rgba)
  const coverage = isCutOut ? boundedByAlpha(mask, picture.rgba) : mask
  const person = { rgba: new Uint8Array(picture.rgba), width, height }
  if (isWhole(coverage)) return person

  if (!isCutOut) unmixEdges(person, coverage, options.maskError ?? MODEL_MASK_ERROR)
  if (behind && withLight && backdrop.kind === 'image') {
    const light = matchLight(picture.rgba, coverage, behind, width)
    if (light) relight(person.rgba, coverage, light)
  }
  const shade = withShadow ? contactShade(coverage, width, height, figures) : null
  if (!behind) {
    cutOut(person.rgba, coverage)
    if (shade) underlayShade(person.rgba, width, height, shade)
    return person
  }
  if (shade) layShade(behind, width, height, shade)
  layPerson(person.rgba, coverage, behind)
  return { rgba: behind, width, height }
}

/** The opaque backdrop at the picture's size; null for none. */
function planeOf(backdrop: Backdrop, width: number, height: number, kernel: ComposeOptions['kernel']): Plane | null {
  if (backdrop.kind === 'transparent') return null
  if (backdrop.kind === 'color') return flat(backdrop.rgb, width * height)
  const { pixels } = backdrop
  checkPixels(pixels)
  const rect = coverRect(pixels, width, height)
  const rgba = kernel.resize(pixels.rgba, pixels.width, pixels.height, rect, width, height)
  return isOpaque(rgba) ? rgba : kernel.overColor({ rgba, width, height }, WHITE)
}

function flat(rgb: number, pixels: number): Plane {
  if (!Number.isInteger(rgb) || rgb < 0 || rgb > 0xffffff)
    throw new ImageError('invalid', `${rgb} is no colour 0xRRGGBB`)
  const rgba = new Uint8Array(pixels * 4)
  new Uint32Array(rgba.buffer).fill(0xff000000 | rgbWord(rgb))
  return rgba
}

function boundedByAlpha(mask: Uint8Array, rgba: Rgba): Uint8Array {
  const bounded = new Uint8Array(mask)
  for (let i = 0; i < bounded.length; i++) bounded[i] = Math.min(bounded[i]!, rgba[i * 4 + 3]!)
  return bounded
}

function relight(rgba: Plane, mask: Uint8Array, { red, green, blue }: LightTables): void {
  for (let i = 0, at = 0; i < mask.length; i++, at += 4) {
    if (mask[i] === 0) continue
    rgba[at] = red[rgba[at]!]!
    rgba[at + 1] = green[rgba[at + 1]!]!
    rgba[at + 2] = blue[rgba[at + 2]!]!
  }
}

function isWhole(mask: Uint8Array): boolean {
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 255) return false
  return true
}

/** Pixels as words of bytes A, B, G, R: WebAssembly and every platform that runs this are little-endian. */
const wordsOf = (rgba: Plane): Uint32Array => new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length >> 2)

/** Alpha is the mask; where nothing of the person is, nothing of the old picture stays either. */
function cutOut(rgba: Plane, mask: Uint8Array): void {
  const words = wordsOf(rgba)
  for (let i = 0; i < mask.length; i++) {
    const cover = mask[i]!
    if (cover === 0) words[i] = 0
    else rgba[i * 4 + 3] = cover
  }
}

/** "Over" (Porter and Duff 1984), into `behind`. */
function layPerson(rgba: Plane, mask: Uint8Array, behind: Plane): void {
  const from = wordsOf(rgba)
  const to = wordsOf(behind)
  for (let i = 0, at = 0; i < mask.length; i++, at += 4) {
    const cover = mask[i]!
    if (cover === 0) continue
    if (cover === 255) {
      to[i] = from[i]!
      continue
    }
    behind[at] = mixed(rgba[at]!, behind[at]!, cover)
    behind[at + 1] = mixed(rgba[at + 1]!, behind[at + 1]!, cover)
    behind[at + 2] = mixed(rgba[at + 2]!, behind[at + 2]!, cover)
  }
}

/** round((over * cover + under * (255 - cover)) / 255), exact. */
function mixed(over: number, under: number, cover: number): number {
  const t = over * cover + under * (255 - cover) + 128
  return (t + (t >> 8)) >> 8
}
