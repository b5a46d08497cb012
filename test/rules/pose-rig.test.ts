import { describe, expect, test } from 'vitest'
import type { PoseGeometry, PosePerson } from '../../src/db/tables/poses'
import { ARMS, type ArmName } from '../../src/poses/rig/arm-settings'
import { check } from '../../src/poses/rig/check'
import { geometryOf } from '../../src/poses/rig/geometry'
import {
  type Build,
  CAMERA,
  type Framing,
  type HeadSpec,
  mirrored,
  type PoseSpec,
  type SpineSpec,
} from '../../src/poses/rig/spec'
import { STANCES } from '../../src/poses/rig/stances'
import { records } from './mannequin-fixtures'

type Written = {
  stance: keyof typeof STANCES
  left: ArmName
  right: ArmName
  head: HeadSpec
  turn?: number
  build?: Build
  spine?: SpineSpec
  framing?: Framing
}

const CAM: HeadSpec = { look: 'cam' }

/** Library poses as their author wrote them down. */
const AUTHORED: Record<string, Written> = {
  'product-beside-face': {
    ...{ stance: 'easeR', left: 'productFace', right: 'relaxed', build: 'female', framing: 'half' },
    head: { look: 'cam', roll: 9 },
  },
  'compare-two-products': {
    ...{ stance: 'neutral', left: 'productSide', right: 'productSide', framing: 'half' },
    head: { look: 'handL', w: 0.6 },
  },
  'walk-natural-left': { stance: 'walkL', left: 'swingBackS', right: 'swingFwdS', head: CAM },
  'carry-box-walking': {
    ...{ stance: 'walkL', left: 'boxSide', right: 'boxSide', turn: 30 },
    head: CAM,
    spine: { twist: -16 },
  },
  'arms-crossed-look-away': {
    ...{ stance: 'wide', left: 'crossUnder', right: 'crossTop' },
    head: { look: 'rel', yaw: 48, pitch: -6 },
  },
  'stool-arms-crossed': { stance: 'stool', left: 'crossUnder', right: 'crossTop', head: CAM, turn: -16 },
  'stand-hands-behind-head': { stance: 'shoulder', left: 'behindHead', right: 'behindHead', head: CAM },
  'walk-look-back': {
    ...{ stance: 'walkL', left: 'swingBackS', right: 'swingFwdS', turn: 86 },
    head: { look: 'rel', yaw: -66 },
  },
}

function specOf({ stance, left, right, head, turn = 0, build = 'neutral', spine = {} }: Written): PoseSpec {
  const own = STANCES[stance] as PoseSpec['stance']
  const sum = (key: keyof SpineSpec) => (own.spine?.[key] ?? 0) + (spine[key] ?? 0)
  return {
    ...{ build, turn, head, camera: CAMERA },
    stance: { ...own, spine: { bend: sum('bend'), side: sum('side'), twist: sum('twist') } },
    arms: { L: ARMS[left], R: ARMS[right] },
  }
}

const geometryIn = (id: string): PoseGeometry => {
  const { people, camera } = records.find((record) => record.id === id)!
  return { people: people as PosePerson[], camera: camera as PoseGeometry['camera'] }
}
const STANDING: Written = { stance: 'neutral', left: 'relaxed', right: 'relaxed', head: CAM }
const standing = () => geometryOf(specOf(STANDING), 'full')

describe('the rig', () => {
  test.each(Object.entries(AUTHORED))('makes %s as the library has it', (id, written) => {
    const made = geometryOf(specOf(written), written.framing ?? 'full')
    const kept = geometryIn(id)
    const [person, original] = [made.people[0]!, kept.people[0]!]
    const metresOff = person.joints3d.map((value, i) => Math.abs(value - original.joints3d[i]!))
    expect(Math.max(...metresOff)).toBeLessThan(0.00101)
    const pointsOff = original.keypoints2d.flatMap((value, i) => {
      const isSeen = original.keypoints2d[i - (i % 3) + 2]! > 0 && i % 3 !== 2
      return isSeen ? [Math.abs(value - person.keypoints2d[i]!)] : []
    })
    expect(pointsOff.length).toBeGreaterThan(16)
    expect(Math.max(...pointsOff)).toBeLessThan(0.002)
    expect(made.camera.focal).toBeCloseTo(kept.camera.focal, 2)
  })

  test('hides in the picture what the library hides, but for one point in twenty', () => {
    const pairs = Object.entries(AUTHORED).flatMap(([id, written]) => {
      const made = geometryOf(specOf(written), written.framing ?? 'full').people[0]!.keypoints2d
      const kept = geometryIn(id).people[0]!.keypoints2d
      return Array.from({ length: 18 }, (_, i) => [made[i * 3 + 2], kept[i * 3 + 2]])
    })
    const wrong = pairs.filter(([made, kept]) => made !== kept)
    expect(wrong.length).toBeLessThan(pairs.length / 20)
  })

  test('a mirrored stance is the same stance for the other leg', () => {
    const [left, right] = [STANCES.stepL, mirrored(STANCES.stepL)].map(
      (stance) => geometryOf({ ...specOf(STANDING), stance }, 'full').people[0]!.joints3d,
    )
    // Joint 24 is the right ankle, 29 the left one.
    const at = (joints: number[] | undefined, joint: number) => joints!.slice(joint * 3, joint * 3 + 3)
    const [x, y, z] = at(left, 29)
    expect(at(right, 24)).toEqual([-x!, y, z])
  })

  test('a hand that cannot reach its place takes the nearest it can', () => {
    const spec = specOf(STANDING)
    const far = { ...spec, arms: { ...spec.arms, L: { t: [3, 3, 0], fr: 'fig' } as const } }
    const geometry = geometryOf(far, 'full')
    expect(check(geometry)).toEqual([])
    expect(geometry.people[0]!.joints3d[20 * 3]).toBeGreaterThan(0.5)
  })
})

describe('the check of a pose', () => {
  const broken = (change: (person: PosePerson) => void): string[] => {
    const geometry = structuredClone(standing())
    change(geometry.people[0]!)
    return check(geometry)
  }
  /** Moves a joint of `joints3d` by so many metres. */
  const move = (person: PosePerson, joint: number, [x, y, z]: [number, number, number]) => {
    for (const [i, by] of [x, y, z].entries()) person.joints3d[joint * 3 + i]! += by
  }
  const [PALM_R, WRIST_R, KNEE_L, TOE_L] = [17, 16, 28, 31]

  test('finds nothing wrong with somebody who stands', () => {
    expect(check(standing())).toEqual([])
  })

  test('finds next to nothing wrong with the library', () => {
    const faulty = records.filter(({ id }) => check(geometryIn(id)).length > 0)
    expect(faulty.map(({ id }) => id).length).toBeLessThan(records.length / 100)
  })

  test.each<[string, (person: PosePerson) => void, RegExp]>([
    ['a forearm that is too long', (person) => move(person, WRIST_R, [-0.2, -0.2, 0]), /elbow to wrist/],
    ['a knee that bends backwards', (person) => move(person, KNEE_L, [0, 0, -0.2]), /left knee bends backwards/],
    ['a foot below the floor', (person) => move(person, TOE_L, [0, -0.1, 0]), /toeL is below the floor/],
    ['a hand inside the belly', (person) => move(person, PALM_R, [0.2, 0.25, -0.1]), /right hand or forearm is inside/],
    ['a point outside the picture', (person) => person.keypoints2d.splice(0, 2, 1.4, 0.2), /nose is outside/],
    [
      'points that the camera sees elsewhere',
      (person) => person.keypoints2d.splice(0, 2, 0.1, 0.9),
      /nose is not where/,
    ],
    ['too few numbers', (person) => person.joints3d.pop(), /96/],
    ['a number that is none', (person) => person.joints3d.splice(0, 1, Number.NaN), /finite/],
  ])('finds %s', (_, change, fault) => {
    expect(broken(change).join('; ')).toMatch(fault)
  })
})
