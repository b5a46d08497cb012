import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomFrom } from '../../scripts/prove/random'
import { cellsOf, cellsToRead } from '../../src/poses/shape/cells'
import { poseDistance, type ShapePerson, shapeOf } from '../../src/poses/shape/shape'

export type LibraryPose = {
  id: string
  basePose: string
  framing: string
  props: string[]
  view: { flipped: boolean }
  people: ShapePerson[]
}

/** All 811 poses of data/poses. */
export const LIBRARY: LibraryPose[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../data/poses/poses.json'), 'utf8'),
).poses
export const poseOf = (id: string): LibraryPose => LIBRARY.find((pose) => pose.id === id)!
export const SHAPES = LIBRARY.map(({ people }) => shapeOf(people))

const MIRRORED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]
const [RIGHT_WRIST, LEFT_WRIST] = [4, 7]

export const mirrored = (people: readonly ShapePerson[]): ShapePerson[] =>
  people.map(({ keypoints2d, handLeft2d, handRight2d }) => {
    const turned = (hand: readonly number[] | null) =>
      hand?.map((value, i) => (i % 2 === 0 ? 1 - value : value)) ?? null
    return {
      keypoints2d: MIRRORED.flatMap((joint) => [
        1 - keypoints2d[joint * 3]!,
        ...keypoints2d.slice(joint * 3 + 1, joint * 3 + 3),
      ]),
      handLeft2d: turned(handRight2d),
      handRight2d: turned(handLeft2d),
    }
  })

/** Without these joints, and without the hands on hidden wrists. */
export const hiding = (
  people: readonly ShapePerson[],
  joints: (person: ShapePerson) => readonly number[],
): ShapePerson[] =>
  people.map((person) => {
    const hidden = new Set(joints(person))
    return {
      keypoints2d: person.keypoints2d.map((value, i) => (hidden.has(Math.floor(i / 3)) ? 0 : value)),
      handLeft2d: hidden.has(LEFT_WRIST) ? null : person.handLeft2d,
      handRight2d: hidden.has(RIGHT_WRIST) ? null : person.handRight2d,
    }
  })

export const drawnJoints = ({ keypoints2d }: ShapePerson): number[] =>
  Array.from({ length: 18 }, (_, joint) => joint).filter((joint) => keypoints2d[joint * 3 + 2] !== 0)

/** Seeded lots. `jittered`: every point moved by a normal error of `sigma` times the longer side of the body's box. */
export function chance(seed: number) {
  const { int } = randomFrom(seed)
  /** Above 0, below 1. */
  const random = () => int(1, 999_999_999) / 1_000_000_000
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
  return {
    jittered: (people: readonly ShapePerson[], sigma = 0.01): ShapePerson[] => {
      const drawn = people.flatMap((person) =>
        drawnJoints(person).map((joint) => person.keypoints2d.slice(joint * 3, joint * 3 + 2)),
      )
      const side = (axis: number) => {
        const values = drawn.map((point) => point[axis]!)
        return Math.max(...values) - Math.min(...values)
      }
      const error = sigma * Math.max(side(0), side(1))
      const moved = (hand: readonly number[] | null) => hand?.map((value) => value + normal() * error) ?? null
      return people.map(({ keypoints2d, handLeft2d, handRight2d }) => ({
        keypoints2d: keypoints2d.map((value, i) => (i % 3 === 2 ? value : value + normal() * error)),
        handLeft2d: moved(handLeft2d),
        handRight2d: moved(handRight2d),
      }))
    },
    halfOf: (joints: readonly number[]): number[] =>
      joints
        .map((joint) => ({ joint, lot: random() }))
        .sort((a, b) => a.lot - b.lot)
        .slice(0, Math.floor(joints.length / 2))
        .map(({ joint }) => joint),
  }
}

/** Places in LIBRARY from the nearest on, compared with every pose. */
export function ranking(people: readonly ShapePerson[]): number[] {
  const shape = shapeOf(people)
  const distances = SHAPES.map((other) => poseDistance(shape, other).distance)
  return [...LIBRARY.keys()]
    .filter((i) => LIBRARY[i]!.people.length === people.length)
    .sort((a, b) => distances[a]! - distances[b]!)
}

/** The cells of each pose of LIBRARY. */
export const CELLS = LIBRARY.map(({ people }) => cellsOf(people))
const byCell = Map.groupBy(
  CELLS.flatMap((cells, i) => [...new Set(cells)].map((cell) => ({ cell, i }))),
  ({ cell }) => cell,
)

/** The poses that a search reads, cell by cell and the nearest cell first, as the SQL of nearest-poses.ts reads them. */
export const readThroughCells = (people: readonly ShapePerson[]): number[] => [
  ...new Set(cellsToRead(people).flatMap((cell) => byCell.get(cell)?.map(({ i }) => i) ?? [])),
]
