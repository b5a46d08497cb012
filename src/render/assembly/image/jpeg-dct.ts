// Forward DCT (T.81 A.3.3) by Arai, Agui and Nakajima 1988: 5 multiplications per 8 samples, the remaining scale factors
// are folded into the quantizer's reciprocals. Quantization (T.81 A.3.4) and zig-zag order (T.81 A.3.6, Figure A.6).

const ROW: usize = 32
const HALF: usize = 16
const BLOCK: usize = memory.data(256, 16)
const QUANTIZED: usize = memory.data(128, 16)
/** Zig-zag sequence of one quantized block, i16[64]. */
export const ZIGZAG_BLOCK: usize = memory.data(128, 16)

/** Byte offset (i16) in the transposed block of each zig-zag place: Figure A.6 with rows and columns swapped. */
const ZIGZAG_OFFSETS: usize = memory.data<u8>([
  0, 16, 2, 4, 18, 32, 48, 34, 20, 6, 8, 22, 36, 50, 64, 80, 66, 52, 38, 24, 10, 12, 26, 40, 54, 68, 82, 96, 112, 98, 84,
  70, 56, 42, 28, 14, 30, 44, 58, 72, 86, 100, 114, 116, 102, 88, 74, 60, 46, 62, 76, 90, 104, 118, 120, 106, 92, 78, 94,
  108, 122, 124, 110, 126,
])

/** Eight-point DCT of four columns at once, in place; rows are ROW bytes apart. */
@inline
function dctColumns(at: usize): void {
  const d0 = v128.load(at), d1 = v128.load(at + ROW), d2 = v128.load(at + 2 * ROW), d3 = v128.load(at + 3 * ROW)
  const d4 = v128.load(at + 4 * ROW), d5 = v128.load(at + 5 * ROW)
  const d6 = v128.load(at + 6 * ROW), d7 = v128.load(at + 7 * ROW)
  const t0 = f32x4.add(d0, d7), t7 = f32x4.sub(d0, d7), t1 = f32x4.add(d1, d6), t6 = f32x4.sub(d1, d6)
  const t2 = f32x4.add(d2, d5), t5 = f32x4.sub(d2, d5), t3 = f32x4.add(d3, d4), t4 = f32x4.sub(d3, d4)
  const e0 = f32x4.add(t0, t3), e3 = f32x4.sub(t0, t3), e1 = f32x4.add(t1, t2), e2 = f32x4.sub(t1, t2)
  v128.store(at, f32x4.add(e0, e1))
  v128.store(at + 4 * ROW, f32x4.sub(e0, e1))
  const cos4 = f32x4.splat(0.707106781)
  const z1 = f32x4.mul(f32x4.add(e2, e3), cos4)
  v128.store(at + 2 * ROW, f32x4.add(e3, z1))
  v128.store(at + 6 * ROW, f32x4.sub(e3, z1))
  const o0 = f32x4.add(t4, t5), o1 = f32x4.add(t5, t6), o2 = f32x4.add(t6, t7)
  const z5 = f32x4.mul(f32x4.sub(o0, o2), f32x4.splat(0.382683433))
  const z2 = f32x4.add(f32x4.mul(o0, f32x4.splat(0.5411961)), z5)
  const z4 = f32x4.add(f32x4.mul(o2, f32x4.splat(1.306562965)), z5)
  const z3 = f32x4.mul(o1, cos4)
  const z11 = f32x4.add(t7, z3), z13 = f32x4.sub(t7, z3)
  v128.store(at + 5 * ROW, f32x4.add(z13, z2))
  v128.store(at + 3 * ROW, f32x4.sub(z13, z2))
  v128.store(at + ROW, f32x4.add(z11, z4))
  v128.store(at + 7 * ROW, f32x4.sub(z11, z4))
}

/** The 4x4 square at a goes transposed to b, the one at b to a (a == b: transposed in place). */
@inline
function swapTransposed(a: usize, b: usize): void {
  const a0 = v128.load(a), a1 = v128.load(a + ROW), a2 = v128.load(a + 2 * ROW), a3 = v128.load(a + 3 * ROW)
  const b0 = v128.load(b), b1 = v128.load(b + ROW), b2 = v128.load(b + 2 * ROW), b3 = v128.load(b + 3 * ROW)
  storeTransposed(b, a0, a1, a2, a3)
  storeTransposed(a, b0, b1, b2, b3)
}

@inline
function storeTransposed(at: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<i32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<i32>(r0, r1, 2, 6, 3, 7)
  const t2 = v128.shuffle<i32>(r2, r3, 0, 4, 1, 5), t3 = v128.shuffle<i32>(r2, r3, 2, 6, 3, 7)
  v128.store(at, v128.shuffle<i64>(t0, t2, 0, 2))
  v128.store(at + ROW, v128.shuffle<i64>(t0, t2, 1, 3))
  v128.store(at + 2 * ROW, v128.shuffle<i64>(t1, t3, 0, 2))
  v128.store(at + 3 * ROW, v128.shuffle<i64>(t1, t3, 1, 3))
}

/** i16 samples (8 rows, `stride` bytes apart) -> ZIGZAG_BLOCK. `reciprocals` f32[64] in transposed order. */
@inline
export function transformBlock(plane: usize, stride: usize, reciprocals: usize): void {
  for (let r: usize = 0; r < 8; r++) {
    const row = v128.load(plane + r * stride)
    v128.store(BLOCK + r * ROW, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(row)))
    v128.store(BLOCK + r * ROW + HALF, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(row)))
  }
  dctColumns(BLOCK)
  dctColumns(BLOCK + HALF)
  swapTransposed(BLOCK, BLOCK)
  swapTransposed(BLOCK + HALF, BLOCK + 4 * ROW)
  swapTransposed(BLOCK + 4 * ROW + HALF, BLOCK + 4 * ROW + HALF)
  dctColumns(BLOCK)
  dctColumns(BLOCK + HALF)
  for (let i: usize = 0; i < 256; i += 32) {
    const a = f32x4.nearest(f32x4.mul(v128.load(BLOCK + i), v128.load(reciprocals + i)))
    const b = f32x4.nearest(f32x4.mul(v128.load(BLOCK + i, 16), v128.load(reciprocals + i, 16)))
    v128.store(QUANTIZED + (i >> 1), i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(a), i32x4.trunc_sat_f32x4_s(b)))
  }
  for (let i: usize = 0; i < 64; i += 4) {
    store<i16>(ZIGZAG_BLOCK + i * 2, load<i16>(QUANTIZED + load<u8>(ZIGZAG_OFFSETS + i)))
    store<i16>(ZIGZAG_BLOCK + i * 2, load<i16>(QUANTIZED + load<u8>(ZIGZAG_OFFSETS + i, 1)), 2)
    store<i16>(ZIGZAG_BLOCK + i * 2, load<i16>(QUANTIZED + load<u8>(ZIGZAG_OFFSETS + i, 2)), 4)
    store<i16>(ZIGZAG_BLOCK + i * 2, load<i16>(QUANTIZED + load<u8>(ZIGZAG_OFFSETS + i, 3)), 6)
  }
}

@inline
function nonZeroOf16(at: usize): u64 {
  const saturated = i8x16.narrow_i16x8_s(v128.load(at), v128.load(at, 16))
  return <u64><u32>i8x16.bitmask(i8x16.ne(saturated, i8x16.splat(0)))
}

/** Bit k is set when coefficient k of ZIGZAG_BLOCK is not 0. */
@inline
export function nonZeroMask(): u64 {
  return nonZeroOf16(ZIGZAG_BLOCK) | (nonZeroOf16(ZIGZAG_BLOCK + 32) << 16) |
    (nonZeroOf16(ZIGZAG_BLOCK + 64) << 32) | (nonZeroOf16(ZIGZAG_BLOCK + 96) << 48)
}
