export type JpegHuffmanTable = {
  /** BITS: number of codes of each length 1..16. */
  bits: number[]
  /** HUFFVAL: symbols in order of rising code length. */
  values: number[]
  /** u32[256]: code << 8 | length, 0 for a symbol without a code. */
  codes: Uint32Array
}

const MAX_CODE_BITS = 16
/** A symbol that no token has: it takes the code of all ones, which T.81 K.2 keeps free. */
const RESERVED = 256

/** The optimal Huffman table of a histogram of 256 symbol counts: T.81 Annex K.2, Figures K.1 to K.4. */
export function optimalTable(counts: Uint32Array): JpegHuffmanTable {
  const sizes = codeSizes(counts)
  const bits = limitedLengths(sizes)
  const values: number[] = []
  // Sort_input (Figure K.4): by size, then by symbol.
  for (let size = 1; size < 64; size++) {
    for (let symbol = 0; symbol < RESERVED; symbol++) if (sizes[symbol] === size) values.push(symbol)
  }
  return { bits: bits.slice(1, MAX_CODE_BITS + 1), values, codes: canonicalCodes(bits, values) }
}

/** Code_size (Figure K.1): merges the two rarest until one is left; ties go to the larger symbol. */
function codeSizes(counts: Uint32Array): Int32Array {
  const frequency = Float64Array.from([...counts, 1])
  const sizes = new Int32Array(RESERVED + 1)
  const others = new Int32Array(RESERVED + 1).fill(-1)
  const grow = (from: number) => {
    let symbol = from
    sizes[symbol] = sizes[symbol]! + 1
    while (others[symbol]! >= 0) {
      symbol = others[symbol]!
      sizes[symbol] = sizes[symbol]! + 1
    }
    return symbol
  }
  for (;;) {
    const rarest = leastFrequent(frequency, -1)
    const second = leastFrequent(frequency, rarest)
    if (second < 0) return sizes
    frequency[rarest] = frequency[rarest]! + frequency[second]!
    frequency[second] = 0
    others[grow(rarest)] = second
    grow(second)
  }
}

function leastFrequent(frequency: Float64Array, except: number): number {
  let found = -1
  for (let i = 0; i <= RESERVED; i++) {
    if (i === except || frequency[i] === 0) continue
    if (found < 0 || frequency[i]! <= frequency[found]!) found = i
  }
  return found
}

/** Count_BITS and Adjust_BITS (Figures K.2, K.3): no code longer than 16 bits, and the reserved one taken away. */
function limitedLengths(sizes: Int32Array): number[] {
  const bits = new Array<number>(RESERVED + 2).fill(0)
  for (const size of sizes) if (size > 0) bits[size] = bits[size]! + 1
  for (let i = bits.length - 1; i > MAX_CODE_BITS; i--) {
    while (bits[i]! > 0) {
      let j = i - 2
      while (bits[j] === 0) j--
      bits[i] = bits[i]! - 2
      bits[i - 1] = bits[i - 1]! + 1
      bits[j + 1] = bits[j + 1]! + 2
      bits[j] = bits[j]! - 1
    }
  }
  let longest = MAX_CODE_BITS
  while (bits[longest] === 0) longest--
  bits[longest] = bits[longest]! - 1
  return bits
}

/** Generate_code_table (T.81 Figure C.2). */
function canonicalCodes(bits: number[], values: number[]): Uint32Array {
  const codes = new Uint32Array(256)
  let code = 0
  let k = 0
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    for (let n = 0; n < bits[length]!; n++) codes[values[k++]!] = (code++ << 8) | length
    code <<= 1
  }
  return codes
}
