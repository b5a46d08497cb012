// Image kernel: the byte loops of the codecs, in WebAssembly SIMD. Built by scripts/build-image-kernel.mjs into
// src/render/image.wasm and driven by src/render/image/*. No garbage collector and no allocator: the caller owns the
// layout of the memory from `heapBase()` up. SIMD loads may read up to 15 bytes past a row, and filters and converters
// may write up to 15 bytes past it, so every buffer has slack (arena.ts).
export { resizeRowHorizontal, resizeRowVertical } from './image/resize'
export { codeMcuRow, emitEntropyCoded, setTokenEnd, tokenEnd } from './image/jpeg'
export { beginFilter, filterRows } from './image/png-filter'
export { unfilterRows } from './image/png-unfilter'
export { adler32, beginDeflate, countSymbols, emitBlock, flushBits, putBits } from './image/deflate'
export { overColor, overImage } from './image/composite'

/** First byte the caller may use: everything below belongs to the constants of this module. */
export function heapBase(): usize {
  return __heap_base
}
