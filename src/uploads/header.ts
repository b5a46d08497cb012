import { ImageError } from '../render/image/image-error'
import { type PngHeader, parseHeader, readChunks } from '../render/image/png-chunks'
import { exifOrientation, type Orientation } from './exif'
import { readJpegHeader } from './jpeg-header'
import type { UploadType } from './sniff'
import { readWebpHeader } from './webp-header'

export type ImageHeader = {
  /** As stored, before the orientation is applied. */
  width: number
  height: number
  /** The format says that there may be transparent pixels. */
  hasAlpha: boolean
  animated: boolean
  orientation: Orientation
}

/**
 * What a file says about itself, without decoding a pixel: a few milliseconds at most, whatever the bytes are. Throws
 * ImageError: `corrupt` for truncated files and headers that contradict themselves, `unsupported`, `too_large`.
 */
export function readHeader(bytes: Uint8Array, type: UploadType): ImageHeader {
  if (type === 'jpeg') return readJpegHeader(bytes)
  return type === 'webp' ? readWebpHeader(bytes) : readPngHeader(bytes)
}

/** IHDR, and the chunks that make a PNG animated (acTL, section 11.3.7.1) or turned (eXIf, section 11.3.4.5). */
function readPngHeader(bytes: Uint8Array): ImageHeader {
  let header: PngHeader | undefined
  let animated = false
  let transparency = false
  let orientation: Orientation = 1
  for (const chunk of readChunks(bytes)) {
    if (!header) header = parseHeader(chunk)
    else if (chunk.type === 'acTL' || chunk.type === 'fcTL') animated = true
    else if (chunk.type === 'tRNS') transparency = true
    else if (chunk.type === 'eXIf') orientation = exifOrientation(chunk.data)
  }
  if (!header) throw new ImageError('corrupt', 'the PNG file has no header')
  const { width, height, colorType } = header
  return { width, height, hasAlpha: colorType >= 4 || transparency, animated, orientation }
}
