import type { PosePerson } from '../db/tables/poses'
import type { Keypoints } from '../providers/contract'
import { placePoint } from '../render/control-map'

const JOINTS = 18

/**
 * How far annotators differ on each joint, as a part of the person's size, in COCO-18 order (COCO keypoint evaluation,
 * cocodataset.org/#keypoints-eval: sigmas of nose, shoulders, elbows, wrists, hips, knees, ankles, eyes, ears). COCO has no
 * neck: it gets the shoulders'.
 */
const SIGMAS = [
  ...[0.026, 0.079, 0.079, 0.072, 0.062, 0.079, 0.072, 0.062, 0.107],
  ...[0.087, 0.089, 0.107, 0.087, 0.089, 0.025, 0.025, 0.035, 0.035],
]
/** Below this a detector is guessing: the joint counts as not found. */
const MIN_CONFIDENCE = 0.3

/**
 * How well the people found in a picture hold the asked pose: the mean object keypoint similarity (OKS) over the people
 * asked for, 0..1, rounded to 4 places. Joints that the pose does not show do not count; a person or joint that is not
 * found counts 0. People are matched so that the mean is highest. `found`: pixels of a picture of `width` x `height`.
 */
export function poseMatch(
  asked: readonly PosePerson[],
  found: readonly Keypoints[],
  { width, height }: { width: number; height: number },
): number {
  const scores = asked.map((person) => found.map((candidate) => similarity(person, candidate, width, height)))
  const best = bestSum(scores, 0, new Set())
  return asked.length === 0 ? 0 : Math.round((best / asked.length) * 10_000) / 10_000
}

/** The highest sum that gives every row a column of its own, or none. Poses have at most two people. */
function bestSum(scores: number[][], row: number, taken: Set<number>): number {
  if (row === scores.length) return 0
  let best = bestSum(scores, row + 1, taken)
  for (const [column, score] of scores[row]!.entries()) {
    if (taken.has(column)) continue
    best = Math.max(best, score + bestSum(scores, row + 1, new Set([...taken, column])))
  }
  return best
}

/** OKS = mean of exp(-d^2 / (2 s^2 k^2)) over the asked joints, with s^2 the person's area and k = 2 sigma. */
function similarity({ keypoints2d }: PosePerson, found: Keypoints, width: number, height: number): number {
  const joints = Array.from({ length: JOINTS }, (_, i) => i)
    .filter((i) => keypoints2d[i * 3 + 2] !== 0)
    .map((i) => ({ i, ...placePoint(keypoints2d[i * 3]!, keypoints2d[i * 3 + 1]!, width, height) }))
    // What the frame cuts off nobody can find.
    .filter(({ x, y }) => x >= 0 && x < width && y >= 0 && y < height)
  if (joints.length === 0) return 0
  const area = areaOf(joints)
  const terms = joints.map(({ i, x, y }) => {
    const [foundX = 0, foundY = 0, confidence = 0] = found.slice(i * 3, i * 3 + 3)
    if (confidence < MIN_CONFIDENCE) return 0
    const k = 2 * SIGMAS[i]!
    return Math.exp(-((foundX - x) ** 2 + (foundY - y) ** 2) / (2 * area * k * k))
  })
  return terms.reduce((sum, term) => sum + term, 0) / joints.length
}

/** A person fills about half of the box around the joints (as in COCO's own person areas); never next to nothing. */
const FILLED = 0.53
const MIN_AREA_PX = 64

function areaOf(joints: { x: number; y: number }[]): number {
  const side = (values: number[]) => Math.max(...values) - Math.min(...values)
  return Math.max(MIN_AREA_PX, FILLED * side(joints.map(({ x }) => x)) * side(joints.map(({ y }) => y)))
}
