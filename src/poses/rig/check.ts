// Can a body be so? Looks at a stored pose, whoever made it.
import type { PoseGeometry, PosePerson } from '../../db/tables/poses'
import {
  along,
  between,
  distance,
  dot,
  lengthOf,
  reject,
  scale,
  subtract,
  unit,
  type Vector,
} from '../../render/mannequin/vector'
import { inPicture, project, viewOf } from './camera'
import { chestFrame, headFrame, jointsOf, pelvisFrame } from './read'
import { JOINTS_3D, type JointName, type Joints, KEYPOINTS } from './skeleton'
import { SIDES } from './spec'
import { type Axes, angleOf, anglesBetween, within } from './turns'

/** Bones with the shortest and longest that a grown person has, in metres. */
const BONES: readonly [from: string, to: string, shortest: number, longest: number][] = [
  ['shoulder', 'elbow', 0.22, 0.36],
  ['elbow', 'wrist', 0.18, 0.32],
  ['hip', 'knee', 0.32, 0.52],
  ['knee', 'ankle', 0.32, 0.52],
]
/** Left and right may differ by rounding and by the limit of a reach. */
const UNEVEN_METRES = 0.02
const HINGE_MAX_DEGREES = 160
const BELOW_FLOOR_METRES = -0.035
const NECK_MAX_DEGREES = { yaw: 82, pitch: 60, roll: 42 }
const PICTURE_SLACK = 0.01

const side = (name: string): string => (name === 'L' ? 'left' : 'right')

function boneFaults(joints: Joints): string[] {
  return BONES.flatMap(([from, to, shortest, longest]) => {
    const length = (k: string) => distance(joints[`${from}${k}` as JointName], joints[`${to}${k}` as JointName])
    const faults = SIDES.filter((k) => length(k) < shortest || length(k) > longest).map(
      (k) => `${side(k)} ${from} to ${to} is ${length(k).toFixed(2)} m`,
    )
    const uneven = Math.abs(length('L') - length('R')) > UNEVEN_METRES
    return uneven && faults.length === 0 ? [`left and right ${from} to ${to} differ`] : faults
  })
}

/** How far the hinge of a limb stands off the straight line, and in which direction. */
function hinge(start: Vector, middle: Vector, end: Vector): { degrees: number; aside: Vector } {
  return {
    degrees: 180 - angleOf(subtract(start, middle), subtract(end, middle)),
    aside: reject(subtract(middle, start), unit(subtract(end, start))),
  }
}

function kneeFaults(joints: Joints, pelvis: Axes): string[] {
  return SIDES.flatMap((k) => {
    const { degrees, aside } = hinge(joints[`hip${k}`], joints[`knee${k}`], joints[`ankle${k}`])
    if (degrees > HINGE_MAX_DEGREES) return [`${side(k)} knee is bent by ${degrees.toFixed(0)} degrees`]
    const shin = unit(subtract(joints[`ankle${k}`], joints[`knee${k}`]))
    const toes = reject(unit(subtract(joints[`toe${k}`], joints[`heel${k}`])), shin)
    const thigh = within(pelvis, unit(subtract(joints[`knee${k}`], joints[`hip${k}`])))
    const faults: string[] = []
    if (degrees > 20 && lengthOf(toes) > 0.5 && dot(unit(aside), unit(toes)) < -0.5)
      faults.push(`${side(k)} knee bends backwards`)
    if (thigh[2] < -0.75) faults.push(`${side(k)} thigh is too far back`)
    return faults
  })
}

function armFaults(joints: Joints, chest: Axes): string[] {
  return SIDES.flatMap((k) => {
    const s = k === 'L' ? 1 : -1
    const { degrees, aside } = hinge(joints[`shoulder${k}`], joints[`elbow${k}`], joints[`wrist${k}`])
    if (degrees > HINGE_MAX_DEGREES) return [`${side(k)} elbow is bent by ${degrees.toFixed(0)} degrees`]
    const upper = within(chest, unit(subtract(joints[`elbow${k}`], joints[`shoulder${k}`])))
    const off = within(chest, aside)
    const faults: string[] = []
    const fore = within(chest, unit(subtract(joints[`wrist${k}`], joints[`elbow${k}`])))
    if (upper[1] < -0.5 && fore[1] < 0.5 && fore[2] < -0.4 && off[2] > 0.05)
      faults.push(`${side(k)} elbow bends backwards`)
    if (upper[2] < -0.92) faults.push(`${side(k)} upper arm is too far back`)
    if (upper[0] * s < -0.65) faults.push(`${side(k)} upper arm goes through the chest`)
    if (upper[2] < -0.55 && upper[1] > 0.3) faults.push(`${side(k)} arm is up behind the back`)
    return faults
  })
}

/** The solid of the trunk: a little thinner than the mannequin's, because clothes and cheeks give way. */
function inTrunk(point: Vector, joints: Joints, pelvis: Axes, chest: Axes, size: number): boolean {
  const head = headFrame(joints)
  const solids: readonly [Vector, Axes, Vector][] = [
    [along(joints.pelvis, pelvis.y, 0.035 * size), pelvis, [0.135, 0.1, 0.085]],
    [along(joints.spine1, pelvis.y, 0.05 * size), pelvis, [0.1, 0.12, 0.072]],
    [along(joints.spine2, chest.y, 0.075 * size), chest, [0.12, 0.15, 0.088]],
    [along(joints.headC, head.y, 0.02 * size), head, [0.06, 0.085, 0.078]],
  ]
  return solids.some(([centre, axes, radii]) => {
    const [x, y, z] = within(axes, scale(subtract(point, centre), 1 / size))
    return (x / radii[0]) ** 2 + (y / radii[1]) ** 2 + (z / radii[2]) ** 2 < 1
  })
}

function trunkFaults(joints: Joints, pelvis: Axes, chest: Axes): string[] {
  const size = distance(joints.hipL, joints.hipR) / 0.186
  return SIDES.flatMap((k) => {
    const [elbow, wrist, palm] = [joints[`elbow${k}`], joints[`wrist${k}`], joints[`palm${k}`]]
    const inside = [wrist, palm, between(elbow, wrist, 0.5)].some((point) =>
      inTrunk(point, joints, pelvis, chest, size),
    )
    return inside ? [`${side(k)} hand or forearm is inside the body`] : []
  })
}

function neckFaults(joints: Joints, chest: Axes): string[] {
  const angles = anglesBetween(chest, headFrame(joints))
  return (['yaw', 'pitch', 'roll'] as const)
    .filter((name) => Math.abs(angles[name]) > NECK_MAX_DEGREES[name])
    .map((name) => `head ${name} is ${angles[name].toFixed(0)} degrees`)
}

function pictureFaults({ keypoints2d }: PosePerson, joints: Joints, { camera }: PoseGeometry): string[] {
  const [, y = 0, z = 0] = camera.position
  const dist = Math.hypot(z, 0) / Math.cos((camera.pitch * Math.PI) / 180)
  const view = viewOf({ pitch: camera.pitch, dist, h: y - Math.sin((camera.pitch * Math.PI) / 180) * dist })
  const drawn = KEYPOINTS.flatMap((name, i) => {
    const [u = 0, v = 0, seen = 0] = keypoints2d.slice(i * 3, i * 3 + 3)
    return seen > 0 ? [{ name, u, v }] : []
  })
  const outside = drawn
    .filter(({ u, v }) => u < 0 || u > 1 || v < 0 || v > 1)
    .map(({ name }) => `${name} is outside the picture`)
  const astray = drawn.filter(({ name, u, v }) => {
    const [x, down] = inPicture(camera, project(view, joints[name]))
    return Math.hypot(x - u, down - v) > PICTURE_SLACK
  })
  return [
    ...outside,
    ...(astray.length > 0 ? [`${astray[0]?.name} is not where the camera sees it`] : []),
    ...(drawn.length < 6 ? [`only ${drawn.length} points are in the picture`] : []),
  ]
}

/** What is wrong with a pose, in words; empty when a body can be so and the camera sees it so. */
export function check(geometry: PoseGeometry): string[] {
  return geometry.people.flatMap((person) => {
    const numbers = [...person.joints3d, ...person.keypoints2d]
    if (person.joints3d.length !== 96 || person.keypoints2d.length !== 54 || !numbers.every(Number.isFinite))
      return ['joints3d has 96 and keypoints2d 54 finite numbers']
    const joints = jointsOf(person)
    const pelvis = pelvisFrame(joints)
    const chest = chestFrame(joints)
    const low = JOINTS_3D.filter((name) => joints[name][1] < BELOW_FLOOR_METRES)
    return [
      ...boneFaults(joints),
      ...kneeFaults(joints, pelvis),
      ...armFaults(joints, chest),
      ...neckFaults(joints, chest),
      ...trunkFaults(joints, pelvis, chest),
      ...low.map((name) => `${name} is below the floor`),
      ...pictureFaults(person, joints, geometry),
    ]
  })
}
