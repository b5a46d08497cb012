// Resampling in floating point, from the formulas and nothing of ours: what a perfect resizer would answer.

const catmullRom = (x) => {
  const t = Math.abs(x)
  if (t >= 2) return 0
  return t < 1 ? 1.5 * t ** 3 - 2.5 * t ** 2 + 1 : -0.5 * t ** 3 + 2.5 * t ** 2 - 4 * t + 2
}
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
const lanczos3 = (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0)

/** The weights of each output pixel as [source index, weight][]; beyond the border is the border's pixel. */
function weightsOf(side, from, length, out) {
  const ratio = length / out
  const [filter, reach] = ratio < 1 ? [catmullRom, 2] : [lanczos3, 3]
  const stretch = Math.max(1, ratio)
  return Array.from({ length: out }, (_, i) => {
    const centre = from + (i + 0.5) * ratio
    const taps = []
    for (let j = Math.floor(centre - reach * stretch - 1); j <= centre + reach * stretch + 1; j++) {
      const weight = filter((j + 0.5 - centre) / stretch)
      if (weight !== 0) taps.push([Math.min(side - 1, Math.max(0, j)), weight])
    }
    const sum = taps.reduce((total, [, weight]) => total + weight, 0)
    return taps.map(([at, weight]) => [at, weight / sum])
  })
}

/** RGB of `rect` of an RGBA picture at width x height, as Float32; enlarged by Catmull-Rom, shrunk by Lanczos3. */
export function resizeExactly({ rgba, width: side, height: rows }, rect, width, height) {
  const columns = weightsOf(side, rect.x, rect.width, width)
  const lines = weightsOf(rows, rect.y, rect.height, height)
  const wide = new Float32Array(rows * width * 3)
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < width; x++)
      for (const [at, weight] of columns[x])
        for (let c = 0; c < 3; c++) wide[(y * width + x) * 3 + c] += weight * rgba[(y * side + at) * 4 + c]
  const out = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (const [at, weight] of lines[y])
      for (let i = 0; i < width * 3; i++) out[y * width * 3 + i] += weight * wide[at * width * 3 + i]
  return out.map((value) => Math.min(255, Math.max(0, value)))
}

/** Peak signal-to-noise ratio of two RGB pictures, in dB; 99 when they are equal. */
export function psnr(a, b) {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2
  return sum === 0 ? 99 : 10 * Math.log10((255 * 255 * a.length) / sum)
}
