import { crc32 } from 'node:zlib'
import { ImageError } from './image-error'

/** PNG specification, third edition, section 5.2. */
export const PNG_SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)

/** Files in the field have a few dozen to a few thousand; more are a way to waste time. */
const MAX_CHUNKS = 20_000

export type PngChunk = { type: string; data: Uint8Array }

export type PngHeader = {
  width: number
  height: number
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  bitDepth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA. */
  colorType: number
  interlaced: boolean
}

/** One chunk: length, type, data, CRC-32 over type and data (section 5.3). */
export function encodeChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, data.length)
  for (let i = 0; i < 4; i++) chunk[4 + i] = type.charCodeAt(i)
  chunk.set(data, 8)
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)))
  return chunk
}

/**
 * The chunks of a file in order, up to IEND; what follows IEND is not looked at. Data are views into `bytes`. Checks lengths
 * always, and CRCs of critical chunks and tRNS. Throws ImageError `corrupt` when the file ends early or a CRC is wrong.
 */
export function* readChunks(bytes: Uint8Array): Generator<PngChunk> {
  if (!PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) throw new ImageError('corrupt', 'not a PNG file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = PNG_SIGNATURE.length
  for (let count = 0; count < MAX_CHUNKS; count++) {
    if (at + 12 > bytes.length) throw new ImageError('corrupt', 'the PNG file ends before its IEND chunk')
    const length = view.getUint32(at)
    if (length > bytes.length - at - 12) throw new ImageError('corrupt', 'a PNG chunk is longer than the file')
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    const critical = (bytes[at + 4]! & 0x20) === 0 // section 5.4: bit 5 of the first letter
    if (critical || type === 'tRNS') {
      const crc = crc32(bytes.subarray(at + 4, at + 8 + length))
      if (crc !== view.getUint32(at + 8 + length))
        throw new ImageError('corrupt', `the CRC of PNG chunk ${type} is wrong`)
    }
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) }
    if (type === 'IEND') return
    at += 12 + length
  }
  throw new ImageError('corrupt', 'the PNG file has too many chunks')
}

/** Bit depths each colour type may have (Table 12). */
const ALLOWED_DEPTHS: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

/** IHDR (section 11.2.1); `corrupt` when a field has a value the specification does not have. */
export function parseHeader({ type, data }: PngChunk): PngHeader {
  if (type !== 'IHDR' || data.length !== 13)
    throw new ImageError('corrupt', 'a PNG file starts with an IHDR of 13 bytes')
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const width = view.getUint32(0)
  const height = view.getUint32(4)
  const bitDepth = view.getUint8(8)
  const colorType = view.getUint8(9)
  const [compression, filter, interlace] = [view.getUint8(10), view.getUint8(11), view.getUint8(12)]
  if (width === 0 || height === 0) throw new ImageError('corrupt', 'the PNG header says a side is 0')
  if (!ALLOWED_DEPTHS[colorType]?.includes(bitDepth) || compression !== 0 || filter !== 0 || interlace > 1) {
    throw new ImageError('corrupt', 'the PNG header has an unknown colour type, depth or method')
  }
  return { width, height, bitDepth, colorType, interlaced: interlace === 1 }
}
