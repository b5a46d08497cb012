import { maskFromAlpha } from '../backgrounds/compose/mask-file'
import { decodeMaster } from '../exports/render-decode'
import { createImageKernel } from '../render/image/kernel'
import { isOpaque, type Rgba } from '../render/image/pixels'
import { modules } from '../render/modules'
import { readHeader } from '../uploads/header'
import { sniffType } from '../uploads/sniff'
import { type Pixels, ProviderError } from './contract'

/** A mask a little off the picture's shape is stretched; further off, it is the mask of something else. */
const MAX_SHAPE_DIFFERENCE = 0.02
/** Less of a picture is nobody, more is everything: both would sell a seller nothing. */
const LEAST_COVERED = 0.002
const MOST_COVERED = 0.998
/** A pixel of which at least so much is covered counts as covered. */
const COVERED = 128

/** A mask with fewer of the picture's pixels than this, by side, has edges that only guess. */
const FINE_SCALE = 0.75

type Size = { width: number; height: number }

/** `isCoarse`: of fewer pixels than the picture, its edges want refining. */
export type ReadMask = { mask: Uint8Array<ArrayBuffer>; isCoarse: boolean }

/**
 * The mask in a file that a matting service sent: of a cut-out its alpha, else its brightness. Made `asked` in size when it
 * has the same shape. Throws ProviderError BAD_OUTPUT for anything else, and for a mask of nobody or of everything.
 */
export async function readMask(bytes: Uint8Array<ArrayBuffer>, asked: Size): Promise<ReadMask> {
  const sent = await decoded(bytes, asked)
  const { rgba, width, height } = fitted(sent, asked)
  const mask = isOpaque(rgba) ? maskFromLuma(rgba) : maskFromAlpha(rgba)
  let covered = 0
  for (const value of mask) if (value >= COVERED) covered++
  const share = covered / (width * height)
  if (share < LEAST_COVERED || share > MOST_COVERED) throw bad('a mask of nobody or of everything')
  return { mask, isCoarse: sent.width < asked.width * FINE_SCALE }
}

async function decoded(bytes: Uint8Array<ArrayBuffer>, asked: Size): Promise<Pixels> {
  const type = sniffType(bytes)
  if (!type) throw bad(`${bytes.length} bytes that are no picture`)
  try {
    const size = readHeader(bytes, type)
    // Before it is decoded: a small file can claim a large picture.
    if (Math.abs(size.width / size.height / (asked.width / asked.height) - 1) > MAX_SHAPE_DIFFERENCE)
      throw bad(`${size.width}x${size.height}`)
    return (await decodeMaster(modules, bytes)).pixels
  } catch (error) {
    throw error instanceof ProviderError ? error : bad('undecodable')
  }
}

function fitted(pixels: Pixels, { width, height }: Size): Pixels & { rgba: Rgba } {
  if (pixels.width === width && pixels.height === height) return pixels
  const whole = { x: 0, y: 0, width: pixels.width, height: pixels.height }
  const rgba = createImageKernel(modules.image).resize(pixels.rgba, pixels.width, pixels.height, whole, width, height)
  return { rgba, width, height }
}

/** Weights of Rec. 601 that add up to 256: exact where red = green = blue. */
function maskFromLuma(rgba: Rgba): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(rgba.length >> 2)
  for (let i = 0, at = 0; i < mask.length; i++, at += 4)
    mask[i] = (rgba[at]! * 77 + rgba[at + 1]! * 150 + rgba[at + 2]! * 29 + 128) >> 8
  return mask
}

const bad = (detail: string): ProviderError => new ProviderError('BAD_OUTPUT', detail)
