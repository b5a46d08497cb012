// Poses as shapes that can be compared. This file imports nothing: the seed loads it into Node as it stands.

/** What a shape is made of: a person of a pose record (data/poses/README.md) or of an OpenPose file, any scale. */
export type ShapePerson = {
  /** 18 x (x, y, v) in COCO-18 order; v 0 = not there, anything else counts alike. */
  keypoints2d: readonly number[]
  /** 21 x (x, y) or null. */
  handLeft2d: readonly number[] | null
  handRight2d: readonly number[] | null
}

/** `distance`: 0 = the same skeleton, 1 = nothing in common. `mirrored`: the other pose fits when left and right change places. */
export type Fit = { distance: number; mirrored: boolean }

export const JOINT_COUNT = 18
/** A shape can be moved and scaled at will: with fewer joints in common anything would fit anything. */
export const MIN_COMMON_JOINTS = 4
/** A person's 18 joints; then 10 points of the left and of the right hand. Two signed bytes each. */
export const BODY_BYTES = JOINT_COUNT * 2
export const PERSON_BYTES = BODY_BYTES + 2 * 10 * 2

/** Tips and middle joints of the five fingers: they tell a fist from a palm, and two fingers from five. */
const HAND_POINTS = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
const LEFT_HAND = BODY_BYTES
const RIGHT_HAND = LEFT_HAND + HAND_POINTS.length * 2
const HANDS = [LEFT_HAND, RIGHT_HAND]
/** In both bytes of a point that is not there. */
const ABSENT = -128
const FARTHEST = 127
/** COCO-18 with left and right exchanged. */
const MIRRORED_JOINTS = Uint8Array.of(0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16)

/** A hand counts like three joints: poses that differ by their fingers alone are no duplicates, and arms matter more. */
const HAND_WEIGHT = 3
/** A joint that only the first shape has counts as if it were this far off: more than poses differ that look alike. */
const UNCOVERED_DISTANCE = 0.3
/** The same for a joint that only the second has: next to nothing, so that a head finds portraits before whole bodies. */
const EXTRA_DISTANCE = 0.02
/** What a fit of the mirror image costs: of a pose and its twin in the library, the one that needs no turning is nearer. */
export const MIRROR_COST = 0.005

/**
 * The shape of all people of a pose: PERSON_BYTES for each. Coordinates are signed bytes in a common frame (the middle
 * and half the longer side of the box around all joints), so that place and size in the picture no longer matter; a hand
 * is relative to its wrist. Half a step is 0.2 % of a standing body.
 */
export function shapeOf(people: readonly ShapePerson[]): Int8Array {
  const drawn = people.flatMap(({ keypoints2d }) => drawnJoints(keypoints2d))
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2
  const side = (values: number[]) => Math.max(...values) - Math.min(...values)
  const [xs, ys] = [drawn.map(({ x }) => x), drawn.map(({ y }) => y)]
  const [middleX, middleY] = [middle(xs), middle(ys)]
  const half = Math.max(side(xs), side(ys)) / 2
  const shape = new Int8Array(people.length * PERSON_BYTES).fill(ABSENT)
  const put = (at: number, x: number, y: number) => {
    for (const [i, value] of [x, y].entries()) {
      shape[at + i] = Math.max(-FARTHEST, Math.min(FARTHEST, Math.round((value / half) * FARTHEST))) || 0
    }
  }
  for (const [person, { keypoints2d, handLeft2d, handRight2d }] of people.entries()) {
    const start = person * PERSON_BYTES
    for (const { joint, x, y } of drawnJoints(keypoints2d)) put(start + joint * 2, x - middleX, y - middleY)
    for (const [offset, hand] of [
      [LEFT_HAND, handLeft2d],
      [RIGHT_HAND, handRight2d],
    ] as const) {
      if (!hand) continue
      for (const [i, point] of HAND_POINTS.entries()) {
        put(start + offset + i * 2, hand[point * 2]! - hand[0]!, hand[point * 2 + 1]! - hand[1]!)
      }
    }
  }
  return shape
}

function drawnJoints(keypoints: readonly number[]): { joint: number; x: number; y: number }[] {
  return Array.from({ length: JOINT_COUNT }, (_, joint) => joint)
    .filter((joint) => keypoints[joint * 3 + 2] !== 0)
    .map((joint) => ({ joint, x: keypoints[joint * 3]!, y: keypoints[joint * 3 + 1]! }))
}

/**
 * How far the second shape is from the first. It is moved and scaled (not turned) to where it fits best over the joints
 * that both have, and once more as its mirror image; two people are laid on two in the better of both ways, in one
 * frame. The distance is the RMS of what remains, in parts of the RMS radius of the first one's joints about their middle:
 * about a third of a standing body's height. Joints of the first that the second lacks count as UNCOVERED_DISTANCE; those
 * that only the second has count next to nothing, so a half-hidden skeleton finds whole ones. Other number of people: 1.
 * `mirror: false` compares as the shapes stand.
 */
export function poseDistance(a: Int8Array, b: Int8Array, { mirror = true } = {}): Fit {
  if (a.length !== b.length) return { distance: 1, mirrored: false }
  const plain = leastDistance(a, b, false)
  const turned = mirror ? Math.min(1, leastDistance(a, b, true) + MIRROR_COST) : 1
  return turned < plain ? { distance: turned, mirrored: true } : { distance: plain, mirrored: false }
}

function leastDistance(a: Int8Array, b: Int8Array, mirrored: boolean): number {
  const straight = remainder(a, b, mirrored, false)
  return Math.sqrt(a.length > PERSON_BYTES ? Math.min(straight, remainder(a, b, mirrored, true)) : straight)
}

/** The mean square that remains of the best fit of `b` on `a`, 0..1; `crossed`: a's first person on b's second. */
function remainder(a: Int8Array, b: Int8Array, mirrored: boolean, crossed: boolean): number {
  const sign = mirrored ? -1 : 1
  let common = 0
  let uncovered = 0
  let extra = 0
  let sumAx = 0
  let sumAy = 0
  let sumBx = 0
  let sumBy = 0
  let sumAA = 0
  let sumBB = 0
  let sumAB = 0
  for (let start = 0; start < a.length; start += PERSON_BYTES) {
    const other = crossed ? PERSON_BYTES - start : start
    for (let joint = 0; joint < JOINT_COUNT; joint++) {
      const i = start + joint * 2
      const ax = a[i]!
      const j = other + (mirrored ? MIRRORED_JOINTS[joint]! : joint) * 2
      if (ax === ABSENT) {
        if (b[j] !== ABSENT) extra++
        continue
      }
      if (b[j] === ABSENT) {
        uncovered++
        continue
      }
      const ay = a[i + 1]!
      const bx = sign * b[j]!
      const by = b[j + 1]!
      common++
      sumAx += ax
      sumAy += ay
      sumBx += bx
      sumBy += by
      sumAA += ax * ax + ay * ay
      sumBB += bx * bx + by * by
      sumAB += ax * bx + ay * by
    }
  }
  if (common < MIN_COMMON_JOINTS) return 1
  const squareA = sumAA - (sumAx * sumAx + sumAy * sumAy) / common
  const squareB = sumBB - (sumBx * sumBx + sumBy * sumBy) / common
  const product = sumAB - (sumAx * sumBx + sumAy * sumBy) / common
  if (squareA <= 0 || squareB <= 0 || product <= 0) return 1
  // The best scale of b leaves 1 - r^2 of a's own square (linear regression).
  let sum = common * (1 - (product * product) / (squareA * squareB))
  sum += uncovered * UNCOVERED_DISTANCE ** 2 + extra * EXTRA_DISTANCE ** 2
  let weight = common + uncovered
  const radii = Math.sqrt((squareA / common) * (squareB / common))
  for (let start = 0; start < a.length; start += PERSON_BYTES) {
    const other = crossed ? PERSON_BYTES - start : start
    for (const hand of HANDS) {
      const j = other + (mirrored ? LEFT_HAND + RIGHT_HAND - hand : hand)
      if (a[start + hand] === ABSENT || b[j] === ABSENT) continue
      sum += HAND_WEIGHT * handRemainder(a, start + hand, b, j, sign, squareA / common, squareB / common, radii)
      weight += HAND_WEIGHT
    }
  }
  return Math.max(0, sum / weight)
}

/** Mean square between two hands, each in parts of its own body's radius (given as squares, and their geometric mean). */
function handRemainder(
  a: Int8Array,
  startA: number,
  b: Int8Array,
  startB: number,
  sign: number,
  radiusA2: number,
  radiusB2: number,
  radii: number,
): number {
  let sumAA = 0
  let sumBB = 0
  let sumAB = 0
  for (let i = 0; i < HAND_POINTS.length * 2; i += 2) {
    const ax = a[startA + i]!
    const ay = a[startA + i + 1]!
    const bx = sign * b[startB + i]!
    const by = b[startB + i + 1]!
    sumAA += ax * ax + ay * ay
    sumBB += bx * bx + by * by
    sumAB += ax * bx + ay * by
  }
  return Math.min(1, (sumAA / radiusA2 + sumBB / radiusB2 - (2 * sumAB) / radii) / HAND_POINTS.length)
}
