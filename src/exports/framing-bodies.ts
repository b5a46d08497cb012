// From keypoints to what of a person must be seen. All numbers are pixels of the picture.
import {
  type Box,
  beyond,
  clamp,
  clipped,
  DOWN,
  disc,
  grown,
  hull,
  isInside,
  meanOf,
  type Point,
  type Size,
  UP,
} from './framing-boxes'
import type { Figure } from './types'

/** What a crop may stop at: all that is seen of everybody; without legs; heads, hands and goods, nothing else. */
export const LEVELS = ['body', 'upper', 'head'] as const
export type Level = (typeof LEVELS)[number]

export type Bodies = {
  /** Around the points themselves and the flesh about them; see AIR for the space around. */
  levels: Record<Level, Box>
  /** All heads, with hair; null when no head is seen. */
  heads: Box | null
  /** All heads and all goods. */
  shown: Box | null
  /** Somebody's feet are in the picture: it shows whole people, who must stay whole. */
  hasFeet: boolean
  /** Head height of the largest person. */
  headPx: number
  /** Where people are looked at: torso and head, the torso twice. */
  centreX: number
  eyesY: number
}

/** Surer than this a point is there. */
const MIN_CONFIDENCE = 0.3
// COCO-18.
const NOSE = 0
const NECK = 1
const FACE = [NOSE, 14, 15, 16, 17]
const EYES = [14, 15] as const
const EARS = [16, 17] as const
const SHOULDERS = [2, 5] as const
const HIPS = [8, 11] as const
const ARMS = [
  [2, 3, 4],
  [5, 6, 7],
] as const
const LEGS = [
  [8, 9, 10],
  [11, 12, 13],
] as const

/**
 * Lengths of a body in heads (chin to crown). A picture only ever shortens them, so the longest one tells the size: on the
 * library's poses within 0.8 and 1.3 of the true head, where face and shoulders alone go down to 0.1 in profile.
 */
const EAR_TO_EAR = 1.3
const EYE_TO_EYE = 3.1
const EYE_TO_EAR = 1.9
const NOSE_TO_NECK = 1.1
const SHOULDER_TO_SHOULDER = 0.55
const NECK_TO_HIP = 0.42
const UPPER_ARM = 0.75
const FOREARM = 0.8
const THIGH = 0.52
const SHIN = 0.54

/** How far flesh, hair and clothes reach around a point, in heads. */
const REACH = {
  crown: 0.8,
  temple: 0.65,
  face: 0.55,
  feature: 0.2,
  shoulder: 0.46,
  joint: 0.4,
  hip: 0.5,
  wrist: 0.25,
  fingertip: 0.15,
  foot: 0.76,
  goods: 0.05,
}
/** A head with its hair has its middle this far above the ears, as the neck points. */
const EARS_TO_MIDDLE = 0.12
const NECK_TO_HEAD = 0.8
/** A foot's middle is this far behind the ankle as the shin points; its toes may point anywhere. */
const ANKLE_TO_FOOT = 0.3
/** A hand that nobody told the points of goes on from the forearm by this part of it. */
const HAND_OF_FOREARM = 0.65

/** What must be seen of these people in a picture of this size; null when nothing of them is. */
export function bodiesIn(figures: readonly Figure[], size: Size): Bodies | null {
  const people = figures.map((figure) => personIn(figure, size)).filter((person) => person !== null)
  const [first] = people
  if (!first) return null
  const mean = (pick: (person: Person) => number) =>
    people.reduce((sum, person) => sum + pick(person), 0) / people.length
  const all = (pick: (person: Person) => Box | null) => hull(people.map(pick).filter((box) => box !== null))
  return {
    levels: { body: all((p) => p.body)!, upper: all((p) => p.upper)!, head: all((p) => p.head)! },
    heads: all((p) => p.face),
    shown: all((p) => hull([p.face, p.goods].filter((box) => box !== null))),
    hasFeet: people.some((p) => p.hasFeet),
    headPx: Math.max(...people.map((p) => p.headPx)),
    centreX: mean((p) => p.centreX),
    eyesY: mean((p) => p.eyesY),
  }
}

type Person = {
  body: Box
  upper: Box
  head: Box
  face: Box | null
  goods: Box | null
  hasFeet: boolean
  headPx: number
  centreX: number
  eyesY: number
}

function personIn({ keypoints, hands, goods }: Figure, size: Size): Person | null {
  const points = Array.from({ length: 18 }, (_, i) => seen(keypoints, i, size))
  const fingers = hands.map((hand) => pairs(hand).filter((point) => isInside(point, size)))
  const things = goods.map((thing) => clipped(thing, size)).filter((box) => box !== null)
  const known = [...points.filter((point) => point !== null), ...fingers.flat()]
  if (known.length === 0) return null
  const headPx = headHeight(points) || fallbackHeadHeight(known, size)
  const around = (point: Point | null | undefined, heads: number): Box[] => (point ? [disc(point, heads * headPx)] : [])
  const at = (...indices: readonly number[]) => indices.map((i) => points[i])

  const face = headBox(points, headPx)
  const arms = ARMS.flatMap(([shoulder, elbow]) => [
    ...around(points[shoulder], REACH.shoulder),
    ...around(points[elbow], REACH.joint),
  ])
  const palms = ARMS.flatMap(([, elbow, wrist]) => [
    ...around(points[wrist], REACH.wrist),
    ...around(handBeyond(points[elbow], points[wrist], fingers.flat(), headPx, size), REACH.wrist),
  ])
  const hips = at(...HIPS).flatMap((point) => around(point, REACH.hip))
  const legs = LEGS.flatMap(([hip, knee, ankle]) => [
    ...around(points[knee], REACH.joint),
    ...around(footOf(points[knee] ?? points[hip], points[ankle], headPx), REACH.foot),
  ])
  const goodsBoxes = things.map((box) => grown(box, REACH.goods * headPx))
  const fingertips = fingers.flat().flatMap((point) => around(point, REACH.fingertip))
  const head = [...(face ? [face] : []), ...around(points[NECK], REACH.joint), ...palms, ...fingertips, ...goodsBoxes]
  const upper = [...head, ...arms, ...hips]
  const hasFeet = points[10] !== null || points[13] !== null
  // Whose feet are not seen goes on to the end of the picture.
  const seenBody = hull([...upper, ...legs])!
  const body = hasFeet ? seenBody : { ...seenBody, bottom: size.height }
  const torso = at(NECK, ...SHOULDERS, ...HIPS).filter((point) => !!point)
  const middle = { x: (body.left + body.right) / 2, y: (body.top + body.bottom) / 2 }
  const faceCentre = meanOf(at(...FACE)) ?? meanOf(torso) ?? middle
  return {
    body,
    upper: hull(upper) ?? seenBody,
    head: hull(head) ?? seenBody,
    face,
    goods: hull(goodsBoxes),
    hasFeet,
    headPx,
    centreX: (2 * (meanOf(torso) ?? faceCentre).x + faceCentre.x) / 3,
    eyesY: (meanOf(at(...EYES)) ?? faceCentre).y,
  }
}

function headHeight(points: (Point | null)[]): number {
  const far = (a: number, b: number, part: number) => {
    const [from, to] = [points[a], points[b]]
    return from && to ? Math.hypot(from.x - to.x, from.y - to.y) * part : 0
  }
  return Math.max(
    far(...EARS, EAR_TO_EAR),
    far(...EYES, EYE_TO_EYE),
    ...EYES.map((eye, side) => far(eye, EARS[side]!, EYE_TO_EAR)),
    far(NOSE, NECK, NOSE_TO_NECK),
    far(...SHOULDERS, SHOULDER_TO_SHOULDER),
    ...HIPS.map((hip) => far(NECK, hip, NECK_TO_HIP)),
    ...ARMS.flatMap(([a, b, c]) => [far(a, b, UPPER_ARM), far(b, c, FOREARM)]),
    ...LEGS.flatMap(([a, b, c]) => [far(a, b, THIGH), far(b, c, SHIN)]),
  )
}

/** A lone point or a hand: a seventh of what is seen, or an eighth of the picture. */
function fallbackHeadHeight(known: readonly Point[], { width, height }: Size): number {
  const ys = known.map(({ y }) => y)
  return Math.max((Math.max(...ys) - Math.min(...ys)) / 7, Math.min(width, height) / 8)
}

/** Around ears and face; where none is seen, on the neck as the torso says. */
function headBox(points: (Point | null)[], headPx: number): Box | null {
  const neck = points[NECK] ?? null
  const features = FACE.map((i) => points[i]).filter((point) => !!point)
  const face = meanOf(features)
  const hips = meanOf(HIPS.map((i) => points[i]))
  if (!face) return neck && oval(hips, beyond(hips, neck, NECK_TO_HEAD * headPx, UP), headPx)
  // Who looks down or away has the face in front of the head; the ears stay in its middle.
  const middle = beyond(neck, meanOf(EARS.map((i) => points[i])) ?? face, EARS_TO_MIDDLE * headPx, UP)
  const around = features.map((point) => disc(point, REACH.feature * headPx))
  return hull([oval(neck, middle, headPx), disc(face, REACH.face * headPx), ...around])
}

/** Bounds of a head that stands on `from`: longer than wide. */
function oval(from: Point | null, { x, y }: Point, headPx: number): Box {
  const [dx, dy] = from ? [x - from.x, y - from.y] : [0, 0]
  const length = Math.hypot(dx, dy)
  const [across, up] = length === 0 ? [0, 1] : [dx / length, dy / length]
  const aside = Math.hypot(REACH.crown * across, REACH.temple * up) * headPx
  const above = Math.hypot(REACH.crown * up, REACH.temple * across) * headPx
  return { left: x - aside, top: y - above, right: x + aside, bottom: y + above }
}

/** The middle of a hand of which only the wrist is known; null when its fingers are. */
function handBeyond(
  elbow: Point | null | undefined,
  wrist: Point | null | undefined,
  fingers: readonly Point[],
  headPx: number,
  size: Size,
): Point | null {
  if (!elbow || !wrist) return null
  if (fingers.some(({ x, y }) => Math.hypot(x - wrist.x, y - wrist.y) < headPx / 2)) return null
  const x = wrist.x + (wrist.x - elbow.x) * HAND_OF_FOREARM
  const y = wrist.y + (wrist.y - elbow.y) * HAND_OF_FOREARM
  return { x: clamp(x, 0, size.width), y: clamp(y, 0, size.height) }
}

const footOf = (knee: Point | null | undefined, ankle: Point | null | undefined, headPx: number): Point | null =>
  ankle ? beyond(knee, ankle, ANKLE_TO_FOOT * headPx, DOWN) : null

function seen(keypoints: readonly number[], index: number, size: Size): Point | null {
  const [x = Number.NaN, y = Number.NaN, confidence = 0] = keypoints.slice(index * 3, index * 3 + 3)
  return confidence >= MIN_CONFIDENCE && isInside({ x, y }, size) ? { x, y } : null
}

const pairs = (hand: readonly number[]): Point[] =>
  Array.from({ length: hand.length >> 1 }, (_, i) => ({ x: hand[i * 2]!, y: hand[i * 2 + 1]! }))
