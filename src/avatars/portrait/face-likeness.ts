// What is measured of a box of a picture to tell whether it holds a face that looks at us.
import { type BoxSums, EDGES, LIGHT, meanIn, RED, REDNESS, SKIN } from './box-sums'
import { STEPS, VOTES } from './face-votes'

/** In pixels of the small picture. A face is a quarter taller than wide, from hairline to chin. */
export type Window = { x: number; y: number; size: number }
export const FACE_ASPECT = 1.25

/** Parts of a face, in 0..1 of its box: left, top, right, bottom. */
type Part = readonly [number, number, number, number]
const INSIDE: Part = [0.15, 0.2, 0.85, 0.92]
const LEFT_EYE: Part = [0.14, 0.3, 0.42, 0.47]
const RIGHT_EYE: Part = [0.58, 0.3, 0.86, 0.47]
const NOSE_BRIDGE: Part = [0.43, 0.32, 0.57, 0.5]
const LEFT_CHEEK: Part = [0.12, 0.52, 0.38, 0.7]
const RIGHT_CHEEK: Part = [0.62, 0.52, 0.88, 0.7]
const FOREHEAD: Part = [0.25, 0.08, 0.75, 0.25]
const MOUTH: Part = [0.32, 0.7, 0.68, 0.84]
const CHIN: Part = [0.35, 0.87, 0.65, 0.98]
const ABOVE: Part = [0.2, -0.28, 0.8, -0.06]
const LEFT_OF: Part = [-0.25, 0.2, -0.07, 0.7]
const RIGHT_OF: Part = [1.07, 0.2, 1.25, 0.7]
const LEFT_JAW: Part = [-0.2, 0.85, 0.02, 1.1]
const RIGHT_JAW: Part = [0.98, 0.85, 1.2, 1.1]

const WHOLE: Part = [0, 0, 1, 1]
/** Half a face in three by eight cells, each with its mirror image. */
const CELL_PAIRS: readonly (readonly [Part, Part])[] = Array.from({ length: 24 }, (_, i) => {
  const [left, top] = [(i % 3) / 6, Math.floor(i / 3) / 8]
  const [right, bottom] = [left + 1 / 6, top + 1 / 8]
  return [
    [left, top, right, bottom],
    [1 - right, top, 1 - left, bottom],
  ]
})

const meanOf = (sums: BoxSums, { x, y, size }: Window, channel: number, part: Part): number => {
  const height = size * FACE_ASPECT
  return meanIn(sums, channel, x + part[0] * size, y + part[1] * height, x + part[2] * size, y + part[3] * height)
}

/** Skin where a face has it, 0..1. */
const SKIN_SHARE_MIN = 0.66
/** Edges at each eye, in those of cheeks and forehead. */
const EYE_EDGES_MIN = 0.84
/** How much the three sides differ from the inside, in the unit of `differs`. */
const SURROUND_MIN = 0.7

/** Cheap tests that 19 of 20 faces pass and 19 of 20 other boxes do not. */
export function isWorthALook(sums: BoxSums, window: Window): boolean {
  if (meanOf(sums, window, SKIN, INSIDE) < SKIN_SHARE_MIN * 255) return false
  const least = EYE_EDGES_MIN * calmOf(sums, window)
  if (meanOf(sums, window, EDGES, LEFT_EYE) < least || meanOf(sums, window, EDGES, RIGHT_EYE) < least) return false
  return differs(sums, window, ABOVE) + differs(sums, window, LEFT_OF) + differs(sums, window, RIGHT_OF) > SURROUND_MIN
}

/** Edges of the smooth parts of a face. */
function calmOf(sums: BoxSums, window: Window): number {
  const cheeks = meanOf(sums, window, EDGES, LEFT_CHEEK) + meanOf(sums, window, EDGES, RIGHT_CHEEK)
  return (cheeks + meanOf(sums, window, EDGES, FOREHEAD)) / 3 + 2
}

/** How much a part's colour differs from the inside's: 0 the same, 1 quite another. */
function differs(sums: BoxSums, window: Window, part: Part): number {
  let sum = 0
  let all = 30
  for (let c = 0; c < 3; c++) {
    const value = meanOf(sums, window, RED + c, part)
    // Beyond the picture is nothing that speaks for or against a face.
    if (Number.isNaN(value)) return 0.5
    const inside = meanOf(sums, window, RED + c, INSIDE)
    sum += Math.abs(value - inside)
    all += inside
  }
  return Math.min(1, sum / all / 0.35)
}

/** Windows that fall below this are not read on: one in two hundred windows over a face does, and most others do. */
const HOPELESS_VOTES = -1.9
const HEARD_MIN = 14

/** How sure the measures are that the window holds a face: above 0 more yes than no. */
export function faceVotes(sums: BoxSums, window: Window): number {
  let votes = 0
  for (let i = 0; i < VOTES.length; i++) {
    const [measure, step, upTo, above] = VOTES[i]!
    votes += Math.floor(((MEASURES[measure]!(sums, window) + 1) / 2) * STEPS) <= step ? upTo : above
    if (votes < HOPELESS_VOTES && i >= HEARD_MIN) return votes
  }
  return votes
}

/** About -1..1. Their places in the list are what face-votes.ts knows them by. */
type Measure = (sums: BoxSums, window: Window) => number

const light = (sums: BoxSums, window: Window, part: Part): number => meanOf(sums, window, LIGHT, part)
const edges = (sums: BoxSums, window: Window, part: Part): number => meanOf(sums, window, EDGES, part)
const bounded = (value: number, limit: number): number => Math.max(-1, Math.min(1, value / limit))
const dip = (dark: number, bright: number): number => bounded((bright - dark) / (bright + 10), 0.4)

const leftEyeDip: Measure = (s, w) => dip(light(s, w, LEFT_EYE), light(s, w, LEFT_CHEEK))
const rightEyeDip: Measure = (s, w) => dip(light(s, w, RIGHT_EYE), light(s, w, RIGHT_CHEEK))

export const MEASURES: readonly Measure[] = [
  (s, w) => meanOf(s, w, SKIN, INSIDE) / 255,
  (s, w) => Math.min(leftEyeDip(s, w), rightEyeDip(s, w)),
  (s, w) => Math.max(leftEyeDip(s, w), rightEyeDip(s, w)),
  (s, w) => dip((light(s, w, LEFT_EYE) + light(s, w, RIGHT_EYE)) / 2, light(s, w, NOSE_BRIDGE)),
  (s, w) => bounded((Math.min(edges(s, w, LEFT_EYE), edges(s, w, RIGHT_EYE)) / calmOf(s, w) - 1) / 2, 1),
  (s, w) => unlikeness(edges(s, w, LEFT_EYE), edges(s, w, RIGHT_EYE), 4, 1),
  (s, w) => bounded((edges(s, w, MOUTH) / calmOf(s, w) - 1) / 2, 1),
  redderMouth,
  (s, w) => dip(light(s, w, MOUTH), light(s, w, CHIN)),
  (s, w) => unlikeness(light(s, w, LEFT_CHEEK), light(s, w, RIGHT_CHEEK), 10, 0.3),
  (s, w) => dip(light(s, w, FOREHEAD), (light(s, w, LEFT_CHEEK) + light(s, w, RIGHT_CHEEK)) / 2),
  (s, w) => differs(s, w, ABOVE),
  (s, w) => Math.min(differs(s, w, LEFT_OF), differs(s, w, RIGHT_OF)),
  (s, w) => Math.max(differs(s, w, LEFT_OF), differs(s, w, RIGHT_OF)),
  (s, w) => Math.min(differs(s, w, LEFT_JAW), differs(s, w, RIGHT_JAW)),
  (s, w) => Math.max(differs(s, w, LEFT_JAW), differs(s, w, RIGHT_JAW)),
  (s, w) => bounded(calmOf(s, w) / 20, 1),
  (s, w) => meanOf(s, w, SKIN, MOUTH) / 255,
  (s, w) => meanOf(s, w, SKIN, FOREHEAD) / 255,
  ...CELL_PAIRS.flatMap(([here, mirrored]): Measure[] => [
    (s, w) => bounded((light(s, w, here) + light(s, w, mirrored)) / 2 / wholeLight(s, w) - 1, 1),
    (s, w) => bounded((edges(s, w, here) + edges(s, w, mirrored)) / 2 / (edges(s, w, WHOLE) + 2) - 1, 2),
  ]),
  asymmetry,
]

function unlikeness(a: number, b: number, offset: number, limit: number): number {
  return bounded(Math.abs(a - b) / (a + b + offset) / limit, 1)
}

function redderMouth(sums: BoxSums, window: Window): number {
  const red = (part: Part): number => meanOf(sums, window, REDNESS, part)
  return bounded((red(MOUTH) - (red(LEFT_CHEEK) + red(RIGHT_CHEEK)) / 2) / 51, 1)
}

function wholeLight(sums: BoxSums, window: Window): number {
  return light(sums, window, WHOLE) + 4
}

function asymmetry(sums: BoxSums, window: Window): number {
  let unlike = 0
  for (const [here, mirrored] of CELL_PAIRS)
    unlike += Math.abs(light(sums, window, here) - light(sums, window, mirrored))
  return bounded(unlike / CELL_PAIRS.length / wholeLight(sums, window), 1)
}
