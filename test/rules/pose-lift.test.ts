import { describe, expect, test } from 'vitest'
import type { PoseGeometry } from '../../src/db/tables/poses'
import { type LiftHelp, liftPose } from '../../src/poses/openpose/lift'
import { readOpenPose } from '../../src/poses/openpose/parse'
import { inPicture, project, type View } from '../../src/poses/rig/camera'
import { jointsOf } from '../../src/poses/rig/read'
import { KEYPOINTS } from '../../src/poses/rig/skeleton'
import { poseDistance, shapeOf } from '../../src/poses/shape/shape'
import { toOpenPoseJson } from '../../src/render/control-map-json'
import { checkPose } from '../../src/render/mannequin/pose'
import { cross, distance, sineCosine, subtract, type Vector } from '../../src/render/mannequin/vector'
import { records, shapes } from './mannequin-fixtures'

/** Every so many poses of the library: all of them take half a minute. */
const STEP = 9

const library = records.map((record) => {
  const { id, people, camera, basePose } = record as typeof record & { basePose: string }
  const { hands } = shapes[id]!
  const geometry = {
    people: people.map((person, i) => ({ ...person, ...hands[i] })),
    camera,
  } as unknown as PoseGeometry
  return { id, basePose, geometry, shapes: geometry.people.map((person) => shapeOf([person])) }
})
type Known = (typeof library)[number]

/** The most similar person in another pose. Other views of the same pose count as the same pose. */
function otherLike(pose: Known, person: number): LiftHelp {
  let best: (LiftHelp & { distance: number }) | undefined
  for (const other of library) {
    if (other.basePose === pose.basePose) continue
    other.shapes.forEach((shape, i) => {
      const fit = poseDistance(pose.shapes[person]!, shape)
      if (!best || fit.distance < best.distance) best = { geometry: other.geometry, person: i, ...fit }
    })
  }
  return best!
}

function lifted(pose: Known): PoseGeometry {
  const reading = readOpenPose(toOpenPoseJson(pose.geometry.people, 1024, 1024))
  if (!reading.ok) throw new Error('the library is valid')
  return liftPose(
    reading.people,
    reading.people.map((_, i) => otherLike(pose, i)),
  )
}

function viewOf({ position, pitch }: PoseGeometry['camera']): View {
  const [sine, cosine] = sineCosine(pitch)
  const ahead: Vector = [0, -sine, -cosine]
  return { place: position as unknown as Vector, ahead, up: cross([1, 0, 0], ahead) }
}

const BONES = [
  ...(['R', 'L'] as const).flatMap((side) => [
    [`shoulder${side}`, `elbow${side}`, 0.2, 0.4] as const,
    [`elbow${side}`, `wrist${side}`, 0.17, 0.36] as const,
    [`hip${side}`, `knee${side}`, 0.3, 0.56] as const,
    [`knee${side}`, `ankle${side}`, 0.3, 0.56] as const,
  ]),
]

describe('library poses lifted from their own drawing, with another pose to help', () => {
  const sample = library.filter((_, i) => i % STEP === 0).map((pose) => ({ pose, geometry: lifted(pose) }))

  test('every drawn joint is where it was drawn', () => {
    for (const { pose, geometry } of sample) {
      const view = viewOf(geometry.camera)
      geometry.people.forEach((person, i) => {
        const joints = jointsOf(person)
        const { keypoints2d } = pose.geometry.people[i]!
        KEYPOINTS.forEach((name, k) => {
          if (keypoints2d[k * 3 + 2] === 0) return
          const [x, y] = inPicture(geometry.camera, project(view, joints[name]))
          expect(Math.hypot(x - keypoints2d[k * 3]!, y - keypoints2d[k * 3 + 1]!), `${pose.id} ${name}`).toBeLessThan(
            1e-3,
          )
        })
      })
    }
  })

  test('bones are as long as people’s', () => {
    for (const { pose, geometry } of sample)
      for (const person of geometry.people) {
        const joints = jointsOf(person)
        for (const [a, b, shortest, longest] of BONES) {
          const metres = distance(joints[a], joints[b])
          expect(metres, `${pose.id} ${a} to ${b}`).toBeGreaterThan(shortest)
          expect(metres, `${pose.id} ${a} to ${b}`).toBeLessThan(longest)
        }
      }
  })

  test('half of them are within 6 cm of the body that was drawn, nine in ten within 20', () => {
    const errors = sample.flatMap(({ pose, geometry }) =>
      geometry.people.map((person, i) => errorMetres(pose.geometry.people[i]!, person)),
    )
    errors.sort((a, b) => a - b)
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.06)
    expect(errors[Math.floor(errors.length * 0.9)]).toBeLessThan(0.2)
  })

  test('a hand that nobody drew makes no sign, though the similar pose does', () => {
    const rock = library.find(({ id }) => id === 'rock-sign')!
    expect(rock.geometry.people[0]).toMatchObject({ handLeft: expect.anything(), handRight: { shape: 'rock' } })
    const bare = rock.geometry.people.map((person) => ({ ...person, handLeft2d: null, handRight2d: null }))
    const reading = readOpenPose(toOpenPoseJson(bare, 1024, 1024))
    if (!reading.ok) throw new Error('the library is valid')
    const [person] = liftPose(reading.people, [{ geometry: rock.geometry, person: 0, mirrored: false }]).people
    expect(person!.handRight).toMatchObject({ shape: 'relaxed' })
    expect(person!.handLeft).toMatchObject({ shape: rock.geometry.people[0]!.handLeft!.shape })
  })

  test('the renderer can draw them', () => {
    for (const { geometry } of sample) expect(() => checkPose({ ...geometry, props: [], words: '' })).not.toThrow()
  })
})

/** RMS over the drawn body joints, both laid on their middle. */
function errorMetres(a: PoseGeometry['people'][number], b: PoseGeometry['people'][number]): number {
  const [was, is] = [jointsOf(a), jointsOf(b)]
  const names = KEYPOINTS.slice(0, 14).filter((_, k) => a.keypoints2d[k * 3 + 2] !== 0)
  const off = names.map((name) => subtract(is[name], was[name]))
  const mean = [0, 1, 2].map((axis) => off.reduce((sum, v) => sum + v[axis as 0]!, 0) / off.length)
  const squares = off.map((v) => [0, 1, 2].reduce((sum, axis) => sum + (v[axis as 0]! - mean[axis]!) ** 2, 0))
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / names.length)
}
