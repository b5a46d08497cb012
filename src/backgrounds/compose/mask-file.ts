import { ImageError } from '../../render/image/image-error'
import type { ImageKernel } from '../../render/image/kernel'
import { isOpaque, type Rgba } from '../../render/image/pixels'
import { parseHeader, readChunks } from '../../render/image/png-chunks'
import { checkComposeSize, checkMask } from './limits'

export type DecodedMask = { mask: Uint8Array<ArrayBuffer>; width: number; height: number }

/**
 * A mask (width x height bytes, 0..255) as a PNG: red = green = blue = coverage, because the kernel codes three or four
 * bytes a pixel. About 20 KB for a person at 1024 x 1024. `decodeMask` gives the same bytes back. Throws ImageError `invalid`.
 */
export function encodeMask(
  kernel: Pick<ImageKernel, 'encodePng'>,
  mask: Uint8Array,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  checkMask(mask, width, height)
  const rgba = new Uint8Array(mask.length * 4)
  const words = new Uint32Array(rgba.buffer)
  for (let i = 0; i < mask.length; i++) words[i] = 0xff000000 | (mask[i]! * 0x010101)
  return kernel.encodePng(rgba, width, height, { filter: 'adaptive' })
}

/**
 * The coverage in an opaque PNG: `encodeMask`'s own or a grey one from elsewhere (of colours the luma counts). Throws
 * ImageError: `invalid` for a picture beyond the limits or with transparency (that is a cut-out: `maskFromAlpha`), and
 * what `decodePng` throws.
 */
export function decodeMask(kernel: Pick<ImageKernel, 'decodePng'>, bytes: Uint8Array): DecodedMask {
  // Before the pixels are inflated: a small file can claim a large picture.
  const [first] = readChunks(bytes)
  if (!first) throw new ImageError('corrupt', 'not a PNG file')
  const { width, height } = parseHeader(first)
  checkComposeSize(width, height)
  const { rgba } = kernel.decodePng(bytes)
  if (!isOpaque(rgba)) throw new ImageError('invalid', 'a mask has no transparency')
  const mask = new Uint8Array(width * height)
  // Weights of Rec. 601 that add up to 256: exact where red = green = blue.
  for (let i = 0, at = 0; i < mask.length; i++, at += 4) {
    mask[i] = (rgba[at]! * 77 + rgba[at + 1]! * 150 + rgba[at + 2]! * 29 + 128) >> 8
  }
  return { mask, width, height }
}

/** The alpha of a picture as a mask: what a matting model's cut-out knows. */
export function maskFromAlpha(rgba: Rgba): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(rgba.length >> 2)
  for (let i = 0; i < mask.length; i++) mask[i] = rgba[i * 4 + 3]!
  return mask
}
