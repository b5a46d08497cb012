import { ImageError } from '../render/image/image-error'
import { createImageKernel } from '../render/image/kernel'
import type { Pixels } from '../render/image/pixels'
import { decodeWith } from '../uploads/codecs'
import { readHeader } from '../uploads/header'
import { sniffType } from '../uploads/sniff'
import type { ImageType } from './types'

/** Masters are at most 2048 a side; more would break the memory plan. */
const MAX_MASTER_PIXELS = 2048 * 2048

/** The compiled modules of decoding; src/render/modules.ts has them. */
export type DecodeModules = {
  image: WebAssembly.Module
  jpegDecoder: WebAssembly.Module
  webpDecoder: WebAssembly.Module
}

/**
 * A stored picture -> its pixels and its kind, told by its bytes. The decoder's memory is dropped with it. Throws ImageError:
 * `corrupt`, `unsupported` for other kinds, `too_large` beyond 4 Mpx.
 */
export async function decodeMaster(
  modules: DecodeModules,
  bytes: Uint8Array,
): Promise<{ type: ImageType; pixels: Pixels }> {
  const type = sniffType(bytes)
  if (!type) throw new ImageError('unsupported', 'neither PNG nor JPEG nor WebP')
  const { width, height } = readHeader(bytes, type)
  if (width * height > MAX_MASTER_PIXELS) {
    throw new ImageError('too_large', `${width}x${height} is more than ${MAX_MASTER_PIXELS} pixels`)
  }
  if (type === 'png') return { type: 'image/png', pixels: createImageKernel(modules.image).decodePng(bytes) }
  const pixels = await decodeWith({ jpeg: modules.jpegDecoder, webp: modules.webpDecoder }, type, bytes)
  return { type: `image/${type}`, pixels }
}
