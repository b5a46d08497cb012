// Where the face is, without a neural network and without asking anybody: skin that has eyes and a mouth and ends at hair,
// cloth or wall. It finds upright faces that look our way; when it is not sure it says so.
import type { ImageKernel } from '../../render/image/kernel'
import type { Pixels } from '../../render/image/pixels'
import type { FaceBox } from '../../render/mannequin/photo-palette'
import { type BoxSums, boxSums } from './box-sums'
import { FACE_ASPECT, faceVotes, isWorthALook, type Window } from './face-likeness'

/** Longest side of the small picture that is searched; faces below a thirtieth of it show no eyes. */
const SEARCH_SIDE_PX = 384
const FACE_PX_MIN = 12
const FACE_SHARE_MAX = 0.8
const SIZE_STEP = 1.22
/** In face widths. */
const PLACE_STEP = 0.16

/** A window counts above so many votes. */
const VOTES_MIN = 0.5
/** A face is seen in many windows beside each other, a chance likeness in one or two: least sum of votes above the limit. */
const AGREEMENT_MIN = 1.3
/** So many of the best windows may be the middle of a group; bounds the work on pictures full of faces. */
const MIDDLES_MAX = 60

/**
 * The face, or the plainest of several, in 0..1 of the picture: from hairline to chin. Null when there is none or none that
 * is certain enough: turned away, tilted, hidden, in coloured light, or smaller than a thirtieth of the longest side.
 * Throws ImageError for pixels beyond the kernel's limits.
 */
export function findFace(kernel: ImageKernel, pixels: Pixels): FaceBox | null {
  const sums = boxSums(smallPicture(kernel, pixels))
  const seen: Seen[] = []
  for (const window of windowsOf(sums)) {
    const votes = faceVotes(sums, window) - VOTES_MIN
    if (votes > 0) seen.push({ window, votes })
  }
  const group = strongestGroup(seen)
  if (!group || group.votes < AGREEMENT_MIN) return null
  const { x, y, size } = group.window
  return {
    x: Math.max(0, x / sums.width),
    y: Math.max(0, y / sums.height),
    width: Math.min(size, sums.width - x) / sums.width,
    height: Math.min(size * FACE_ASPECT, sums.height - y) / sums.height,
  }
}

/** The picture with its longest side as searched, over white; never enlarged. */
export function smallPicture(kernel: ImageKernel, pixels: Pixels): Pixels {
  const factor = Math.min(1, SEARCH_SIDE_PX / Math.max(pixels.width, pixels.height))
  const width = Math.max(1, Math.round(pixels.width * factor))
  const height = Math.max(1, Math.round(pixels.height * factor))
  const rect = { x: 0, y: 0, width: pixels.width, height: pixels.height }
  return { rgba: kernel.compose(pixels, { rect, width, height }, 0xffffff), width, height }
}

/** Boxes of every size and place that could hold a face. */
export function windowsOf(sums: BoxSums): Window[] {
  const found: Window[] = []
  const largest = Math.min(sums.width, sums.height / FACE_ASPECT) * FACE_SHARE_MAX
  for (let size = FACE_PX_MIN; size <= largest; size *= SIZE_STEP) {
    const step = size * PLACE_STEP
    for (let y = 0; y + size * FACE_ASPECT <= sums.height; y += step)
      for (let x = 0; x + size <= sums.width; x += step) {
        const window = { x, y, size }
        if (isWorthALook(sums, window)) found.push(window)
      }
  }
  return found
}

type Seen = { window: Window; votes: number }

const isNear = (a: Window, b: Window): boolean =>
  Math.abs(a.x + a.size / 2 - b.x - b.size / 2) < b.size / 4 &&
  Math.abs(a.y - b.y + ((a.size - b.size) * FACE_ASPECT) / 2) < b.size / 4 &&
  Math.abs(Math.log(a.size / b.size)) < 0.35

/** The windows around one of them with the most votes in all, as their weighted mean. */
function strongestGroup(seen: Seen[]): Seen | null {
  const middles = [...seen].sort((a, b) => b.votes - a.votes).slice(0, MIDDLES_MAX)
  let best: Seen | null = null
  for (const middle of middles) {
    let [votes, x, y, size] = [0, 0, 0, 0]
    for (const { window, votes: own } of seen) {
      if (!isNear(window, middle.window)) continue
      votes += own
      x += own * (window.x + window.size / 2)
      y += own * (window.y + (window.size * FACE_ASPECT) / 2)
      size += own * window.size
    }
    if (best && votes <= best.votes) continue
    const mean = size / votes
    best = { votes, window: { x: x / votes - mean / 2, y: y / votes - (mean * FACE_ASPECT) / 2, size: mean } }
  }
  return best
}
