import { createImageKernel } from '../render/image/kernel'
import type { Pixels } from '../render/image/pixels'
import { modules } from '../render/modules'
import { decodeWith } from './codecs'
import { sniffType } from './sniff'

/** A picture that we keep, decoded, whichever of our kinds it is (told by its bytes). Throws ImageError when it is broken. */
export function decodePicture(bytes: Uint8Array): Pixels | Promise<Pixels> {
  const type = sniffType(bytes)
  return type === 'jpeg' || type === 'webp'
    ? decodeWith({ jpeg: modules.jpegDecoder, webp: modules.webpDecoder }, type, bytes)
    : createImageKernel(modules.image).decodePng(bytes)
}
