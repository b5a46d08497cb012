import { type Arena, roundUp } from './arena'
import { ImageError } from './image-error'
import { type JpegHuffmanTable, optimalTable } from './jpeg-huffman'
import { quantizationTables, quantizerReciprocals, ZIGZAG } from './jpeg-tables'
import type { Pixels, Scale } from './pixels'
import { openRows, type RowSource } from './row-source'
import { srgbProfile } from './srgb-profile'

export type JpegOptions = {
  /** 1..100 on the scale of libjpeg; 85 if not given. */
  quality?: number
  /** 4:2:0 below quality 95, 4:4:4 from there on: at 95 coloured edges lose 4 dB by subsampling. */
  subsampling?: '4:2:0' | '4:4:4'
  /** Dots per inch, 1..65535, in the JFIF header; 72 if not given. */
  dpi?: number
  /** Codes this part of the picture at this size. */
  scale?: Scale
  /** Colour 0xRRGGBB under transparent pixels; white if not given. */
  background?: number
  /** Says that the colours are sRGB, by an ICC profile of half a kilobyte; for files that leave. */
  profile?: boolean
}

/** Tokens one 8x8 block can have at most: DC, 63 AC, EOB, 4 bytes each. */
const MAX_BLOCK_TOKEN_BYTES = 65 * 4
const TABLES = 4
const SYMBOLS = 256
const TABLE_BYTES = SYMBOLS * 4

/**
 * Baseline JPEG (ITU-T T.81 with the JFIF 1.02 header), Huffman tables optimal for the picture. Throws ImageError for
 * options out of range, sizes beyond limits.ts, or a picture whose tokens do not fit the kernel's memory.
 */
export function encodeJpeg(arena: Arena, pixels: Pixels, options: JpegOptions = {}): Uint8Array<ArrayBuffer> {
  const { quality = 85, dpi = 72, background = 0xffffff, profile = false, scale } = options
  const { subsampling = quality >= 95 ? '4:4:4' : '4:2:0' } = options
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) throw new ImageError('invalid', 'quality is 1 to 100')
  if (!Number.isInteger(dpi) || dpi < 1 || dpi > 65535) throw new ImageError('invalid', 'dpi is 1 to 65535')
  return arena.run(() => {
    const rows = openRows(arena, pixels, { scale, background })
    const quantization = quantizationTables(quality)
    const tokens = codeRows(arena, rows, quantization, subsampling === '4:2:0')
    const tables = tokens.histograms.map(optimalTable)
    const scan = entropyCoded(arena, tokens, tables)
    const header = frameHeader(rows, quantization, tables, { dpi, subsampled: subsampling === '4:2:0', profile })
    const file = new Uint8Array(header.length + scan.length + 2)
    file.set(header)
    file.set(scan, header.length)
    file.set([0xff, EOI], file.length - 2)
    return file
  })
}

type Quantization = { luma: number[]; chroma: number[] }
type Tokens = { from: number; to: number; histograms: Uint32Array[] }

/** First pass: every MCU row as tokens, and how often each symbol occurs. */
function codeRows(arena: Arena, rows: RowSource, { luma, chroma }: Quantization, subsampled: boolean): Tokens {
  const { wasm } = arena
  const mcu = subsampled ? 16 : 8
  const width = roundUp(rows.width, mcu)
  const stride = width * 4 + 16
  const band = arena.alloc(stride * mcu)
  const planeY = arena.alloc(width * 2 * mcu)
  const planeCb = arena.alloc(width * 2 * 8)
  const planeCr = arena.alloc(width * 2 * 8)
  const lumaReciprocals = arena.copyIn(quantizerReciprocals(luma))
  const chromaReciprocals = arena.copyIn(quantizerReciprocals(chroma))
  const histogram = arena.zeros(TABLES * TABLE_BYTES)
  const predictions = arena.zeros(3 * 4)
  // 4:2:0: four luma and two chroma blocks per 16 columns; 4:4:4: three per 8 columns.
  const blocksOfRow = (width / 8) * 3
  // The last allocation: tokens grow upwards from here for as long as the picture goes on.
  const from = arena.alloc(0)
  wasm.setTokenEnd(from)
  for (let y = 0; y < rows.height; y += mcu) {
    const count = Math.min(mcu, rows.height - y)
    rows.read(band, stride, count)
    repeatEdges(arena, band, stride, { columns: rows.width, width, rows: count, height: mcu })
    arena.require(wasm.tokenEnd() + blocksOfRow * MAX_BLOCK_TOKEN_BYTES)
    wasm.codeMcuRow(
      band,
      stride,
      width,
      subsampled ? 1 : 0,
      planeY,
      planeCb,
      planeCr,
      lumaReciprocals,
      chromaReciprocals,
      histogram,
      predictions,
    )
  }
  const counts = arena.words(histogram, TABLES * SYMBOLS).slice()
  const histograms = [0, 1, 2, 3].map((table) => counts.subarray(table * SYMBOLS, (table + 1) * SYMBOLS))
  return { from, to: wasm.tokenEnd(), histograms }
}

/** Completes MCUs by repeating the last column and row (T.81 A.2.4 recommends it: it costs the fewest bits). */
function repeatEdges(
  arena: Arena,
  band: number,
  stride: number,
  size: { columns: number; width: number; rows: number; height: number },
): void {
  if (size.width > size.columns) {
    for (let y = 0; y < size.rows; y++) {
      const row = arena.words(band + y * stride, size.width)
      row.fill(row[size.columns - 1]!, size.columns)
    }
  }
  const lastRow = band + (size.rows - 1) * stride
  const memory = arena.bytes(0, arena.memoryBytes)
  for (let y = size.rows; y < size.height; y++) {
    memory.copyWithin(band + y * stride, lastRow, lastRow + size.width * 4)
  }
}

/** Second pass: tokens -> bits. */
function entropyCoded(arena: Arena, { from, to, histograms }: Tokens, tables: JpegHuffmanTable[]): Uint8Array {
  const packed = new Uint32Array(TABLES * SYMBOLS)
  let bits = 0
  for (const [t, { codes }] of tables.entries()) {
    packed.set(codes, t * SYMBOLS)
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      bits += histograms[t]![symbol]! * ((codes[symbol]! & 255) + (symbol & 15))
    }
  }
  const codes = roundUp(to, 16)
  const out = codes + packed.byteLength
  // Every byte could be FF and get a zero stuffed behind it.
  arena.require(out + Math.ceil(bits / 8) * 2 + 16)
  arena.words(codes, packed.length).set(packed)
  const end = arena.wasm.emitEntropyCoded(from, to, codes, out)
  return arena.bytes(out, end - out)
}

// Marker codes, T.81 Table B.1.
const SOI = 0xd8
const APP0 = 0xe0
const APP2 = 0xe2
const DQT = 0xdb
const SOF0 = 0xc0
const DHT = 0xc4
const SOS = 0xda
const EOI = 0xd9

const u16 = (value: number): number[] => [value >> 8, value & 255]
const segment = (marker: number, body: number[]): number[] => [0xff, marker, ...u16(body.length + 2), ...body]

/** `ICC_PROFILE`, zero, the first of one part (ICC.1:2010 Annex B.4). */
const ICC_SEGMENT = [...[0x49, 0x43, 0x43, 0x5f, 0x50, 0x52, 0x4f, 0x46, 0x49, 0x4c, 0x45, 0, 1, 1], ...srgbProfile()]

/** Everything before the entropy-coded segment: T.81 Annex B.2, JFIF 1.02 for APP0. */
function frameHeader(
  { width, height }: RowSource,
  { luma, chroma }: Quantization,
  [dcLuma, dcChroma, acLuma, acChroma]: JpegHuffmanTable[],
  { dpi, subsampled, profile }: { dpi: number; subsampled: boolean; profile: boolean },
): number[] {
  const huffman = (classAndId: number, table: JpegHuffmanTable) => [classAndId, ...table.bits, ...table.values]
  return [
    0xff,
    SOI,
    ...segment(APP0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 2, 1, ...u16(dpi), ...u16(dpi), 0, 0]),
    ...(profile ? segment(APP2, ICC_SEGMENT) : []),
    ...segment(DQT, [0, ...ZIGZAG.map((i) => luma[i]!), 1, ...ZIGZAG.map((i) => chroma[i]!)]),
    ...segment(SOF0, [8, ...u16(height), ...u16(width), 3, 1, subsampled ? 0x22 : 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]),
    ...segment(DHT, [
      ...huffman(0x00, dcLuma!),
      ...huffman(0x10, acLuma!),
      ...huffman(0x01, dcChroma!),
      ...huffman(0x11, acChroma!),
    ]),
    ...segment(SOS, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]),
  ]
}
