import { inflateSync } from 'node:zlib'
import type { Arena } from './arena'
import { ImageError } from './image-error'
import { MAX_INFLATED_BYTES } from './limits'
import { checkSize } from './pixels'
import { type PngHeader, parseHeader, readChunks } from './png-chunks'
import { decodeSamples, scanlinesBytes } from './png-samples'

export type DecodedImage = { rgba: Uint8Array<ArrayBuffer>; width: number; height: number }

/** Chunks that come before the pixels and change what they mean. */
export type PngColors = { palette: Uint8Array | undefined; transparency: Uint8Array | undefined }

const BAND_ROWS = 64

/**
 * PNG -> RGBA, 8 bits a channel: every colour type, depth and interlacing of the specification (third edition). 16-bit samples
 * are rounded; gamma and colour profiles are not applied. Throws ImageError: `corrupt` for a file that breaks the format,
 * including pixel data that inflate to more or less than the header says; `too_large` beyond limits.ts.
 */
export function decodePng(arena: Arena, bytes: Uint8Array): DecodedImage {
  const { header, colors, compressed } = parse(bytes)
  const raw = inflate(compressed, scanlinesBytes(header))
  const { width, height } = header
  const direct = header.bitDepth === 8 && !header.interlaced && !colors.transparency
  const rgba =
    direct && (header.colorType === 2 || header.colorType === 6)
      ? unfilterInKernel(arena, header, raw)
      : decodeSamples(header, colors, raw)
  return { rgba, width, height }
}

function parse(bytes: Uint8Array): { header: PngHeader; colors: PngColors; compressed: Uint8Array } {
  let header: PngHeader | undefined
  const colors: PngColors = { palette: undefined, transparency: undefined }
  const data: Uint8Array[] = []
  for (const chunk of readChunks(bytes)) {
    if (!header) {
      header = parseHeader(chunk)
      checkSize(header.width, header.height)
      if (scanlinesBytes(header) > MAX_INFLATED_BYTES) {
        throw new ImageError('too_large', `the PNG inflates to more than ${MAX_INFLATED_BYTES} bytes`)
      }
    } else if (chunk.type === 'PLTE') {
      colors.palette = chunk.data
    } else if (chunk.type === 'tRNS') {
      colors.transparency = chunk.data
    } else if (chunk.type === 'IDAT') {
      data.push(chunk.data)
    } else if (chunk.type !== 'IEND' && chunk.type < 'a') {
      throw new ImageError('unsupported', `the PNG needs chunk ${chunk.type}, which is not known`)
    }
  }
  if (!header || data.length === 0) throw new ImageError('corrupt', 'the PNG has no pixel data')
  checkPalette(header, colors)
  return { header, colors, compressed: data.length === 1 ? data[0]! : Buffer.concat(data) }
}

/** PLTE and tRNS as sections 11.2.2 and 11.3.1.1 want them. */
function checkPalette({ colorType }: PngHeader, { palette, transparency }: PngColors): void {
  if (palette && (palette.length % 3 !== 0 || palette.length === 0 || palette.length > 768)) {
    throw new ImageError('corrupt', 'the PNG palette has a wrong length')
  }
  if (colorType === 3 && !palette) throw new ImageError('corrupt', 'the PNG has no palette')
  const wanted = { 0: 2, 2: 6 }[colorType]
  if (transparency && wanted !== undefined && transparency.length !== wanted) {
    throw new ImageError('corrupt', 'the PNG transparency has a wrong length')
  }
}

/** Exactly `expected` bytes: one more is a bomb, one less a lie. */
const INFLATE_ROOM_BYTES = 1024 * 1024

function inflate(compressed: Uint8Array, expected: number): Uint8Array {
  let raw: Uint8Array
  try {
    // One output chunk with room to spare: inflate then fills it in a single native call instead of growing in steps.
    // The room is generous: workerd counts its own buffers into maxOutputLength and refuses good files at the exact size.
    raw = inflateSync(compressed, { maxOutputLength: expected + INFLATE_ROOM_BYTES, chunkSize: expected + 64 })
  } catch {
    throw new ImageError('corrupt', 'the pixel data of the PNG are damaged or longer than its header says')
  }
  if (raw.length !== expected)
    throw new ImageError('corrupt', 'the pixel data of the PNG are not as long as its header says')
  return raw
}

function unfilterInKernel(arena: Arena, { width, height, colorType }: PngHeader, raw: Uint8Array) {
  const pixelBytes = colorType === 2 ? 3 : 4
  const scanlineBytes = 1 + width * pixelBytes
  const rowBytes = width * 4
  const rgba = new Uint8Array(rowBytes * height)
  return arena.run(() => {
    const scanlines = arena.alloc(scanlineBytes * BAND_ROWS)
    // The row above the band comes first: zeros (section 9.2), then the last row of the band before.
    const above = arena.zeros(rowBytes * (BAND_ROWS + 1))
    const band = above + rowBytes
    for (let y = 0; y < height; y += BAND_ROWS) {
      const count = Math.min(BAND_ROWS, height - y)
      arena.bytes(scanlines, scanlineBytes * count).set(raw.subarray(y * scanlineBytes, (y + count) * scanlineBytes))
      if (arena.wasm.unfilterRows(scanlines, width, count, pixelBytes, band) !== 0) {
        throw new ImageError('corrupt', 'a PNG row has an unknown filter')
      }
      rgba.set(arena.bytes(band, rowBytes * count), y * rowBytes)
      arena.bytes(above, rowBytes).set(arena.bytes(band + rowBytes * (count - 1), rowBytes))
    }
    return rgba
  })
}
