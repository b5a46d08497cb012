import { ImageError } from './image-error'
import { MAX_ARENA_BYTES } from './limits'

/** What src/render/assembly/image.ts exports; addresses and sizes are bytes. */
export type KernelExports = {
  memory: WebAssembly.Memory
  heapBase(): number
  resizeRowHorizontal(src: number, dst: number, width: number, offsets: number, weights: number, taps: number): void
  resizeRowVertical(
    dst: number,
    bytes: number,
    ring: number,
    ringRows: number,
    ringStride: number,
    firstRow: number,
    lastRow: number,
    table: number,
    weights: number,
    taps: number,
  ): void
  setTokenEnd(at: number): void
  tokenEnd(): number
  codeMcuRow(
    band: number,
    stride: number,
    width: number,
    subsampled: number,
    planeY: number,
    planeCb: number,
    planeCr: number,
    luma: number,
    chroma: number,
    histogram: number,
    predictions: number,
  ): void
  emitEntropyCoded(from: number, to: number, codes: number, out: number): number
  beginFilter(): void
  filterRows(
    src: number,
    stride: number,
    width: number,
    rows: number,
    pixelBytes: number,
    rowA: number,
    rowB: number,
    first: number,
    filter: number,
    dst: number,
  ): number
  unfilterRows(raw: number, width: number, rows: number, pixelBytes: number, dst: number): number
  beginDeflate(): void
  putBits(value: number, count: number, out: number): number
  flushBits(out: number): number
  adler32(): number
  countSymbols(src: number, rowBytes: number, rows: number, step: number, histogram: number): void
  emitBlock(src: number, bytes: number, codes: number, out: number): number
  overColor(rgba: number, pixels: number, color: number): void
  overImage(rgba: number, background: number, pixels: number): void
}

const PAGE_BYTES = 65536
/** SIMD reads and writes up to 16 bytes past a row, `resizeRowHorizontal` a whole window: see assembly/image.ts. */
const SLACK_BYTES = 64

/** Rounds up to a multiple of `step`, a power of two. */
export const roundUp = (value: number, step: number): number => (value + step - 1) & -step

/**
 * Bump allocation in the kernel's linear memory. One piece of work at a time, and nothing survives it: `run` gives
 * everything back. Views die when the memory grows, so they are made anew for every use and never kept over an `alloc`.
 */
export class Arena {
  readonly wasm: KernelExports
  readonly #base: number
  #top: number
  #busy = false

  constructor(module: WebAssembly.Module) {
    this.wasm = new WebAssembly.Instance(module, {}).exports as unknown as KernelExports
    this.#base = roundUp(this.wasm.heapBase(), SLACK_BYTES) + SLACK_BYTES
    this.#top = this.#base
  }

  /** Runs synchronous work and frees all it allocated. A second `run` inside the first would overwrite it: it throws. */
  run<T>(work: () => T): T {
    if (this.#busy) throw new Error('the image kernel does one piece of work at a time')
    this.#busy = true
    try {
      return work()
    } finally {
      this.#top = this.#base
      this.#busy = false
    }
  }

  /** Address of `bytes` bytes, 16-byte aligned, with slack behind them. Contents are what was there before. */
  alloc(bytes: number): number {
    const at = this.#top
    this.#top = roundUp(at + bytes + SLACK_BYTES, 16)
    this.require(this.#top)
    return at
  }

  /** Grows the memory until `end` and its slack are inside. Throws ImageError `too_large` beyond MAX_ARENA_BYTES. */
  require(end: number): void {
    const missing = end + SLACK_BYTES - this.memoryBytes
    if (missing <= 0) return
    if (end > MAX_ARENA_BYTES)
      throw new ImageError('too_large', 'the picture needs more memory than the kernel may have')
    this.wasm.memory.grow(Math.ceil(missing / PAGE_BYTES))
  }

  /** A copy of typed array `values` in the arena. */
  copyIn(values: ArrayBufferView): number {
    const at = this.alloc(values.byteLength)
    this.bytes(at, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return at
  }

  /** `bytes` bytes of zero. */
  zeros(bytes: number): number {
    const at = this.alloc(bytes)
    this.bytes(at, bytes + SLACK_BYTES).fill(0)
    return at
  }

  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.wasm.memory.buffer, at, length)
  }

  words(at: number, length: number): Uint32Array {
    return new Uint32Array(this.wasm.memory.buffer, at, length)
  }

  /** Linear memory held; it never shrinks, dropping the kernel is what frees it. */
  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength
  }
}
