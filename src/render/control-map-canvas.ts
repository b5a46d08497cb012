import type { Rgb } from './control-map-colors'

/**
 * Filled shapes without antialiasing on an opaque black RGBA picture, as OpenCV draws the maps that ControlNets were trained
 * on. Pixel (x, y) covers the point (x, y). Parts outside of the picture are cut off, so any coordinate is safe.
 */
export class ControlMapCanvas {
  readonly #words: Uint32Array<ArrayBuffer>
  readonly #width: number
  readonly #height: number

  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
    this.#words = new Uint32Array(width * height).fill(word([0, 0, 0]))
  }

  /** Ellipse around the segment's middle: the segment is its long axis, `halfWidth` its other half axis. */
  limb(x1: number, y1: number, x2: number, y2: number, halfWidth: number, color: Rgb): void {
    // Not Math.hypot: engines may round it differently, and a map must be the same everywhere.
    const length = Math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
    const cos = length === 0 ? 1 : (x2 - x1) / length
    const sin = length === 0 ? 0 : (y2 - y1) / length
    const halfLength = Math.max(length / 2, 0.5)
    this.#conic((x1 + x2) / 2, (y1 + y2) / 2, cos, sin, halfLength, halfWidth, color)
  }

  disc(x: number, y: number, radius: number, color: Rgb): void {
    this.#conic(x, y, 1, 0, radius, radius, color)
  }

  /** Line with round ends. */
  line(x1: number, y1: number, x2: number, y2: number, halfWidth: number, color: Rgb): void {
    const dx = x2 - x1
    const dy = y2 - y1
    const squaredLength = dx * dx + dy * dy
    const fill = word(color)
    const [left, right] = this.#clip(Math.min(x1, x2) - halfWidth, Math.max(x1, x2) + halfWidth, this.#width)
    const [top, bottom] = this.#clip(Math.min(y1, y2) - halfWidth, Math.max(y1, y2) + halfWidth, this.#height)
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = squaredLength === 0 ? 0 : ((x - x1) * dx + (y - y1) * dy) / squaredLength
        const t = Math.min(1, Math.max(0, along))
        const ex = x - x1 - t * dx
        const ey = y - y1 - t * dy
        if (ex * ex + ey * ey <= halfWidth * halfWidth) this.#words[y * this.#width + x] = fill
      }
    }
  }

  get rgba(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#words.buffer)
  }

  /** Ellipse with half axes a along (cos, sin) and b across it, row by row: u²/a² + v²/b² <= 1 is a quadratic in x. */
  #conic(cx: number, cy: number, cos: number, sin: number, a: number, b: number, color: Rgb): void {
    const fill = word(color)
    const reach = Math.sqrt(a * a * sin * sin + b * b * cos * cos)
    const [top, bottom] = this.#clip(cy - reach, cy + reach, this.#height)
    const xx = (cos * cos) / (a * a) + (sin * sin) / (b * b)
    const xy = cos * sin * (1 / (a * a) - 1 / (b * b))
    const yy = (sin * sin) / (a * a) + (cos * cos) / (b * b)
    for (let y = top; y <= bottom; y++) {
      const dy = y - cy
      const discriminant = xy * xy * dy * dy - xx * (yy * dy * dy - 1)
      if (discriminant < 0) continue
      const middle = cx - (xy * dy) / xx
      const half = Math.sqrt(discriminant) / xx
      const [left, right] = this.#clip(middle - half, middle + half, this.#width)
      if (left <= right) this.#words.fill(fill, y * this.#width + left, y * this.#width + right + 1)
    }
  }

  /** The whole pixels between two coordinates that exist. */
  #clip(from: number, to: number, size: number): [number, number] {
    return [Math.max(0, Math.ceil(from)), Math.min(size - 1, Math.floor(to))]
  }
}

/** Opaque RGBA pixel as a little-endian word. */
const word = ([r, g, b]: Rgb): number => (0xff000000 | (b << 16) | (g << 8) | r) >>> 0
