import type { Pixels } from '../render/image/pixels'

/** Small RGBA pictures in floating point; at most 64 x 64. */
export type Plane = { values: Float32Array; width: number; height: number }
export type Cells = { left: number; top: number; right: number; bottom: number }

const CHANNELS = 4
/** Over-relaxation of Young 1954; near its best for some 60 cells. */
const RELAXATION = 1.88
/** Every sweep brings it a third nearer or so; what is left after these is under a level of 255. */
const SWEEPS = 120

/** Of flow along the picture's edge to flow away from it: a floor's line goes on outward and fades slowly. */
const FLOW_ALONG = 0.15

/**
 * Fills all outside of the `known` cells so that every cell is the mean of its neighbours, those along the picture's edge
 * counting less: Laplace's equation, with the known cells fixed and nothing flowing over the border. In place; about 5 ms.
 */
export function extendHarmonically(plane: Plane, known: Cells): Plane {
  startFromNearest(plane, known)
  const { values, width, height } = plane
  const row = width * CHANNELS
  const isBeside = known.bottom - known.top === height
  const isAbove = known.right - known.left === width
  const [flowX, flowY] = [isAbove && !isBeside ? FLOW_ALONG : 1, isBeside && !isAbove ? FLOW_ALONG : 1]
  const flow = 2 * (flowX + flowY)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let y = 0; y < height; y++) {
      const isKnownRow = y >= known.top && y < known.bottom
      const [up, down] = [y > 0 ? -row : 0, y < height - 1 ? row : 0]
      for (let x = 0; x < width; x++) {
        if (isKnownRow && x >= known.left && x < known.right) continue
        const [left, right] = [x > 0 ? -CHANNELS : 0, x < width - 1 ? CHANNELS : 0]
        const at = y * row + x * CHANNELS
        for (let i = at; i < at + 3; i++) {
          const vertical = values[i + up]! + values[i + down]!
          const mean = (flowX * (values[i + left]! + values[i + right]!) + flowY * vertical) / flow
          values[i] = values[i]! + RELAXATION * (mean - values[i]!)
        }
      }
    }
  }
  return plane
}

function startFromNearest({ values, width, height }: Plane, { left, top, right, bottom }: Cells): void {
  for (let y = 0; y < height; y++) {
    const fromY = Math.min(bottom - 1, Math.max(top, y))
    for (let x = 0; x < width; x++) {
      const from = (fromY * width + Math.min(right - 1, Math.max(left, x))) * CHANNELS
      values.copyWithin((y * width + x) * CHANNELS, from, from + CHANNELS)
    }
  }
}

/** Three box blurs of this radius, which together are nearly a Gaussian one (Wells 1986). In place. */
export function smoothed(plane: Plane, radius: number): Plane {
  const { values, width, height } = plane
  for (let pass = 0; pass < 3; pass++) {
    for (let y = 0; y < height; y++) boxBlur(values, y * width * CHANNELS, CHANNELS, width, radius)
    for (let x = 0; x < width; x++) boxBlur(values, x * CHANNELS, width * CHANNELS, height, radius)
  }
  return plane
}

/** One line of `count` cells, `step` values apart; beyond its ends are its ends. */
function boxBlur(values: Float32Array, start: number, step: number, count: number, radius: number): void {
  for (let channel = 0; channel < 3; channel++) {
    const line = Float32Array.from({ length: count }, (_, i) => values[start + i * step + channel]!)
    for (let i = 0; i < count; i++) {
      let sum = 0
      for (let j = i - radius; j <= i + radius; j++) sum += line[Math.min(count - 1, Math.max(0, j))]!
      values[start + i * step + channel] = sum / (2 * radius + 1)
    }
  }
}

/** So many pixels of the backdrop to a cell. */
const FINER = 4

/**
 * The plane as an opaque picture of four times its size, enlarged in floating point and dithered: whole levels in a gradient
 * over half a poster would be steps that one sees.
 */
export function finePixels({ values, width, height }: Plane): Pixels {
  const wide = enlargedLines(values, { lines: height, count: width, step: CHANNELS, lineStep: width * CHANNELS })
  const [outWidth, outHeight] = [width * FINER, height * FINER]
  const row = outWidth * CHANNELS
  const all = enlargedLines(wide, { lines: outWidth, count: height, step: row, lineStep: CHANNELS })
  const rgba = new Uint8Array(outHeight * row)
  let noise = 1
  for (let i = 0; i < rgba.length; i++) {
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0
    rgba[i] = i % CHANNELS === 3 ? 255 : Math.min(255, Math.max(0, Math.floor(all[i]! + noise / 2 ** 32)))
  }
  return { rgba, width: outWidth, height: outHeight }
}

type Lines = { lines: number; count: number; step: number; lineStep: number }

/** Every line FINER times as long: straight between the cells' centres. The layout stays: pixels of a line or lines apart. */
function enlargedLines(values: Float32Array, { lines, count, step, lineStep }: Lines): Float32Array {
  const out = new Float32Array(values.length * FINER)
  const outLineStep = step === CHANNELS ? lineStep * FINER : lineStep
  for (let i = 0; i < count * FINER; i++) {
    const place = (i + 0.5) / FINER - 0.5
    const first = Math.min(count - 1, Math.max(0, Math.floor(place)))
    const share = Math.min(1, Math.max(0, place - first))
    const second = Math.min(count - 1, first + 1)
    for (let line = 0; line < lines; line++) {
      for (let channel = 0; channel < 3; channel++) {
        const [a, b] = [line * lineStep + first * step + channel, line * lineStep + second * step + channel]
        out[line * outLineStep + i * step + channel] = values[a]! * (1 - share) + values[b]! * share
      }
    }
  }
  return out
}
