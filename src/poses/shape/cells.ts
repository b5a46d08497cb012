// Imports by whole names: the seed loads this folder's rows into Node as they stand.
import { CELL_CENTERS } from './cell-centers.ts'
import { BODY_BYTES, MIN_COMMON_JOINTS, PERSON_BYTES, poseDistance, type ShapePerson, shapeOf } from './shape.ts'

/** Poses of two people have cells of their own, so that nobody who looks for one person reads them. */
const FIRST_PAIR_CELL = 10_000

/** Cells that a search reads at most for each person, the nearest first; in a large library MAX_ROWS ends it earlier. */
const PROBES = 64

/** The middles of the cells: people of the library chosen by scripts/shape-cells.mjs, as shapes without hands. */
const centers: Int8Array[] = (() => {
  const bytes = Uint8Array.from(atob(CELL_CENTERS), (character) => character.charCodeAt(0))
  return Array.from({ length: bytes.length / BODY_BYTES }, (_, cell) => {
    const center = new Int8Array(PERSON_BYTES).fill(-128)
    center.set(bytes.subarray(cell * BODY_BYTES, (cell + 1) * BODY_BYTES))
    return center
  })
})()

const drawnJoints = ({ keypoints2d }: ShapePerson): number =>
  keypoints2d.filter((value, i) => i % 3 === 2 && value !== 0).length

/** Whether a person has enough joints, not all in one place, to be compared with anybody. */
export function isComparable(person: ShapePerson): boolean {
  const { keypoints2d } = person
  const spread = (axis: 0 | 1) => {
    const drawn = keypoints2d.filter((_, i) => i % 3 === axis && keypoints2d[i - axis + 2] !== 0)
    return Math.max(...drawn) - Math.min(...drawn)
  }
  return drawnJoints(person) >= MIN_COMMON_JOINTS && Math.max(spread(0), spread(1)) > 0
}

/** The cell of each person of a pose, in which the index keeps it. People must be comparable. */
export const cellsOf = (people: readonly ShapePerson[]): number[] =>
  people.map((person) => nearestCells(person, 1, people.length)[0]!)

/** The cells in which poses like this one are kept, the nearest first; by the joints that are there. */
export function cellsToRead(people: readonly ShapePerson[]): number[] {
  const lists = people.map((person) => nearestCells(person, PROBES, people.length))
  // Person by person in turn: whatever cuts the list short cuts both.
  return [...new Set(Array.from({ length: PROBES }, (_, i) => lists.flatMap((list) => list[i] ?? [])).flat())]
}

function nearestCells(person: ShapePerson, count: number, peopleCount: number): number[] {
  const shape = shapeOf([{ keypoints2d: person.keypoints2d, handLeft2d: null, handRight2d: null }])
  const first = peopleCount === 1 ? 0 : FIRST_PAIR_CELL
  return centers
    .map((center, cell) => ({ cell, distance: poseDistance(shape, center).distance }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, count)
    .map(({ cell }) => first + cell)
}
