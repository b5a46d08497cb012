// Deflate (RFC 1951) of filtered scanlines: one dynamic-Huffman block per band, literals and matches at distance 1 only
// (zlib calls that Z_RLE). After a PNG filter, longer distances win little: this is a fifth of the time of zlib level 6
// for files about half its size, because the code fits each band.

const MIN_RUN: usize = 4
const MAX_MATCH: u32 = 258
const END_OF_BLOCK: usize = 256
const ADLER_BASE: u32 = 65521
/** Largest multiple of 16 for which the Adler sums of bytes stay inside 32 bits (zlib's NMAX is 5552). */
const ADLER_STEP: i32 = 5536

let bits: u64 = 0
let pending: u64 = 0
let sumA: u32 = 1
let sumB: u32 = 0

/** Before the first block of a stream. */
export function beginDeflate(): void {
  bits = 0
  pending = 0
  sumA = 1
  sumB = 0
}

/** Appends `count` <= 32 bits, least significant first (RFC 1951 3.1.1); returns the new end of the output. */
export function putBits(value: u32, count: u32, out: usize): usize {
  bits |= <u64>value << pending
  pending += count
  while (pending >= 8) {
    store<u8>(out, <u8>bits)
    out++
    bits >>= 8
    pending -= 8
  }
  return out
}

/** Fills the last byte with zeros. */
export function flushBits(out: usize): usize { return pending > 0 ? putBits(0, 8 - <u32>pending, out) : out }

/** Adler-32 (RFC 1950 section 8.2) of all blocks so far. */
export function adler32(): u32 { return (sumB << 16) | sumA }

/** Four bytes equal to the byte before them: a run worth a match. */
@inline
function runStartsAt(at: usize, end: usize): bool { return load<u32>(at) == load<u32>(at - 1) && at + MIN_RUN <= end }

@inline
function runEnd(at: usize, end: usize): usize {
  const byte = load<u8>(at), limit = min(at + <usize>MAX_MATCH, end)
  let to = at + MIN_RUN
  while (to < limit && load<u8>(to) == byte) to++
  return to
}

/** Length 3..258 -> code 257..285 (RFC 1951 3.2.5). */
@inline
function lengthCode(length: u32): u32 {
  if (length == MAX_MATCH) return 285
  const x = length - 3
  if (x < 8) return 257 + x
  const k = 31 - <u32>clz(x)
  return 257 + ((k - 1) << 2) + ((x >> (k - 2)) & 3)
}

@inline
function count(histogram: usize, symbol: u32): void {
  const at = histogram + (<usize>symbol << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Adds the symbols of every `step`-th of `rows` rows to `histogram` u32[286]: a sample is enough to fit the code. */
export function countSymbols(src: usize, rowBytes: i32, rows: i32, step: i32, histogram: usize): void {
  for (let y = 0; y < rows; y += step) {
    let at = src + <usize>(y * rowBytes)
    const end = at + rowBytes
    if (y == 0) at++ // nothing of this band stands before its first byte
    while (at < end) {
      if (runStartsAt(at, end)) {
        const to = runEnd(at, end)
        count(histogram, lengthCode(<u32>(to - at)))
        at = to
      } else {
        count(histogram, <u32>load<u8>(at))
        at++
      }
    }
  }
}

/**
 * Symbols of `bytes` bytes and the end-of-block code. `codes` u32[286] = bit-reversed code << 8 | length; distance code 0
 * (distance 1) is a single 0-bit. Output needs at most 2 * bytes + 16. Returns its end.
 */
export function emitBlock(src: usize, bytes: i32, codes: usize, out: usize): usize {
  let acc = bits, held = pending
  const end = src + <usize>bytes
  let at = src
  while (at < end) {
    if (at > src && runStartsAt(at, end)) {
      const to = runEnd(at, end), length = <u32>(to - at)
      const code = load<u32>(codes + (<usize>lengthCode(length) << 2))
      acc |= <u64>(code >> 8) << held
      held += code & 255
      const x = length - 3
      if (length != MAX_MATCH && x >= 8) {
        const extra = 29 - <u32>clz(x)
        acc |= <u64>(x & ((1 << extra) - 1)) << held
        held += extra
      }
      held += 1
      at = to
    } else {
      const code = load<u32>(codes + (<usize>load<u8>(at) << 2))
      acc |= <u64>(code >> 8) << held
      held += code & 255
      at++
    }
    if (held >= 32) {
      store<u32>(out, <u32>acc)
      out += 4
      acc >>= 32
      held -= 32
    }
  }
  const code = load<u32>(codes + (END_OF_BLOCK << 2))
  bits = acc | (<u64>(code >> 8) << held)
  pending = held + (code & 255)
  addToAdler(src, bytes)
  return putBits(0, 0, out)
}

@inline
function total(v: v128): u32 {
  return <u32>(i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3))
}

function addToAdler(src: usize, bytes: i32): void {
  let a = sumA, b = sumB, i = 0
  const high = i16x8(16, 15, 14, 13, 12, 11, 10, 9), low = i16x8(8, 7, 6, 5, 4, 3, 2, 1)
  while (bytes - i >= 16) {
    const step = min(bytes - i, ADLER_STEP) & ~15
    let sums = i32x4.splat(0), weighted = sums, before = sums
    for (let j = 0; j < step; j += 16) {
      const v = v128.load(src + i + j)
      const first = i16x8.extend_low_i8x16_u(v), second = i16x8.extend_high_i8x16_u(v)
      before = i32x4.add(before, sums)
      weighted = i32x4.add(weighted, i32x4.add(i32x4.dot_i16x8_s(first, high), i32x4.dot_i16x8_s(second, low)))
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.add(first, second)))
    }
    b = <u32>((<u64>b + <u64>a * step + (<u64>total(before) << 4) + total(weighted)) % ADLER_BASE)
    a = (a + total(sums)) % ADLER_BASE
    i += step
  }
  for (; i < bytes; i++) {
    a += load<u8>(src + i)
    b += a
  }
  sumA = a % ADLER_BASE
  sumB = b % ADLER_BASE
}
