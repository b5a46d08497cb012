// Finds the joints of one person in a control map, as a pose detector would in a picture that holds the pose. It shares no
// code with the product: colours and limbs are those of data/poses/README.md, "Drawing the control map".
import { readPng } from './fake-picture.mjs'

/** COCO-18 order. */
const COLOURS = ['ff0000', 'ff5500', 'ffaa00', 'ffff00', 'aaff00', '55ff00', '00ff00', '00ff55', '00ffaa'].concat(
  ...['00ffff', '00aaff', '0055ff', '0000ff', '5500ff', 'aa00ff', 'ff00ff', 'ff00aa', 'ff0055'],
)
const LIMBS = '1-2 1-5 2-3 3-4 5-6 6-7 1-8 8-9 9-10 1-11 11-12 12-13 1-0 0-14 14-16 0-15 15-17'
  .split(' ')
  .map((limb) => limb.split('-').map(Number))
const limbBrightness = 0.6
const reachPx = 2

/**
 * 18 x [x, y, 1], in pixels of the map; [0, 0, 0] for a joint that is not seen. Like a detector it errs: a wrist is under its
 * hand's dots, and a left knee that a hand touches may be taken for the hand.
 */
export function jointsOf(control) {
  const picture = readPng(control)
  const colours = coloursOf(picture)
  return COLOURS.map((hex, joint) => {
    const spots = spotsOf(colours, Number.parseInt(hex, 16), picture)
    // Hands have dots and lines of the same colours: a joint is the spot that its own limbs lead to, and the largest.
    const limbs = new Set(LIMBS.flatMap((ends, limb) => (ends.includes(joint) ? [limbColour(limb)] : [])))
    const ranked = spots.map((spot) => ({ spot, limbPixels: nearby(spot, colours, limbs, picture) }))
    const led = ranked.filter(({ limbPixels }) => limbPixels > 0)
    const [best] = led.sort((a, b) => b.limbPixels - a.limbPixels || b.spot.length - a.spot.length)
    return best ? [...middleOf(best.spot, picture.width), 1] : [0, 0, 0]
  })
}

const limbColour = (limb) =>
  [0, 2, 4].reduce((colour, at) => {
    const value = Number.parseInt(COLOURS[limb].slice(at, at + 2), 16)
    return colour * 256 + Math.floor(value * limbBrightness)
  }, 0)

const coloursOf = ({ rgba, width, height }) =>
  Uint32Array.from({ length: width * height }, (_, n) => (rgba[n * 4] << 16) | (rgba[n * 4 + 1] << 8) | rgba[n * 4 + 2])

/** The connected areas of a colour, each as a list of pixels. */
function spotsOf(colours, colour, { width }) {
  const left = new Set()
  for (const [n, each] of colours.entries()) if (each === colour) left.add(n)
  const spots = []
  for (const first of left) {
    const spot = [first]
    left.delete(first)
    for (const n of spot)
      for (const beside of [n - 1, n + 1, n - width, n + width]) if (left.delete(beside)) spot.push(beside)
    spots.push(spot)
  }
  return spots
}

/** How many pixels of these colours are around a spot. */
function nearby(spot, colours, wanted, { width }) {
  const seen = new Set()
  for (const n of spot)
    for (let dy = -reachPx; dy <= reachPx; dy++)
      for (let dx = -reachPx; dx <= reachPx; dx++)
        if (wanted.has(colours[n + dy * width + dx])) seen.add(n + dy * width + dx)
  return seen.size
}

const middleOf = (spot, width) => [
  spot.reduce((sum, n) => sum + (n % width), 0) / spot.length,
  spot.reduce((sum, n) => sum + Math.floor(n / width), 0) / spot.length,
]
