import { type Arena, roundUp } from './arena'
import { codeLengths, LITERAL_CODES, reverseBits, reversedCodes } from './deflate-huffman'
import { ImageError } from './image-error'
import { isOpaque, type Pixels, type Scale } from './pixels'
import { encodeChunk, PNG_SIGNATURE } from './png-chunks'
import { encodeText } from './png-text'
import { openRows, type RowSource } from './row-source'

export type PngOptions = {
  /** Keyword -> text, for provenance; see png-text.ts. */
  text?: Record<string, string>
  /** Dots per inch, 1..65535, as a pHYs chunk; none if not given. */
  dpi?: number
  /** `paeth` for photographs (fast), `adaptive` chooses per row: smaller for drawings. */
  filter?: 'paeth' | 'adaptive'
  /** Codes this part of the picture at this size. */
  scale?: Scale
  /** Colour 0xRRGGBB under transparent pixels: the file is RGB then. */
  background?: number
}

/** Rows per deflate block and IDAT chunk: enough that the Huffman header (160 bytes) is nothing, few enough to adapt. */
const BAND_ROWS = 128
/** Of a full band every fourth row is counted: the code differs by under 1 % from one of all rows. */
const SAMPLED_ROWS_STEP = 4
const FILTERS = { paeth: 4, adaptive: 5 } as const
/** 0.0254 m an inch; pHYs counts per metre (section 11.3.4.3). */
const METRES_PER_INCH = 0.0254

/**
 * PNG, 8 bits a channel, sRGB chunk (perceptual), RGB when every alpha is 255 and RGBA otherwise; same input, same bytes.
 * PNG specification, third edition. Throws ImageError for options out of range or sizes beyond limits.ts.
 */
export function encodePng(arena: Arena, pixels: Pixels, options: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const { text = {}, dpi, filter = 'paeth', scale, background } = options
  if (dpi !== undefined && (!Number.isInteger(dpi) || dpi < 1 || dpi > 65535)) {
    throw new ImageError('invalid', 'dpi is 1 to 65535')
  }
  return arena.run(() => {
    const rows = openRows(arena, pixels, { scale, background })
    const pixelBytes = background !== undefined || isOpaque(pixels.rgba) ? 3 : 4
    return concatenate([
      PNG_SIGNATURE,
      encodeChunk('IHDR', header(rows, pixelBytes)),
      encodeChunk('sRGB', Uint8Array.of(0)),
      ...(dpi === undefined ? [] : [encodeChunk('pHYs', physicalSize(dpi))]),
      ...encodeText(text),
      ...imageData(arena, rows, pixelBytes, FILTERS[filter]),
      encodeChunk('IEND', new Uint8Array(0)),
    ])
  })
}

/** IHDR, section 11.2.1. */
function header({ width, height }: RowSource, pixelBytes: number): Uint8Array {
  const data = new Uint8Array(13)
  const view = new DataView(data.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  data[8] = 8
  data[9] = pixelBytes === 3 ? 2 : 6
  return data
}

function physicalSize(dpi: number): Uint8Array {
  const data = new Uint8Array(9)
  const view = new DataView(data.buffer)
  const perMetre = Math.round(dpi / METRES_PER_INCH)
  view.setUint32(0, perMetre)
  view.setUint32(4, perMetre)
  data[8] = 1
  return data
}

/** One zlib stream (RFC 1950) over the IDAT chunks, one chunk per band. */
function imageData(arena: Arena, rows: RowSource, pixelBytes: number, filter: number): Uint8Array[] {
  const { wasm } = arena
  const bandRows = Math.min(BAND_ROWS, rows.height)
  const stride = roundUp(rows.width * 4, 16) + 16
  const scanlineBytes = rows.width * pixelBytes + 1
  const band = arena.alloc(stride * bandRows)
  // 16 bytes of zero before each row stand for the pixel left of the first (section 9.2).
  const rowA = arena.zeros(rows.width * 4 + 64) + 16
  const rowB = arena.zeros(rows.width * 4 + 64) + 16
  const filtered = arena.alloc(scanlineBytes * bandRows)
  const histogram = arena.alloc(LITERAL_CODES * 4)
  const codes = arena.alloc(LITERAL_CODES * 4)
  // A literal is at most 15 bits; the block header 160 bytes.
  const out = arena.alloc(scanlineBytes * bandRows * 2 + 1024)
  const chunks: Uint8Array[] = []
  wasm.beginFilter()
  wasm.beginDeflate()
  for (let y = 0; y < rows.height; y += bandRows) {
    const count = Math.min(bandRows, rows.height - y)
    const last = y + count === rows.height
    rows.read(band, stride, count)
    wasm.filterRows(band, stride, rows.width, count, pixelBytes, rowA, rowB, y === 0 ? 1 : 0, filter, filtered)
    arena.words(histogram, LITERAL_CODES).fill(0)
    wasm.countSymbols(filtered, scanlineBytes, count, count > 32 ? SAMPLED_ROWS_STEP : 1, histogram)
    // Plus one, so that a symbol the sample missed has a code too.
    const lengths = codeLengths(Array.from(arena.words(histogram, LITERAL_CODES), (n) => n * SAMPLED_ROWS_STEP + 1))
    arena.words(codes, LITERAL_CODES).set(reversedCodes(lengths))
    let end = out
    if (y === 0) end = wasm.putBits(ZLIB_HEADER, 16, end)
    end = putBlockHeader(arena, lengths, last, end)
    end = wasm.emitBlock(filtered, scanlineBytes * count, codes, end)
    if (last) end = putChecksum(arena, wasm.flushBits(end))
    chunks.push(encodeChunk('IDAT', arena.bytes(out, end - out)))
  }
  return chunks
}

/** CMF 78 (deflate, 32 KiB window), FLG 01, in the order they go out: RFC 1950 section 2.2. */
const ZLIB_HEADER = 0x0178
/** Order of code length codes, RFC 1951 section 3.2.7. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/**
 * Dynamic Huffman block header (RFC 1951 section 3.2.7). Code lengths 0..15 are sent as plain 4-bit codes without repeats:
 * 140 bytes a band, not worth a third alphabet.
 */
function putBlockHeader(arena: Arena, lengths: Uint8Array, last: boolean, start: number): number {
  let end = start
  const put = (value: number, count: number) => {
    end = arena.wasm.putBits(value, count, end)
  }
  put(last ? 1 : 0, 1) // BFINAL
  put(2, 2) // BTYPE
  put(LITERAL_CODES - 257, 5) // HLIT
  put(0, 5) // HDIST: one distance code
  put(CODE_LENGTH_ORDER.length - 4, 4) // HCLEN
  for (const symbol of CODE_LENGTH_ORDER) put(symbol < 16 ? 4 : 0, 3)
  for (const length of lengths) put(reverseBits(length, 4), 4)
  put(reverseBits(1, 4), 4) // the distance code is one bit long
  return end
}

/** Adler-32 of the scanlines, most significant byte first (RFC 1950 section 2.2). */
function putChecksum(arena: Arena, end: number): number {
  const sum = arena.wasm.adler32()
  arena.bytes(end, 4).set([sum >>> 24, (sum >>> 16) & 255, (sum >>> 8) & 255, sum & 255])
  return end + 4
}

function concatenate(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
