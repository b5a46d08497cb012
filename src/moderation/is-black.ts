import type { Pixels } from '../providers/contract'

/** Samples along each side: 4,096 at most, so that a picture of any size takes the same time. */
const SAMPLES_PER_SIDE = 64
/** Of 0..255. What a safety checker blanks is 0; JPEG adds a little to it. */
const MAX_MEAN = 4
const MAX_VARIANCE = 2

/**
 * Whether a picture is black all over: what safety checkers answer in place of a picture that they withhold. A night scene
 * is dark, too, but not even.
 */
export function isBlack({ rgba, width, height }: Pixels): boolean {
  const stepX = Math.max(1, Math.ceil(width / SAMPLES_PER_SIDE))
  const stepY = Math.max(1, Math.ceil(height / SAMPLES_PER_SIDE))
  let count = 0
  let sum = 0
  let squares = 0
  for (let y = 0; y < height; y += stepY)
    for (let x = 0; x < width; x += stepX) {
      const at = (y * width + x) * 4
      const light = Math.max(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!)
      count++
      sum += light
      squares += light * light
    }
  if (count === 0) return true
  const mean = sum / count
  return mean < MAX_MEAN && squares / count - mean * mean < MAX_VARIANCE
}
