// Hands: how each finger is curled in a named shape, and the 21 points of a hand.
import { add, along, sineCosine, type Vector } from '../../render/mannequin/vector'
import { type Axes, apply } from './turns'

/** Degrees at the three joints of a finger. */
type Curl = readonly [number, number, number]
type HandShape = { curls: readonly [Curl, Curl, Curl, Curl]; thumb: keyof typeof THUMBS; spread: number }

const OPEN: Curl = [4, 6, 4]
const FIST: Curl = [82, 98, 55]
const STRAIGHT: Curl = [2, 3, 2]

const hand = (curls: HandShape['curls'], thumb: keyof typeof THUMBS, spread: number): HandShape => ({
  curls,
  thumb,
  spread,
})
const even = (curl: Curl, thumb: keyof typeof THUMBS, spread: number) => hand([curl, curl, curl, curl], thumb, spread)

/** Thumb joints from the wrist on, in metres: x to the thumb's side, y along the fingers, z out of the palm. */
const THUMBS = {
  rest: [
    [0.022, 0.022, 0.01],
    [0.043, 0.05, 0.02],
    [0.05, 0.08, 0.026],
    [0.052, 0.104, 0.03],
  ],
  side: [
    [0.023, 0.022, 0.006],
    [0.047, 0.048, 0.01],
    [0.056, 0.08, 0.01],
    [0.06, 0.106, 0.01],
  ],
  out: [
    [0.024, 0.02, 0.005],
    [0.053, 0.042, 0.008],
    [0.078, 0.06, 0.01],
    [0.098, 0.074, 0.012],
  ],
  up: [
    [0.024, 0.022, 0.006],
    [0.052, 0.046, 0.01],
    [0.086, 0.048, 0.01],
    [0.113, 0.044, 0.008],
  ],
  in: [
    [0.022, 0.022, 0.012],
    [0.04, 0.052, 0.028],
    [0.032, 0.078, 0.044],
    [0.01, 0.084, 0.052],
  ],
  oppose: [
    [0.02, 0.022, 0.016],
    [0.034, 0.046, 0.04],
    [0.034, 0.07, 0.06],
    [0.028, 0.092, 0.07],
  ],
  down: [
    [0.022, 0.018, 0.016],
    [0.034, 0.026, 0.044],
    [0.034, 0.022, 0.072],
    [0.032, 0.014, 0.094],
  ],
} satisfies Record<string, Vector[]>

export const HAND_SHAPES = {
  relaxed: hand(
    [
      [16, 24, 14],
      [22, 30, 18],
      [27, 34, 20],
      [30, 36, 20],
    ],
    'rest',
    1,
  ),
  flat: even(OPEN, 'side', 0.7),
  open: hand([OPEN, STRAIGHT, OPEN, OPEN], 'out', 2.6),
  soft: hand(
    [
      [8, 16, 10],
      [16, 22, 12],
      [22, 26, 14],
      [24, 26, 14],
    ],
    'rest',
    1.3,
  ),
  fist: even(FIST, 'in', 0.5),
  point: hand([STRAIGHT, FIST, FIST, FIST], 'in', 0.5),
  thumbsup: even(FIST, 'up', 0.5),
  peace: hand([STRAIGHT, STRAIGHT, FIST, FIST], 'in', 3.2),
  ok: hand(
    [
      [48, 55, 30],
      [10, 12, 8],
      [6, 8, 6],
      [2, 6, 4],
    ],
    'oppose',
    2,
  ),
  pinch: hand(
    [
      [42, 48, 24],
      [46, 52, 28],
      [52, 58, 32],
      [56, 60, 32],
    ],
    'oppose',
    0.8,
  ),
  grip: even([48, 58, 30], 'oppose', 0.8),
  cup: even([38, 48, 26], 'oppose', 0.9),
  hook: even([70, 80, 40], 'rest', 0.5),
  heart: hand(
    [
      [45, 40, 20],
      [50, 45, 20],
      [55, 48, 22],
      [58, 50, 24],
    ],
    'down',
    0.4,
  ),
  fheart: hand([[58, 42, 18], FIST, FIST, FIST], 'oppose', 0.5),
  phone: hand(
    [
      [30, 50, 26],
      [32, 54, 28],
      [34, 56, 30],
      [36, 56, 30],
    ],
    'side',
    0.8,
  ),
  shaka: hand([FIST, FIST, FIST, STRAIGHT], 'up', 1.4),
} satisfies Record<string, HandShape>

export type HandShapeName = keyof typeof HAND_SHAPES

/** Knuckle, bone lengths (metres) and sideways spread (degrees) of each finger from the index on. */
const FINGERS: readonly { knuckle: Vector; bones: Vector; spread: number }[] = [
  { knuckle: [0.024, 0.088, 0], bones: [0.04, 0.024, 0.021], spread: 4 },
  { knuckle: [0.003, 0.09, 0], bones: [0.043, 0.027, 0.022], spread: 0 },
  { knuckle: [-0.016, 0.085, 0], bones: [0.039, 0.025, 0.021], spread: -4 },
  { knuckle: [-0.033, 0.076, 0], bones: [0.031, 0.019, 0.018], spread: -9 },
]

/** 21 points of a hand; `axes` have x to the thumb, y along the fingers, z out of the palm. `size` is 1 for 1.70 m. */
export function handPoints(shape: HandShapeName, wrist: Vector, axes: Axes, size: number): Vector[] {
  const { curls, thumb, spread }: HandShape = HAND_SHAPES[shape]
  const points: Vector[] = [[0, 0, 0], ...(THUMBS[thumb] as Vector[])]
  FINGERS.forEach((finger, i) => {
    let point = finger.knuckle
    points.push(point)
    const [outwards, ahead] = sineCosine(finger.spread * spread)
    let bend = 0
    finger.bones.forEach((bone, k) => {
      bend += curls[i]![k]!
      const [sine, cosine] = sineCosine(bend)
      point = along(point, [outwards * cosine, ahead * cosine, sine], bone)
      points.push(point)
    })
  })
  return points.map((point) => add(wrist, apply(axes, [point[0] * size, point[1] * size, point[2] * size])))
}
