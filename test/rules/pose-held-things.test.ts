import { describe, expect, test } from 'vitest'
import type { PoseGeometry, PosePerson } from '../../src/db/tables/poses'
import { type Hands, heldThings } from '../../src/poses/draft/held-things'
import { nearestPose, poseDistance } from '../../src/poses/draft/nearest-pose'
import { compose } from '../../src/poses/grammar/compose'
import { understand } from '../../src/poses/grammar/understand'
import type { PoseRecord } from '../../src/poses/load-pose'
import { poseOf, records } from './mannequin-fixtures'

const libraryPose = (id: string) => poseOf(id) as unknown as PoseGeometry
const drafted = (text: string): PosePerson => compose(understand(text), { count: 1, seed: 1 })[0]!.geometry.people[0]!
const PALM = { L: 21 * 3, R: 17 * 3 }
const palm = ({ joints3d }: PosePerson, side: 'L' | 'R') => joints3d.slice(PALM[side], PALM[side] + 3)
const between = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]!))

/** What is put into the draft's hands, from a pose of the library. */
const things = (text: string, hands: Hands, id: string) => heldThings(drafted(text), hands, text, libraryPose(id))

describe('a thing that the words name, and that a pose of the library holds', () => {
  test('is as near to the draft’s hand as it was to the other one', () => {
    const text = 'tangan kiri membawa tas'
    const from = libraryPose('crossbody-strap-hold')
    const bag = from.propShapes!.find(({ kind }) => kind === 'bag')!
    const was = Math.min(...(['L', 'R'] as const).map((side) => between(bag.at, palm(from.people[0]!, side))))
    const [moved] = things(text, ['L'], 'crossbody-strap-hold')!
    expect(moved!.kind).toBe('bag')
    expect(between(moved!.at, palm(drafted(text), 'L'))).toBeCloseTo(was, 2)
  })

  test('is between both hands when both hold it', () => {
    const text = 'holding a box with both hands'
    const person = drafted(text)
    const [parcel] = things(text, ['L', 'R'], 'carry-box-waist')!
    const [left, right] = [between(parcel!.at, palm(person, 'L')), between(parcel!.at, palm(person, 'R'))]
    expect(parcel!.kind).toBe('parcel')
    expect(left).toBeCloseTo(right, 1)
    expect(left + right).toBeLessThan(0.6)
  })

  test('an umbrella comes with its canopy, and not to somebody who squats beneath the lens', () => {
    const standing = things('berdiri memegang payung', ['R'], 'umbrella-hold')
    expect(standing?.map(({ kind }) => kind)).toEqual(['umbrella', 'canopy'])
    expect(things('jongkok memegang payung', ['R'], 'umbrella-hold')).toBeNull()
  })

  test('a guitar that takes two hands is not put into one', () => {
    expect(things('holding a guitar', ['R'], 'stool-guitar')).toBeNull()
  })

  test('a laptop on a table is not in anybody’s hands', () => {
    expect(things('memegang laptop', ['L', 'R'], 'desk-typing')).toBeNull()
  })

  test('what the words do not name stays where it is', () => {
    expect(things('memegang kado', ['L', 'R'], 'umbrella-hold')).toBeNull()
    expect(things('holding a bottle, looking at the camera', ['R'], 'carry-box-waist')).toBeNull()
  })

  test('nothing is put into empty hands', () => {
    expect(things('berdiri di bawah payung', [], 'umbrella-hold')).toBeNull()
  })
})

describe('the nearest pose of the library', () => {
  const candidates = records
    .filter(({ people }) => people.length === 1)
    .map(({ id }) => ({ id, geometry: libraryPose(id) }) as PoseRecord)

  test('of a pose of the library is that pose', () => {
    for (const { id, geometry } of candidates.slice(0, 100)) {
      const nearest = nearestPose(geometry, candidates)!
      expect(poseDistance(geometry.people[0]!, nearest.geometry.people[0]!), id).toBe(0)
    }
  })

  test('is as far one way as the other, and does not see where the person stands', () => {
    const [a, b] = [candidates[3]!.geometry.people[0]!, candidates[40]!.geometry.people[0]!]
    expect(poseDistance(a, b)).toBe(poseDistance(b, a))
    const moved = { ...a, joints3d: a.joints3d.map((value, i) => (i % 3 === 0 ? value + 0.5 : value)) }
    expect(poseDistance(a, moved)).toBeCloseTo(0, 9)
  })

  test('is none when nobody in the list stands alike', () => {
    const sitting = drafted('duduk bersila di lantai')
    const standing = candidates.filter(({ id }) => id === 'stand-neutral')
    expect(nearestPose({ ...candidates[0]!.geometry, people: [sitting] }, standing)).toBeNull()
  })

  test('shares the stance of the draft', () => {
    const near = (text: string) => {
      const nearest = nearestPose({ ...candidates[0]!.geometry, people: [drafted(text)] }, candidates)
      return records.find(({ id }) => id === nearest?.id) as unknown as { stance: string; id: string }
    }
    expect(near('duduk bersila di lantai, tangan di lutut').id).toMatch(/floor|sit|cross|yoga|medit/)
    expect(near('tangan kanan di pinggang').stance).toMatch(/stand/)
  })
})
