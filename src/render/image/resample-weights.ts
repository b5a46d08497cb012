/** Weights of one axis: `taps` per output pixel, 14-bit, each row of weights sums to 16384. */
export type AxisWeights = {
  /** First source pixel of each output pixel, i32[outLength], rising. */
  starts: Int32Array
  /** i16[outLength * taps], zero-padded. */
  weights: Int16Array
  taps: number
}

type Filter = { support: number; at(x: number): number }

const ONE = 16384

/** Catmull-Rom: the cubic of Keys 1981 with a = -1/2. Interpolates exactly, so enlarging stays sharp without wide ringing. */
const CATMULL_ROM: Filter = {
  support: 2,
  at(x) {
    const t = Math.abs(x)
    if (t < 1) return 1.5 * t * t * t - 2.5 * t * t + 1
    return t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2 : 0
  },
}

/** Lanczos-windowed sinc with three lobes (Duchon 1979). Keeps detail without aliasing when shrinking. */
const LANCZOS3: Filter = {
  support: 3,
  at(x) {
    const t = Math.abs(x)
    if (t < 1e-9) return 1
    if (t >= 3) return 0
    const p = Math.PI * t
    return (3 * Math.sin(p) * Math.sin(p / 3)) / (p * p)
  },
}

/**
 * Weights to resample `length` source pixels from `origin` (fractions allowed) of a row of `sourceLength` into `outLength`.
 * Pixel centres are at +0.5; Catmull-Rom when enlarging, Lanczos3 stretched by the ratio when shrinking. Taps beyond the
 * border fall on the border pixel. `taps` is a multiple of `tapStep`, as the kernel's loops want it.
 */
export function axisWeights(
  sourceLength: number,
  origin: number,
  length: number,
  outLength: number,
  tapStep: number,
): AxisWeights {
  const ratio = length / outLength
  const stretch = Math.max(1, ratio)
  const filter = ratio < 1 ? CATMULL_ROM : LANCZOS3
  const starts = new Int32Array(outLength)
  const rows: Int16Array[] = []
  let widest = 1
  for (let i = 0; i < outLength; i++) {
    const { start, weights } = windowAt(filter, origin + (i + 0.5) * ratio, stretch, sourceLength)
    starts[i] = start
    rows.push(weights)
    widest = Math.max(widest, weights.length)
  }
  const taps = Math.ceil(widest / tapStep) * tapStep
  const weights = new Int16Array(outLength * taps)
  for (const [i, row] of rows.entries()) weights.set(row, i * taps)
  return { starts, weights, taps }
}

function windowAt(filter: Filter, centre: number, stretch: number, sourceLength: number) {
  const reach = filter.support * stretch
  const low = Math.ceil(centre - reach - 0.5)
  const high = Math.floor(centre + reach - 0.5)
  const last = sourceLength - 1
  const first = Math.min(Math.max(low, 0), last)
  const values = new Float64Array(Math.min(Math.max(high, 0), last) - first + 1)
  let sum = 0
  for (let j = low; j <= high; j++) {
    const value = filter.at((j + 0.5 - centre) / stretch)
    const place = Math.min(Math.max(j - first, 0), values.length - 1)
    values[place] = values[place]! + value
    sum += value
  }
  return trim(quantize(values, sum), first)
}

/** Rounds to 14 bits; the largest weight takes the rounding error, so that a flat area stays flat. */
function quantize(values: Float64Array, sum: number): Int16Array {
  const weights = new Int16Array(values.length)
  let total = 0
  let largest = 0
  for (let j = 0; j < values.length; j++) {
    weights[j] = Math.round((values[j]! / sum) * ONE)
    total += weights[j]!
    if (weights[j]! > weights[largest]!) largest = j
  }
  weights[largest] = weights[largest]! + ONE - total
  return weights
}

function trim(weights: Int16Array, first: number) {
  let begin = 0
  let end = weights.length
  while (begin < end - 1 && weights[begin] === 0) begin++
  while (end > begin + 1 && weights[end - 1] === 0) end--
  return { start: first + begin, weights: weights.subarray(begin, end) }
}
