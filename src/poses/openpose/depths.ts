// How deep the joints of a drawn body lie (after Taylor 2000, here in perspective): a bone's length is known, so what the
// picture does not show of it is depth; which way it leans, and what a bone of unknown length does, a similar pose says.
import { distance, type Vector } from '../../render/mannequin/vector'

/** Joints of COCO-18. `slack`: metres by which people and spines differ from the helper's length. */
type Bone = { a: number; b: number; slack: number }

const LIMB_SLACK = 0.012
const TRUNK_SLACK = 0.03
const FACE_SLACK = 0.004
const bones = (pairs: readonly (readonly [number, number])[], slack: number): Bone[] =>
  pairs.map(([a, b]) => ({ a, b, slack }))
const FACE = [0, 14, 15, 16, 17]

const BONES: readonly Bone[] = [
  ...bones(
    [
      [2, 3],
      [3, 4],
      [5, 6],
      [6, 7],
      [8, 9],
      [9, 10],
      [11, 12],
      [12, 13],
    ],
    LIMB_SLACK,
  ),
  ...bones(
    [
      [1, 2],
      [1, 5],
      [2, 5],
      [8, 11],
    ],
    LIMB_SLACK,
  ),
  ...bones(
    [
      [1, 8],
      [1, 11],
      [2, 8],
      [5, 11],
      [2, 11],
      [5, 8],
      [0, 1],
    ],
    TRUNK_SLACK,
  ),
  ...bones(
    FACE.flatMap((a, i) => FACE.slice(i + 1).map((b) => [a, b] as const)),
    FACE_SLACK,
  ),
]

/** What a joint hangs from, and how far its lean in depth may differ from the helper's, in metres. */
const LEANS: readonly { child: number; parent: number; slack: number }[] = [
  ...[
    [2, 1],
    [5, 1],
    [8, 1],
    [11, 1],
    [11, 8],
  ].map(([child = 0, parent = 0]) => ({ child, parent, slack: 0.08 })),
  ...[
    [3, 2],
    [6, 5],
    [9, 8],
    [12, 11],
  ].map(([child = 0, parent = 0]) => ({ child, parent, slack: 0.15 })),
  ...[
    [4, 3],
    [7, 6],
    [10, 9],
    [13, 12],
  ].map(([child = 0, parent = 0]) => ({ child, parent, slack: 0.15 })),
  ...[
    [0, 1],
    [14, 0],
    [15, 0],
    [16, 14],
    [17, 15],
  ].map(([child = 0, parent = 0]) => ({ child, parent, slack: 0.06 })),
]
/** Everything that hangs from a joint moves with it. */
const HANGING: readonly (readonly number[])[] = Array.from({ length: 18 }, (_, joint) => hangingFrom(joint))

function hangingFrom(joint: number): number[] {
  const direct = LEANS.filter(({ parent, child }) => parent === joint && !(child === 11 && parent === 8))
  return direct.flatMap(({ child }) => [child, ...hangingFrom(child)])
}

/** The whole figure may stand this far from where the helper stands, metres. */
const PLACE_SLACK = 0.5
const STEPS_METRES = [0.3, -0.3, 0.12, -0.12, 0.05, -0.05, 0.02, -0.02, 0.008, -0.008, 0.003, -0.003]
const ROUNDS = 40

type Solved = { depths: (number | null)[]; cost: number }

/**
 * Depths in metres of the joints that have a ray; null for the others. `rays`: x and y of a point one metre deep, in the
 * camera's own axes. `helper`: the 18 joints of the similar pose in the same axes.
 */
export function solveDepths(rays: readonly (readonly [number, number] | null)[], helper: readonly Vector[]): Solved {
  const at = (joint: number, depth: number): Vector => {
    const [x, y] = rays[joint]!
    return [x * depth, y * depth, depth]
  }
  const isGiven = (joint: number): boolean => rays[joint] !== null
  const given = rays.flatMap((ray, joint) => (ray ? [joint] : []))
  const used = BONES.filter(({ a, b }) => isGiven(a) && isGiven(b)).map((bone) => ({
    ...bone,
    length: distance(helper[bone.a]!, helper[bone.b]!),
  }))
  const leans = LEANS.filter(({ child, parent }) => isGiven(child) && isGiven(parent)).map((lean) => ({
    ...lean,
    by: helper[lean.child]![2] - helper[lean.parent]![2],
  }))
  const depths = helper.map((point) => point[2])
  const cost = (): number => {
    let sum = 0
    for (const { a, b, slack, length } of used)
      sum += ((distance(at(a, depths[a]!), at(b, depths[b]!)) - length) / slack) ** 2
    for (const { child, parent, slack, by } of leans) sum += ((depths[child]! - depths[parent]! - by) / slack) ** 2
    const root = given[0]!
    for (const joint of given)
      if (joint === 1 || joint === root) sum += ((depths[joint]! - helper[joint]![2]) / PLACE_SLACK) ** 2
    return sum
  }
  let least = cost()
  for (let round = 0; round < ROUNDS; round++) {
    const before = least
    for (const joint of given) {
      for (const moved of [[joint], [joint, ...HANGING[joint]!]]) {
        for (const step of STEPS_METRES) {
          for (const each of moved) depths[each]! += step
          const now = cost()
          if (now < least) least = now
          else for (const each of moved) depths[each]! -= step
        }
      }
    }
    if (before - least < 1e-3 * before) break
  }
  return { depths: depths.map((depth, joint) => (isGiven(joint) ? depth : null)), cost: least }
}
