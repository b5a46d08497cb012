import { describe, expect, test } from 'vitest'
import { isComparable } from '../../src/poses/shape/cells'
import { distanceBothWays, TOO_NEAR } from '../../src/poses/shape/nearest-poses'
import { MIRROR_COST, PERSON_BYTES, poseDistance, type ShapePerson, shapeOf } from '../../src/poses/shape/shape'
import { shapeFromHex, shapeRowsOf } from '../../src/poses/shape/shape-rows'
import { CELLS, chance, hiding, LIBRARY, mirrored, poseOf, SHAPES } from './pose-shape-fixtures'

const moved = (people: readonly ShapePerson[], scale: number, dx: number, dy: number): ShapePerson[] => {
  const hand = (points: readonly number[] | null) =>
    points?.map((value, i) => value * scale + (i % 2 ? dy : dx)) ?? null
  return people.map(({ keypoints2d, handLeft2d, handRight2d }) => ({
    keypoints2d: keypoints2d.map((value, i) => (i % 3 === 2 ? value : value * scale + (i % 3 ? dy : dx))),
    handLeft2d: hand(handLeft2d),
    handRight2d: hand(handRight2d),
  }))
}
const between = (a: readonly ShapePerson[], b: readonly ShapePerson[]) => poseDistance(shapeOf(a), shapeOf(b))
const peopleOf = (id: string) => poseOf(id).people

describe('the distance of two poses', () => {
  test('is nothing from a pose to itself, wherever and however large it stands in the picture', () => {
    for (const { people } of LIBRARY) {
      expect(between(people, people)).toEqual({ distance: 0, mirrored: false })
      expect(between(moved(people, 1024, -300, 77), people).distance).toBeLessThan(0.005)
    }
  })

  test('sees through a mirror, and says so', () => {
    for (const id of ['carry-box-chest', 'greet-wave-friendly', 'yoga-tree', 'duo-handshake']) {
      const { distance, mirrored: isMirrored } = between(mirrored(peopleOf(id)), peopleOf(id))
      expect(isMirrored, id).toBe(true)
      expect(distance, id).toBeLessThan(MIRROR_COST + 0.005)
    }
  })

  test('takes nothing for mirrored when asked to compare as it stands', () => {
    const [a, b] = [shapeOf(mirrored(peopleOf('yoga-tree'))), shapeOf(peopleOf('yoga-tree'))]
    expect(poseDistance(a, b, { mirror: false }).mirrored).toBe(false)
    expect(poseDistance(a, b, { mirror: false }).distance).toBeGreaterThan(0.1)
  })

  test('does not care which of two people comes first', () => {
    const pair = peopleOf('duo-handshake')
    expect(between(pair.toReversed(), pair).distance).toBeLessThan(0.001)
    expect(between(pair, pair.slice(0, 1))).toEqual({ distance: 1, mirrored: false })
  })

  test('two people who stand farther apart are another pose, though each stands as before', () => {
    const [left, right] = peopleOf('duo-handshake')
    const apart = [left!, ...moved([right!], 1, 0.4, 0)]
    expect(between(apart, [left!, right!]).distance).toBeGreaterThan(0.1)
  })

  test('counts only joints that both have, but a half of a body is not taken for the whole', () => {
    const whole = peopleOf('stand-neutral')
    const upper = hiding(whole, () => [8, 9, 10, 11, 12, 13])
    expect(between(upper, whole).distance).toBeLessThan(0.03)
    expect(between(whole, upper).distance).toBeGreaterThan(0.15)
  })

  test('tells poses apart that differ by their fingers alone', () => {
    const two = peopleOf('count-two-peace')
    const fist = two.map((person) => ({
      ...person,
      handRight2d: person.handRight2d && folded(person.handRight2d),
      handLeft2d: person.handLeft2d && folded(person.handLeft2d),
    }))
    expect(between(two, fist).distance).toBeGreaterThan(TOO_NEAR)
  })

  test('is 1 where nothing can be compared', () => {
    const three = hiding(peopleOf('stand-neutral'), () => Array.from({ length: 15 }, (_, i) => i))
    expect(between(three, peopleOf('stand-neutral')).distance).toBe(1)
    expect(isComparable(three[0]!)).toBe(false)
    const point = { keypoints2d: Array.from({ length: 54 }, () => 1), handLeft2d: null, handRight2d: null }
    expect(isComparable(point)).toBe(false)
    expect(shapeRowsOf('point', null, [point])).toEqual([])
  })

  test('takes a twin of the library as it stands rather than the mirror image of the other', () => {
    const [left, right] = [peopleOf('sport-archery'), peopleOf('sport-archery-flipped')]
    expect(between(left, left).distance).toBeLessThan(between(left, right).distance)
    expect(between(left, right).mirrored).toBe(true)
  })
})

describe('near duplicates', () => {
  const pairs = LIBRARY.flatMap((a, i) =>
    LIBRARY.slice(0, i).map((b, j) => ({ ids: [a.id, b.id], distance: distanceBothWays(SHAPES[i]!, SHAPES[j]!) })),
  ).sort((a, b) => a.distance - b.distance)

  test('the library has none: its two nearest poses are a tenth above the limit', () => {
    expect(pairs[0]!.distance).toBeGreaterThan(TOO_NEAR * 1.1)
    expect(pairs[0]!.ids.toSorted()).toEqual(['product-overhead-both', 'sport-trophy-raise'])
    expect(pairs.filter(({ distance }) => distance < 0.06)).toHaveLength(7)
  })

  test('a copy whose joints are moved by half a percent of the body is one, in every pose', () => {
    const { jittered } = chance(1)
    const distances = LIBRARY.map(({ people }, i) => distanceBothWays(shapeOf(jittered(people, 0.005)), SHAPES[i]!))
    expect(Math.max(...distances)).toBeLessThan(TOO_NEAR)
  })

  test('forty poses of the library are exact mirror images of another, which makes them no duplicates', () => {
    const twins = LIBRARY.filter(({ id, people }) => {
      const other = LIBRARY.find((pose) => `${pose.id}-flipped` === id)
      return other && poseDistance(shapeOf(people), shapeOf(other.people)).distance < MIRROR_COST + 0.002
    })
    expect(twins).toHaveLength(40)
    for (const { id, people } of twins) {
      expect(distanceBothWays(shapeOf(people), shapeOf(mirrored(people))), id).toBeGreaterThan(TOO_NEAR)
    }
  })
})

describe('what the index keeps', () => {
  test('is 76 bytes for each person, a row for each, and comes back as it was', () => {
    const rows = shapeRowsOf('duo-handshake', null, peopleOf('duo-handshake'))
    expect(rows.map(({ ownerId, person }) => [ownerId, person])).toEqual([
      ['', 0],
      ['', 1],
    ])
    expect(rows[0]!.descriptor).toHaveLength(2 * PERSON_BYTES)
    expect(shapeFromHex(Buffer.from(rows[0]!.descriptor).toString('hex'))).toEqual(shapeOf(peopleOf('duo-handshake')))
  })

  test('keeps pairs in cells of their own, so that nobody who looks for one person reads them', () => {
    const cellsWith = (peopleCount: number) => CELLS.filter((cells) => cells.length === peopleCount).flat()
    const single = new Set(cellsWith(1))
    expect(cellsWith(2)).toHaveLength(2 * 28)
    expect(cellsWith(2).filter((cell) => single.has(cell))).toEqual([])
  })

  test('spreads the library: no cell has more than two in a hundred poses', () => {
    const sizes = [...Map.groupBy(CELLS.flat(), (cell) => cell).values()].map((cells) => cells.length)
    expect(sizes.length).toBeGreaterThan(400)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16)
  })
})

/** A hand with all fingers but the thumb closed: tips and middle joints at the knuckles. */
function folded(hand: readonly number[]): number[] {
  return hand.map((value, i) => {
    const point = Math.floor(i / 2)
    return point < 5 ? value : hand[(point - ((point - 1) % 4)) * 2 + (i % 2)]!
  })
}
