// Where the face is, without a neural network and without asking anybody: skin with eyes and a mouth that ends at hair,
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
const VOTES_MIN = 0.2
/** So many places where windows agree are looked at closely; bounds the work on pictures full of faces. */
const PLACES_MAX = 8

/** A face goes on looking like one when its box moves or grows a little; a chance likeness does not. In face widths. */
const NUDGES = [-0.14, -0.07, 0, 0.07, 0.14]
const GROWTHS = [0.88, 1, 1.13]
/** Least mean of the votes of all those boxes, where less than none counts as none. */
const CERTAINTY_MIN = 0.19

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
  let best: Seen | null = null
  for (const window of placesOf(seen)) {
    const votes = certaintyOf(sums, window)
    if (votes > CERTAINTY_MIN && (!best || votes > best.votes)) best = { window, votes }
  }
  if (!best) return null
  const { x, y, size } = best.window
  const [left, top] = [Math.max(0, x), Math.max(0, y)]
  return {
    x: left / sums.width,
    y: top / sums.height,
    width: (Math.min(x + size, sums.width) - left) / sums.width,
    height: (Math.min(y + size * FACE_ASPECT, sums.height) - top) / sums.height,
  }
}

/** The picture with its longest side as searched, over white; never enlarged. */
function smallPicture(kernel: ImageKernel, pixels: Pixels): Pixels {
  const factor = Math.min(1, SEARCH_SIDE_PX / Math.max(pixels.width, pixels.height))
  const width = Math.max(1, Math.round(pixels.width * factor))
  const height = Math.max(1, Math.round(pixels.height * factor))
  const rect = { x: 0, y: 0, width: pixels.width, height: pixels.height }
  return { rgba: kernel.compose(pixels, { rect, width, height }, 0xffffff), width, height }
}

/** Boxes of every size and place that could hold a face. */
function windowsOf(sums: BoxSums): Window[] {
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

/** Where windows agree, as their mean weighted by votes; those around the one with the most votes first. */
function placesOf(seen: Seen[]): Window[] {
  const places: Window[] = []
  let rest = [...seen].sort((a, b) => b.votes - a.votes)
  while (rest[0] && places.length < PLACES_MAX) {
    const first = rest[0].window
    const place = meanOf(seen.filter(({ window }) => isNear(window, first)))
    places.push(place)
    rest = rest.filter(({ window }) => !isNear(window, first) && !isNear(window, place))
  }
  return places
}

function meanOf(group: Seen[]): Window {
  let [all, x, y, size] = [0, 0, 0, 0]
  for (const { window, votes } of group) {
    all += votes
    x += votes * (window.x + window.size / 2)
    y += votes * (window.y + (window.size * FACE_ASPECT) / 2)
    size += votes * window.size
  }
  const mean = size / all
  return { x: x / all - mean / 2, y: y / all - (mean * FACE_ASPECT) / 2, size: mean }
}

/** How well a place stands small changes of its box. */
function certaintyOf(sums: BoxSums, { x, y, size }: Window): number {
  let votes = 0
  for (const growth of GROWTHS) {
    const other = size * growth
    const [left, top] = [x + (size - other) / 2, y + ((size - other) * FACE_ASPECT) / 2]
    for (const across of NUDGES) {
      for (const down of NUDGES) {
        const window = { x: left + across * size, y: top + down * size, size: other }
        if (isWorthALook(sums, window)) votes += Math.max(0, faceVotes(sums, window))
      }
    }
  }
  return votes / (GROWTHS.length * NUDGES.length * NUDGES.length)
}

/** For who learns the votes: bench/face-votes/. */
export { smallPicture, windowsOf }
