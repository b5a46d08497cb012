import { ImageError } from '../render/image/image-error'
import { exifOrientation, type Orientation } from './exif'
import type { ImageHeader } from './header'
import { isProfilePart, joinProfile } from './jpeg-profile'
import { MAX_JPEG_COEFFICIENT_BYTES, MAX_JPEG_SCANS, MAX_SEGMENTS } from './limits'

// Marker codes, T.81 Table B.1.
const SOF0 = 0xc0
const SOF1 = 0xc1
const SOF2 = 0xc2
const DHT = 0xc4
const JPG = 0xc8
const DAC = 0xcc
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const APP1 = 0xe1
const APP2 = 0xe2
const TEM = 0x01

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7
const isFrame = (marker: number): boolean =>
  marker >= SOF0 && marker <= 0xcf && marker !== DHT && marker !== JPG && marker !== DAC

/**
 * Size, orientation and colours of a JPEG, walking all its segments up to EOI (T.81 Annex B) without decoding: so a truncated file, a
 * second frame that contradicts the first, or a thousand scans are found before any work is done.
 * Throws ImageError `corrupt` or `unsupported` (lossless, arithmetic, 12-bit, CMYK, or scans that cost too much).
 */
export function readJpegHeader(bytes: Uint8Array): ImageHeader {
  let frame: Frame | undefined
  let orientation: Orientation | undefined
  const profileParts: Uint8Array[] = []
  let scans = 0
  let at = 2
  for (let segments = 0; segments < MAX_SEGMENTS; segments++) {
    at = nextMarker(bytes, at)
    const marker = bytes[at++]!
    if (marker === EOI) {
      if (!frame || scans === 0) throw new ImageError('corrupt', 'the JPEG has no picture')
      if (frame.progressive || scans > 1) checkCoefficients(frame)
      const { width, height } = frame
      const colors = joinProfile(profileParts)
      return { width, height, hasAlpha: false, animated: false, orientation: orientation ?? 1, colors }
    }
    if (isRestart(marker) || marker === TEM) continue
    if (marker === SOI) throw new ImageError('corrupt', 'the JPEG starts twice')
    const length = at + 2 <= bytes.length ? (bytes[at]! << 8) | bytes[at + 1]! : 0
    if (length < 2 || at + length > bytes.length) throw truncated()
    const body = bytes.subarray(at + 2, at + length)
    at += length
    if (isFrame(marker)) {
      if (frame) throw new ImageError('corrupt', 'the JPEG has two frames')
      frame = readFrame(marker, body)
    } else if (marker === APP1 && !orientation && isExif(body)) {
      orientation = exifOrientation(body)
    } else if (marker === APP2 && isProfilePart(body)) {
      profileParts.push(body)
    } else if (marker === SOS) {
      if (!frame) throw new ImageError('corrupt', 'the JPEG has a scan before its frame')
      if (++scans > MAX_JPEG_SCANS)
        throw new ImageError('unsupported', `the JPEG has more than ${MAX_JPEG_SCANS} scans`)
      at = skipEntropyCoded(bytes, at)
    }
  }
  throw new ImageError('corrupt', 'the JPEG has too many segments')
}

const truncated = () => new ImageError('corrupt', 'the JPEG file ends before its EOI marker')
const isExif = (body: Uint8Array): boolean => String.fromCharCode(...body.subarray(0, 6)) === 'Exif\0\0'

/** Position of the next marker's code. Skips what is no marker as libjpeg does, so that both see the same segments. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    const isCode = bytes[at] !== 0 && bytes[at] !== 0xff // FF before a code may be repeated: fill bytes, B.1.1.2
    if (isCode && bytes[at - 1] === 0xff) return at
  }
  throw truncated()
}

/**
 * From inside an entropy-coded segment to the marker that ends it: not a stuffed zero (B.1.1.5), not RSTm. A plain loop, as a
 * file of nothing but stuffed zeros would make millions of calls of indexOf.
 */
function skipEntropyCoded(bytes: Uint8Array, from: number): number {
  const last = bytes.length - 1
  for (let at = from; at < last; at++) {
    if (bytes[at] !== 0xff) continue
    const next = bytes[at + 1]!
    if (next !== 0 && next !== 0xff && !isRestart(next)) return at
  }
  throw truncated()
}

type Frame = {
  width: number
  height: number
  progressive: boolean
  /** H << 4 | V of each component. */
  samplingFactors: number[]
}

/** Frame header, B.2.2. */
function readFrame(marker: number, body: Uint8Array): Frame {
  if (marker !== SOF0 && marker !== SOF1 && marker !== SOF2) {
    throw new ImageError('unsupported', 'only baseline and progressive Huffman JPEG can be read')
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  if (body.length < 6 || body.length !== 6 + 3 * view.getUint8(5)) {
    throw new ImageError('corrupt', 'the JPEG frame header has a wrong length')
  }
  const precision = view.getUint8(0)
  const height = view.getUint16(1)
  const width = view.getUint16(3)
  const components = view.getUint8(5)
  if (precision !== 8) throw new ImageError('unsupported', 'only 8-bit JPEG can be read')
  if (components !== 1 && components !== 3)
    throw new ImageError('unsupported', 'a CMYK JPEG cannot be read: save it as RGB')
  if (width === 0 || height === 0) throw new ImageError('corrupt', 'the JPEG header says a side is 0')
  const samplingFactors = Array.from({ length: components }, (_, i) => body[6 + i * 3 + 1]!)
  return { width, height, progressive: marker === SOF2, samplingFactors }
}

/** With several scans the decoder holds two bytes per coefficient of every component until the last (A.1.1). */
function checkCoefficients({ width, height, samplingFactors }: Frame): void {
  const largestX = Math.max(...samplingFactors.map((factor) => factor >> 4))
  const largestY = Math.max(...samplingFactors.map((factor) => factor & 15))
  let bytes = 0
  for (const factor of samplingFactors) {
    bytes += 2 * width * height * ((factor >> 4) / largestX) * ((factor & 15) / largestY)
  }
  // Not a number when a factor is 0, which no JPEG may have.
  if (!(bytes <= MAX_JPEG_COEFFICIENT_BYTES)) {
    throw new ImageError('unsupported', 'the JPEG has several scans and is too large for that')
  }
}
