/** Literals 0..255, end of block 256, length codes 257..285 (RFC 1951 section 3.2.5). */
export const LITERAL_CODES = 286
const MAX_CODE_BITS = 15

/**
 * Code lengths of at most 15 bits for a histogram without zeros (Huffman 1952, two-queue form). Where the tree grows deeper,
 * counts are halved and the tree is built again: simpler than package-merge, and it hardly ever happens.
 */
export function codeLengths(counts: readonly number[]): Uint8Array {
  for (let scaled = counts; ; scaled = scaled.map((count) => (count >> 1) + 1)) {
    const lengths = huffmanDepths(scaled)
    if (lengths.every((length) => length <= MAX_CODE_BITS)) return lengths
  }
}

function huffmanDepths(counts: readonly number[]): Uint8Array {
  const n = counts.length
  const order = counts.map((_, symbol) => symbol).sort((a, b) => counts[a]! - counts[b]! || a - b)
  const weights = new Float64Array(2 * n)
  const parents = new Int32Array(2 * n)
  for (const [i, symbol] of order.entries()) weights[i] = counts[symbol]!
  let leaf = 0
  let inner = n
  for (let node = n; node < 2 * n - 1; node++) {
    for (let child = 0; child < 2; child++) {
      const takeLeaf = leaf < n && (inner >= node || weights[leaf]! <= weights[inner]!)
      const taken = takeLeaf ? leaf++ : inner++
      weights[node] = weights[node]! + weights[taken]!
      parents[taken] = node
    }
  }
  const depths = new Int32Array(2 * n)
  for (let node = 2 * n - 3; node >= 0; node--) depths[node] = depths[parents[node]!]! + 1
  const lengths = new Uint8Array(n)
  for (const [i, symbol] of order.entries()) lengths[symbol] = Math.min(depths[i]!, 255)
  return lengths
}

/** Canonical codes (RFC 1951 section 3.2.2), bit-reversed because codes go out most significant bit first: code << 8 | length. */
export function reversedCodes(lengths: Uint8Array): Uint32Array {
  const countOfLength = new Uint32Array(MAX_CODE_BITS + 1)
  for (const length of lengths) countOfLength[length] = countOfLength[length]! + 1
  countOfLength[0] = 0
  const next = new Uint32Array(MAX_CODE_BITS + 1)
  for (let length = 1; length <= MAX_CODE_BITS; length++)
    next[length] = (next[length - 1]! + countOfLength[length - 1]!) << 1
  return Uint32Array.from(lengths, (length) => {
    const code = next[length]!
    next[length] = code + 1
    return (reverseBits(code, length) << 8) | length
  })
}

/** The lowest `count` bits in the other order. */
export function reverseBits(value: number, count: number): number {
  let reversed = 0
  for (let i = 0; i < count; i++) reversed |= ((value >> i) & 1) << (count - 1 - i)
  return reversed
}
