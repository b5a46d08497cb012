import { ImageError } from '../render/image/image-error'
import { type PngHeader, parseHeader, readChunks } from '../render/image/png-chunks'
import type { ColorNote } from './color-note'
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
  /** What its colours mean, when it says so. */
  colors: ColorNote | undefined
}

/**
 * What a file says about itself, without decoding a pixel: a few milliseconds at most, whatever the bytes are. Throws
 * ImageError: `corrupt` for truncated files and headers that contradict themselves, `unsupported`, `too_large`.
 */
export function readHeader(bytes: Uint8Array, type: UploadType): ImageHeader {
  if (type === 'jpeg') return readJpegHeader(bytes)
  return type === 'webp' ? readWebpHeader(bytes) : readPngHeader(bytes)
}

/**
 * IHDR, and the chunks that make a PNG animated (acTL, section 11.3.7.1), turned (eXIf, 11.3.4.5) or of other colours than
 * sRGB's (iCCP, 11.3.2.3; cICP, 11.3.2.6, which goes before it). Text chunks are passed over, never inflated.
 */
function readPngHeader(bytes: Uint8Array): ImageHeader {
  let header: PngHeader | undefined
  let animated = false
  let transparency = false
  let orientation: Orientation = 1
  let colors: ColorNote | undefined
  for (const chunk of readChunks(bytes)) {
    if (!header) header = parseHeader(chunk)
    else if (chunk.type === 'acTL' || chunk.type === 'fcTL') animated = true
    else if (chunk.type === 'tRNS') transparency = true
    else if (chunk.type === 'eXIf') orientation = exifOrientation(chunk.data)
    else if (chunk.type === 'cICP' && chunk.data.length === 4) colors = readCodePoints(chunk.data)
    else if (chunk.type === 'iCCP' && colors === undefined) colors = readProfile(chunk.data)
  }
  if (!header) throw new ImageError('corrupt', 'the PNG file has no header')
  const { width, height, colorType } = header
  return { width, height, hasAlpha: colorType >= 4 || transparency, animated, orientation, colors }
}

const readCodePoints = ([primaries = 0, transfer = 0, matrix = 0, range]: Uint8Array): ColorNote => ({
  ...{ kind: 'cicp', primaries, transfer, matrix },
  isFullRange: range === 1,
})

/** A name of 1 to 79 bytes, a zero, the method (0: deflate), the profile. */
function readProfile(data: Uint8Array): ColorNote {
  const end = data.subarray(0, 80).indexOf(0)
  return { kind: 'icc', bytes: data.subarray(end < 1 ? data.length : end + 2), isDeflated: true }
}
