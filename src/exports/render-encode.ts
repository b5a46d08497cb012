import type { Pixels, Scale } from '../render/image/pixels'
import type { Coders } from './render-coders'
import { PAPER } from './render-fill'
import type { Output } from './render-plan'

/** Below this a seller sees blocks on skin and cloth. */
export const LEAST_QUALITY = 60
const QUALITY_STEP = 5

export type Coded = { bytes: Uint8Array<ArrayBuffer>; quality: number | null }

/** A file is larger than its format allows, whatever is done. */
export class OverCapError extends Error {
  override name = 'OverCapError'
}

/**
 * The file of one output. `finish` puts the marks into it, which count for the format's cap: over it, the quality goes down
 * in steps of 5 to 60. Throws OverCapError when that is not enough, ImageError when the picture cannot be coded.
 */
export async function encodeOutput(
  coders: Coders,
  pixels: Pixels,
  { format }: Output,
  scale: Scale,
  finish: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<Coded> {
  const code = await coderFor(coders, pixels, format, scale)
  const { maxBytes } = format
  let bytes = new Uint8Array(0)
  for (const quality of qualities(format.quality)) {
    bytes = finish(code(quality))
    if (maxBytes === null || bytes.length <= maxBytes) return { bytes, quality }
  }
  throw new OverCapError(`${bytes.length} bytes are more than the ${maxBytes} this format allows`)
}

/** 95, 90 ... 60; only null for PNG, which loses nothing. */
function qualities(first: number | null): (number | null)[] {
  if (first === null) return [null]
  const steps = Math.max(0, Math.ceil((first - LEAST_QUALITY) / QUALITY_STEP))
  return [first, ...Array.from({ length: steps }, (_, i) => Math.max(LEAST_QUALITY, first - (i + 1) * QUALITY_STEP))]
}

async function coderFor(coders: Coders, pixels: Pixels, format: Output['format'], scale: Scale) {
  if (format.type === 'image/webp') return webpCoder(coders, pixels, scale)
  const kernel = coders.kernel()
  const { rgba, width, height } = pixels
  const options = { scale, background: PAPER, ...(format.dpi !== null && { dpi: format.dpi }) }
  if (format.type === 'image/png') return () => kernel.encodePng(rgba, width, height, options)
  const jpeg = { ...options, subsampling: format.subsampling ?? '4:2:0', profile: true }
  return (quality: number | null) =>
    kernel.encodeJpeg(rgba, width, height, { ...jpeg, quality: quality ?? LEAST_QUALITY })
}

/** libwebp wants the whole picture in its size. */
async function webpCoder(coders: Coders, pixels: Pixels, scale: Scale) {
  const { width, height } = scale.mount ?? scale
  const whole = { rgba: coders.kernel().compose(pixels, scale, PAPER), width, height }
  coders.dropKernel()
  const encoder = await coders.webp()
  return (quality: number | null) => encoder.encode(whole, quality ?? LEAST_QUALITY)
}
