import { describe, expect, test } from 'vitest'
import { poseDistance, type ShapePerson, shapeOf } from '../../src/poses/shape/shape'
import {
  chance,
  drawnJoints,
  hiding,
  LIBRARY,
  type LibraryPose,
  mirrored,
  ranking,
  readThroughCells,
  SHAPES,
} from './pose-shape-fixtures'

const { jittered, halfOf } = chance(20_261_122)
const LEGS = [8, 9, 10, 11, 12, 13]
const ALL_BUT_LEGS = [0, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17]
const RIGHT = [2, 3, 4, 8, 9, 10, 14, 16]
const LEFT = [5, 6, 7, 11, 12, 13, 15, 17]

/** A search in 100,000 poses reads 4,800: as many in a hundred as this of 811. */
const ONE_IN_TWENTY = 40
const EVERY_POSE = Number.POSITIVE_INFINITY

const itself = (pose: LibraryPose): string[] => [pose.id]
/** The mirrored pose is in the library as a pose of its own for forty of them: then that one is the right answer too. */
const orTwin = ({ id }: LibraryPose): string[] => [id, `${id}-flipped`, id.replace(/-flipped$/, '')]
const withoutHands = (people: readonly ShapePerson[]): ShapePerson[] =>
  people.map((person) => ({ ...person, handLeft2d: null, handRight2d: null }))

type Case = {
  name: string
  seen: (people: readonly ShapePerson[]) => ShapePerson[]
  right?: (pose: LibraryPose) => string[]
  top1: number
  top5: number
}

const CASES: Case[] = [
  { name: 'moved by 1 %', seen: (people) => jittered(people), top1: 0.99, top5: 0.99 },
  { name: 'moved and mirrored', seen: (people) => mirrored(jittered(people)), right: orTwin, top1: 0.99, top5: 0.99 },
  { name: 'moved, without hands', seen: (people) => withoutHands(jittered(people)), top1: 0.99, top5: 0.99 },
  {
    name: 'half of the joints hidden',
    seen: (people) => hiding(jittered(people), (person) => halfOf(drawnJoints(person))),
    top1: 0.9,
    top5: 0.94,
  },
  { name: 'legs hidden', seen: (people) => hiding(jittered(people), () => LEGS), top1: 0.95, top5: 0.98 },
  { name: 'right side hidden', seen: (people) => hiding(jittered(people), () => RIGHT), top1: 0.92, top5: 0.96 },
  { name: 'left side hidden', seen: (people) => hiding(jittered(people), () => LEFT), top1: 0.92, top5: 0.96 },
]

describe.each(CASES)('a pose of the library, $name,', ({ seen, right = itself, top1, top5 }) => {
  const searches = LIBRARY.map((pose) => {
    const people = seen(pose.people)
    return { right: right(pose), ranked: ranking(people), read: readThroughCells(people) }
  })
  const share = (places: number, most: number): number => {
    const hits = searches.filter(({ right, ranked, read }) => {
      const candidates = new Set(read.slice(0, most))
      const found = most === EVERY_POSE ? ranked : ranked.filter((i) => candidates.has(i))
      return found.slice(0, places).some((i) => right.includes(LIBRARY[i]!.id))
    })
    return hits.length / searches.length
  }

  test.each([
    ['when every pose is compared', EVERY_POSE],
    ['through the cells', LIBRARY.length],
    ['when only one pose in twenty may be read', ONE_IN_TWENTY],
  ])('is found %s', (_, most) => {
    expect(share(1, most)).toBeGreaterThanOrEqual(top1)
    expect(share(5, most)).toBeGreaterThanOrEqual(top5)
  })

  test('has most of its ten nearest in the cells that are read', () => {
    const shares = searches.map(({ ranked, read }) => {
      const nearest = ranked.slice(0, 10)
      return nearest.filter((i) => read.includes(i)).length / nearest.length
    })
    expect(shares.reduce((sum, value) => sum + value, 0) / shares.length).toBeGreaterThan(0.85)
  })
})

test('legs alone find a pose with the very same legs; many poses share theirs, so it need not be the one meant', () => {
  const withLegs = LIBRARY.filter(({ people }) =>
    people.every((p) => LEGS.every((j) => p.keypoints2d[j * 3 + 2] !== 0)),
  )
  expect(withLegs.length).toBeGreaterThan(600)
  let [same, meant] = [0, 0]
  for (const pose of withLegs) {
    const legs = shapeOf(hiding(pose.people, () => ALL_BUT_LEGS))
    const found = ranking(hiding(jittered(pose.people), () => ALL_BUT_LEGS)).slice(0, 5)
    if (found.some((i) => poseDistance(legs, SHAPES[i]!).distance < 0.05)) same++
    if (found.some((i) => LIBRARY[i] === pose)) meant++
  }
  expect(same / withLegs.length).toBeGreaterThan(0.99)
  expect(meant / withLegs.length).toBeGreaterThan(0.75)
})
