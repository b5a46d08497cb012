// Baseline sequential JPEG (ITU-T T.81): MCU rows -> tokens and symbol counts -> entropy-coded segment. Two passes, because
// optimal Huffman tables (Annex K.2) need the counts of the whole picture before the first bit is written.
import { chromaRow, chromaRow420, lumaRow } from './jpeg-color'
import { ZIGZAG_BLOCK, nonZeroMask, transformBlock } from './jpeg-dct'

// A token is u32: table (2 bits: DC luma, DC chroma, AC luma, AC chroma) | symbol (8 bits at 16) | additional bits (16).
const TABLE_SHIFT: u32 = 30
const SYMBOL_SHIFT: u32 = 16
/** Run of sixteen zeros, T.81 F.1.2.2.1. */
const ZRL: u32 = 0xf0

let end: usize = 0

/** Where the next token goes. */
export function setTokenEnd(at: usize): void { end = at }
export function tokenEnd(): usize { return end }

@inline
function putToken(histogram: usize, table: u32, symbol: u32, bits: u32): void {
  store<u32>(end, (table << TABLE_SHIFT) | (symbol << SYMBOL_SHIFT) | bits)
  end += 4
  const count = histogram + (<usize>table << 10) + (<usize>symbol << 2)
  store<u32>(count, load<u32>(count) + 1)
}

/** SSSS, the number of additional bits (Tables F.1 and F.2). */
@inline
function sizeCategory(value: i32): u32 { return 32 - <u32>clz(abs(value)) }

/** The low SSSS bits of the value, of value - 1 when it is negative (F.1.2.1.1). */
@inline
function additionalBits(value: i32, size: u32): u32 { return <u32>(value + (value >> 31)) & ((1 << size) - 1) }

/** Codes one block (F.1.2); returns its DC value, the prediction of the next block of the component. */
@inline
function codeBlock(plane: usize, stride: usize, reciprocals: usize, prediction: i32, table: u32, histogram: usize): i32 {
  transformBlock(plane, stride, reciprocals)
  const dc = <i32>load<i16>(ZIGZAG_BLOCK)
  const difference = dc - prediction
  const dcSize = sizeCategory(difference)
  putToken(histogram, table, dcSize, additionalBits(difference, dcSize))
  let mask = nonZeroMask() & ~(<u64>1)
  let last = 0
  while (mask) {
    const k = <i32>ctz(mask)
    mask &= mask - 1
    let run = k - last - 1
    last = k
    while (run > 15) {
      putToken(histogram, table + 2, ZRL, 0)
      run -= 16
    }
    const value = <i32>load<i16>(ZIGZAG_BLOCK + k * 2)
    const size = sizeCategory(value)
    putToken(histogram, table + 2, (<u32>run << 4) | size, additionalBits(value, size))
  }
  if (last != 63) putToken(histogram, table + 2, 0, 0) // EOB
  return dc
}

/**
 * One row of MCUs (A.2.3, interleaved). `band`: RGBA rows, 16 of them for 4:2:0 or 8 for 4:4:4, `stride` bytes apart, edge
 * pixels repeated up to `width` (a multiple of 16 or 8). `planeY`/`planeCb`/`planeCr`: i16 scratch of width x 16 (8).
 * `luma`, `chroma`: reciprocals f32[64]. `histogram` u32[4 * 256] is added to. `predictions` i32[3] is carried on.
 */
export function codeMcuRow(
  band: usize, stride: usize, width: i32, subsampled: i32, planeY: usize, planeCb: usize, planeCr: usize,
  luma: usize, chroma: usize, histogram: usize, predictions: usize,
): void {
  let y = load<i32>(predictions), cb = load<i32>(predictions, 4), cr = load<i32>(predictions, 8)
  const rowBytes = <usize>width * 2
  if (subsampled) {
    const chromaBytes = <usize>width
    const below: usize = 8 * rowBytes
    for (let r: usize = 0; r < 16; r++) lumaRow(band + r * stride, planeY + r * rowBytes, width)
    for (let r: usize = 0; r < 8; r++) {
      const upper = band + 2 * r * stride
      chromaRow420(upper, upper + stride, planeCb + r * chromaBytes, planeCr + r * chromaBytes, width >> 1)
    }
    for (let x: usize = 0; x < <usize>width; x += 16) {
      const at = planeY + x * 2
      for (let block: usize = 0; block < 4; block++) {
        y = codeBlock(at + (block & 1) * 16 + (block >> 1) * below, rowBytes, luma, y, 0, histogram)
      }
      cb = codeBlock(planeCb + x, chromaBytes, chroma, cb, 1, histogram)
      cr = codeBlock(planeCr + x, chromaBytes, chroma, cr, 1, histogram)
    }
  } else {
    for (let r: usize = 0; r < 8; r++) {
      lumaRow(band + r * stride, planeY + r * rowBytes, width)
      chromaRow(band + r * stride, planeCb + r * rowBytes, planeCr + r * rowBytes, width)
    }
    for (let x: usize = 0; x < <usize>width; x += 8) {
      y = codeBlock(planeY + x * 2, rowBytes, luma, y, 0, histogram)
      cb = codeBlock(planeCb + x * 2, rowBytes, chroma, cb, 1, histogram)
      cr = codeBlock(planeCr + x * 2, rowBytes, chroma, cr, 1, histogram)
    }
  }
  store<i32>(predictions, y)
  store<i32>(predictions, cb, 4)
  store<i32>(predictions, cr, 8)
}

/** A byte FF of entropy-coded data is followed by a stuffed zero (F.1.2.3). */
@inline
function putStuffed(out: usize, byte: u32): usize {
  store<u8>(out, byte)
  if (byte != 255) return out + 1
  store<u8>(out, 0, 1)
  return out + 2
}

/**
 * Tokens from..to as Huffman codes; `codes` u32[4 * 256] = code << 8 | length. The last byte is filled with 1-bits
 * (F.1.2.3). Returns the end of the output.
 */
export function emitEntropyCoded(from: usize, to: usize, codes: usize, out: usize): usize {
  let bits: u64 = 0, pending: u32 = 0
  for (; from < to; from += 4) {
    const token = load<u32>(from)
    const code = load<u32>(codes + (<usize>(token >> TABLE_SHIFT) << 10) + (<usize>((token >> SYMBOL_SHIFT) & 255) << 2))
    const size = (token >> SYMBOL_SHIFT) & 15
    const length = code & 255
    bits = (bits << (length + size)) | (<u64>(code >> 8) << size) | <u64>(token & 0xffff)
    pending += length + size
    if (pending < 32) continue
    pending -= 32
    const word = <u32>(bits >> pending)
    if (((~word - 0x01010101) & word & 0x80808080) == 0) { // no byte of the word is FF
      store<u32>(out, bswap(word))
      out += 4
    } else {
      for (let shift = 24; shift >= 0; shift -= 8) out = putStuffed(out, (word >> shift) & 255)
    }
  }
  while (pending >= 8) {
    pending -= 8
    out = putStuffed(out, <u32>(bits >> pending) & 255)
  }
  if (pending > 0) out = putStuffed(out, ((<u32>bits << (8 - pending)) | ((1 << (8 - pending)) - 1)) & 255)
  return out
}
