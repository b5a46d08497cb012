import { describe, expect, test } from 'vitest'
import { checkOpenPose, MAX_STRETCH, stretchesOf } from '../../src/poses/openpose/check'
import { BODY_25_TO_COCO, MAX_OPENPOSE_BYTES, type ReadPerson } from '../../src/poses/openpose/format'
import { readOpenPose } from '../../src/poses/openpose/parse'
import { type OpenPoseJson, toOpenPoseJson } from '../../src/render/control-map-json'
import { records } from './mannequin-fixtures'

const MIRRORED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]
const fileOf = (id: string): OpenPoseJson => toOpenPoseJson(records.find((pose) => pose.id === id)!.people, 1024, 1024)
const STANDING = 'stand-neutral'

function read(value: unknown): ReadPerson[] {
  const reading = readOpenPose(value)
  if (!reading.ok) throw new Error(JSON.stringify(reading.issues))
  return reading.people
}

/** The issues of a file, whoever finds them. */
function issuesOf(value: unknown) {
  const reading = readOpenPose(value)
  return reading.ok ? checkOpenPose(reading.people, reading.fields) : reading.issues
}

/** Library keypoints as a file can say them: drawn or not. */
const drawn = (keypoints: readonly number[]) => keypoints.map((value, i) => (i % 3 === 2 && value > 0 ? 2 : value))

/** The same numbers on every run. */
function lots(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('the library as files', () => {
  test('all 811 come back as they were: body and hands', () => {
    expect(records).toHaveLength(811)
    for (const { id, people } of records) {
      const back = read(toOpenPoseJson(people, 1024, 1024))
      const was = people.map(({ keypoints2d, handLeft2d, handRight2d }) => ({
        ...{ keypoints2d: drawn(keypoints2d), handLeft2d, handRight2d, face2d: null },
      }))
      expect(back, id).toEqual(was)
    }
  })

  test('all 811 are bodies, also mirrored and with joints moved by a hand that shakes', () => {
    const lot = lots(7)
    for (const { id, people } of records) {
      const as = (change: (person: ReadPerson) => number[]) =>
        checkOpenPose(
          read(toOpenPoseJson(people, 1024, 1024)).map((person) => ({ ...person, keypoints2d: change(person) })),
          people.map((_, i) => `people[${i}]`),
        )
      expect(
        as(({ keypoints2d }) => keypoints2d),
        id,
      ).toEqual([])
      const mirror = ({ keypoints2d: k }: ReadPerson) =>
        MIRRORED.flatMap((i) => (k[i * 3 + 2] ? [1 - k[i * 3]!, k[i * 3 + 1]!, 2] : [0, 0, 0]))
      expect(as(mirror), `${id}, mirrored`).toEqual([])
      const shake = ({ keypoints2d: k }: ReadPerson) =>
        k.map((value, i) => (i % 3 === 2 || k[i - (i % 3) + 2] === 0 ? value : value + (lot() - 0.5) * 0.012))
      const clamped = (person: ReadPerson) =>
        shake(person).map((v, i) => (i % 3 === 2 ? v : Math.min(1, Math.max(0, v))))
      expect(as(clamped), `${id}, shaken`).toEqual([])
    }
  })

  test('no limb of them comes near the limit', () => {
    const ratios = records.flatMap(({ people }) => people.flatMap(({ keypoints2d }) => stretchesOf(keypoints2d)))
    const largest = (isHead: boolean) =>
      Math.max(...ratios.filter(({ bone }) => (bone.group === 'head') === isHead).map(({ ratio }) => ratio))
    expect(largest(false)).toBeLessThan(MAX_STRETCH.limb / 1.35)
    expect(largest(true)).toBeLessThan(MAX_STRETCH.head / 1.35)
  })
})

describe('what programs write', () => {
  const standing = read(fileOf(STANDING))[0]!

  test('a list with one frame, as ComfyUI saves it', () => {
    expect(read([fileOf(STANDING)])).toEqual([standing])
    expect(issuesOf([fileOf(STANDING), fileOf(STANDING)])).toMatchObject([{ field: 'openpose' }])
  })

  test('shares of the canvas instead of pixels', () => {
    const file = fileOf(STANDING)
    const shares = (values: number[] | null) => values?.map((value, i) => (i % 3 === 2 ? value : value / 1024)) ?? null
    const people = file.people.map((person) => ({
      ...{ pose_keypoints_2d: shares(person.pose_keypoints_2d), face_keypoints_2d: [] },
      hand_left_keypoints_2d: shares(person.hand_left_keypoints_2d),
    }))
    expect(read({ ...file, people })[0]!.keypoints2d).toEqual(standing.keypoints2d)
    expect(read({ ...file, people })[0]!.handLeft2d).toEqual(standing.handLeft2d)
    expect(read({ people })[0]!.keypoints2d).toEqual(standing.keypoints2d)
  })

  test('BODY_25 of the OpenPose binary, without a canvas: middle hip and feet are left out', () => {
    const body = fileOf(STANDING).people[0]!.pose_keypoints_2d
    const values: number[] = Array(75).fill(0)
    BODY_25_TO_COCO.forEach((to, from) => {
      for (const k of [0, 1, 2]) values[to * 3 + k] = body[from * 3 + k]! * (k === 2 ? 0.83 : 1)
    })
    const [person] = read({ version: 1.3, people: [{ person_id: [-1], pose_keypoints_2d: values }] })
    const span = (keypoints: number[], axis: number) => {
      const list = keypoints.filter((_, i) => i % 3 === axis && keypoints[i - axis + 2] !== 0)
      return Math.max(...list) - Math.min(...list)
    }
    const ratio = span(standing.keypoints2d, 0) / span(standing.keypoints2d, 1)
    expect(span(person!.keypoints2d, 0) / span(person!.keypoints2d, 1)).toBeCloseTo(ratio, 2)
    expect(span(person!.keypoints2d, 1)).toBeCloseTo(0.88, 3)
  })

  test('a tall canvas is in the square with all of it', () => {
    const body = Array.from({ length: 18 }, (_, i) => (i === 0 ? [0, 0, 1] : i === 1 ? [512, 1024, 1] : [256, 512, 1]))
    const [person] = read({ people: [{ pose_keypoints_2d: body.flat() }], canvas_width: 512, canvas_height: 1024 })
    expect(person!.keypoints2d.slice(0, 9)).toEqual([0.25, 0, 2, 0.75, 1, 2, 0.5, 0.5, 2])
  })

  test('pairs of the first openpose-editor', () => {
    const body = fileOf(STANDING).people[0]!.pose_keypoints_2d
    const keypoints = Array.from({ length: 18 }, (_, i) => [body[i * 3], body[i * 3 + 1]])
    expect(read({ width: 1024, height: 1024, keypoints })[0]!.keypoints2d).toEqual(standing.keypoints2d)
  })

  test('a face of 68 or 70 points, and a hand with some fingers unseen', () => {
    const file = fileOf(STANDING)
    const face = Array.from({ length: 68 }, (_, i) => (i === 3 ? [0, 0, 0] : [500 + i, 140, 0.7])).flat()
    const left = [...file.people[0]!.hand_left_keypoints_2d!]
    left.fill(0, 8 * 3, 9 * 3)
    const person = { ...file.people[0]!, face_keypoints_2d: face, hand_left_keypoints_2d: left }
    const [got] = read({ ...file, people: [person] })
    expect(got!.face2d).toHaveLength(204)
    expect(got!.face2d!.slice(9, 12)).toEqual([0, 0, 0])
    const hand = got!.handLeft2d!
    // The tip that nobody saw lies on the joint before it: nothing new is drawn.
    expect(hand.slice(16, 18)).toEqual(hand.slice(14, 16))
    const again = read(toOpenPoseJson([got!], 1024, 1024))
    expect(again).toEqual([got])
  })

  test('empty people beside the real ones are passed over, and the real one keeps its place in the words', () => {
    const file = fileOf(STANDING)
    const nobody = { pose_keypoints_2d: Array(54).fill(0), face_keypoints_2d: null }
    expect(read({ ...file, people: [nobody, ...file.people] })).toHaveLength(1)
    const short = { pose_keypoints_2d: [1, 2, 3] }
    expect(issuesOf({ ...file, people: [nobody, short] })).toMatchObject([
      { field: 'openpose.people[1].pose_keypoints_2d', rule: expect.stringMatching(/54 or 75 numbers.*not 3/) },
    ])
  })
})

describe('what is refused', () => {
  const spoilt = (spoil: (body: number[]) => void): OpenPoseJson => {
    const file = fileOf(STANDING)
    spoil(file.people[0]!.pose_keypoints_2d)
    return file
  }
  const each = (body: number[], change: (value: number) => number) => {
    body.forEach((value, i) => {
      if (i % 3 !== 2) body[i] = change(value)
    })
  }
  const swap = (body: number[], a: number, b: number) => {
    for (const k of [0, 1, 2]) [body[a * 3 + k], body[b * 3 + k]] = [body[b * 3 + k]!, body[a * 3 + k]!]
  }
  const cases: [string, unknown, RegExp][] = [
    ['text', 'a pose', /./],
    ['a number that is none', { people: [{ pose_keypoints_2d: ['1'] }] }, /number/],
    ['a number beyond any canvas', spoilt((b) => b.fill(1e9, 6, 7)), /<=/],
    ['all joints in one place', spoilt((b) => each(b, () => 400)), /at least 10 %/],
    ['a speck', spoilt((b) => each(b, (v) => 500 + v / 40)), /at least 10 %/],
    ['hips of the other side', spoilt((b) => swap(b, 8, 11)), /swapped/],
    ['an elbow far away', spoilt((b) => b.splice(9, 2, 20, 1000)), /right (shoulder|elbow)/],
    ['a joint outside', spoilt((b) => b.splice(39, 2, 1500, 500)), /left ankle is outside/],
    ['a head alone', spoilt((b) => b.fill(0, 6, 42)), /at least 4 drawn joints/],
    ['more than 64 KiB', { people: [], note: 'x'.repeat(MAX_OPENPOSE_BYTES) }, /64 KiB/],
  ]
  test.each(cases)('%s', (_what, file, rule) => {
    const issues = issuesOf(file)
    expect(issues.map((issue) => issue.rule).join('; ')).toMatch(rule)
    for (const { field } of issues) expect(field).toMatch(/^openpose/)
  })
})
