import { ImageError } from '../render/image/image-error'
import type { ColorNote } from './color-note'
import { exifOrientation, type Orientation } from './exif'
import type { ImageHeader } from './header'
import { MAX_SEGMENTS } from './limits'

type Size = { width: number; height: number }

/** Flags of VP8X, RFC 9649 section 2.7.1. */
const ANIMATION_FLAG = 0x02
const ALPHA_FLAG = 0x10

/**
 * Size, alpha, animation, orientation and colours of a WebP from its RIFF chunks (RFC 9649 section 2). Throws ImageError `corrupt`
 * when a chunk goes past the file, or the canvas and the picture disagree.
 */
export function readWebpHeader(bytes: Uint8Array): ImageHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length >= 12 ? view.getUint32(4, true) + 8 : 0
  if (end < 20 || end > bytes.length) throw truncated()
  let canvas: Size | undefined
  let image: Size | undefined
  let hasAlpha = false
  let animated = false
  let orientation: Orientation = 1
  let colors: ColorNote | undefined
  let at = 12
  for (let chunks = 0; at + 8 <= end; chunks++) {
    if (chunks === MAX_SEGMENTS) throw new ImageError('corrupt', 'the WebP has too many chunks')
    const type = String.fromCharCode(...bytes.subarray(at, at + 4))
    const length = view.getUint32(at + 4, true)
    if (length > end - at - 8) throw truncated()
    const data = bytes.subarray(at + 8, at + 8 + length)
    if (type === 'VP8X') {
      canvas = readCanvas(data)
      animated ||= (data[0]! & ANIMATION_FLAG) !== 0
      hasAlpha ||= (data[0]! & ALPHA_FLAG) !== 0
    } else if (type === 'VP8 ' || type === 'VP8L') {
      if (image) throw new ImageError('corrupt', 'the WebP has two pictures')
      image = type === 'VP8 ' ? readLossy(data) : readLossless(data)
      hasAlpha ||= type === 'VP8L' && (data[4]! & 0x10) !== 0
    } else if (type === 'ANIM' || type === 'ANMF') {
      animated = true
    } else if (type === 'EXIF') {
      orientation = exifOrientation(data)
    } else if (type === 'ICCP') {
      colors = { kind: 'icc', bytes: data, isDeflated: false }
    }
    at += 8 + length + (length & 1)
  }
  const size = animated ? (canvas ?? image) : image
  if (!size) throw new ImageError('corrupt', 'the WebP has no picture')
  if (!animated && canvas && (canvas.width !== size.width || canvas.height !== size.height)) {
    throw new ImageError('corrupt', 'the WebP header and its picture have different sizes')
  }
  return { ...size, hasAlpha, animated, orientation, colors }
}

const truncated = () => new ImageError('corrupt', 'the WebP file is shorter than it says')

/** Extended header: 24-bit sides minus one (section 2.7.1). */
function readCanvas(data: Uint8Array): Size {
  if (data.length < 10) throw truncated()
  const side = (at: number) => 1 + data[at]! + (data[at + 1]! << 8) + (data[at + 2]! << 16)
  return { width: side(4), height: side(7) }
}

/** Key frame header of VP8: start code 9d 01 2a, 14-bit sides under 2 bits of scaling (RFC 6386 section 9.1). */
function readLossy(data: Uint8Array): Size {
  if (data.length < 10) throw truncated()
  const isKeyFrame = (data[0]! & 1) === 0
  if (!isKeyFrame || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a) {
    throw new ImageError('corrupt', 'the WebP does not start with a key frame')
  }
  return checked((data[6]! | (data[7]! << 8)) & 0x3fff, (data[8]! | (data[9]! << 8)) & 0x3fff)
}

/** VP8L: signature 2f, then two 14-bit sides minus one (RFC 9649 section 3.4). */
function readLossless(data: Uint8Array): Size {
  if (data.length < 5) throw truncated()
  if (data[0] !== 0x2f) throw new ImageError('corrupt', 'the lossless WebP has no signature')
  const bits = (data[1]! | (data[2]! << 8) | (data[3]! << 16) | (data[4]! << 24)) >>> 0
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

function checked(width: number, height: number): Size {
  if (width === 0 || height === 0) throw new ImageError('corrupt', 'the WebP header says a side is 0')
  return { width, height }
}
