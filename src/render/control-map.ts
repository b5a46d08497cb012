import { sha256Hex } from '../kernel/hash'
import { ControlMapCanvas } from './control-map-canvas'
import {
  FACE_COLOR,
  FACE_POINT_COUNTS,
  HAND_BONE_COLORS,
  HAND_BONES,
  HAND_JOINT_COLOR,
  HAND_JOINT_COUNT,
  JOINT_COUNT,
  LIMB_COLORS,
  LIMBS,
  type Rgb,
} from './control-map-colors'
import type { ImageKernel } from './image/kernel'

/** One person of a pose record (data/poses/README.md): coordinates 0..1 of a square picture. */
export type ControlPerson = {
  /** 18 x (x, y, v) in COCO-18 order; v 0 = not drawn, 1 = hidden but drawn, 2 = visible. */
  keypoints2d: readonly number[]
  /** 21 x (x, y) or null. */
  handLeft2d: readonly number[] | null
  handRight2d: readonly number[] | null
  /** 68 or 70 x (x, y, c), where c 0 = not drawn; only imported poses have it. */
  face2d?: readonly number[] | null
}

/** Raise it when the drawing changes, so that no map drawn before is taken for one drawn now. */
export const CONTROL_MAP_VERSION = 1
export const MIN_CONTROL_MAP_SIDE = 64
export const MAX_CONTROL_MAP_SIDE = 2048
export const MAX_CONTROL_MAP_PEOPLE = 10

/** Half-width of a limb and radius of a joint are 4 px at 512, a hand's bone 2 px wide: parts of the shorter side. */
const LIMB_HALF_WIDTH = 1 / 128
const HAND_HALF_WIDTH = 1 / 512
/** A face point is a circle of 3 px at 512. */
const FACE_RADIUS = 3 / 512
/** Annotators draw limbs in full colour and multiply the canvas by 0.6 before the joints: on black, this colour. */
const LIMB_BRIGHTNESS = 0.6

/**
 * The OpenPose control map as ControlNets know it: RGBA, opaque, width * height * 4 bytes. The square of the coordinates is
 * fitted in the middle, scaled by the shorter side. Convention: data/poses/README.md, "Drawing the control map".
 * Throws RangeError for a size, number of people or coordinates out of range.
 */
export function drawControlMap(
  people: readonly ControlPerson[],
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  checkInput(people, width, height)
  const canvas = new ControlMapCanvas(width, height)
  const side = Math.min(width, height)
  const radius = side * LIMB_HALF_WIDTH
  const placed = people.map((person) => placePerson(person, width, height))
  // All limbs before all joints, also across people: a joint is never under another person's limb.
  for (const [i, [from, to]] of LIMBS.entries()) {
    const color = LIMB_COLORS[i]!.map((value) => Math.floor(value * LIMB_BRIGHTNESS)) as unknown as Rgb
    for (const { joints } of placed) {
      const a = joints[from]
      const b = joints[to]
      if (a && b) canvas.limb(a.x, a.y, b.x, b.y, radius, color)
    }
  }
  for (const [i, color] of LIMB_COLORS.entries()) {
    for (const { joints } of placed) {
      const joint = joints[i]
      if (joint) canvas.disc(joint.x, joint.y, radius, color)
    }
  }
  for (const { hands } of placed) for (const hand of hands) drawHand(canvas, hand, side)
  for (const { face } of placed) for (const { x, y } of face) canvas.disc(x, y, side * FACE_RADIUS, FACE_COLOR)
  return canvas.rgba
}

/** The control map as a PNG file. Throws like `drawControlMap`. */
export function controlMapPng(
  kernel: ImageKernel,
  people: readonly ControlPerson[],
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  return kernel.encodePng(drawControlMap(people, width, height), width, height)
}

/**
 * Content key of a map: SHA-256 as hex of what is drawn, the size and the drawing's version. Joints that are not drawn do not
 * count. Throws like `drawControlMap`.
 */
export async function controlMapKey(people: readonly ControlPerson[], width: number, height: number): Promise<string> {
  checkInput(people, width, height)
  const drawn = (values: readonly number[], count: number) =>
    Array.from({ length: count }, (_, i) => (values[i * 3 + 2] === 0 ? 0 : [values[i * 3], values[i * 3 + 1]]))
  const canonical = people.map(({ keypoints2d, handLeft2d, handRight2d, face2d }) => [
    drawn(keypoints2d, JOINT_COUNT),
    handLeft2d,
    handRight2d,
    // Without a face the key is the one of before there were any: those maps are kept already.
    ...(face2d ? [drawn(face2d, face2d.length / 3)] : []),
  ])
  return sha256Hex(JSON.stringify(['control-map', CONTROL_MAP_VERSION, width, height, canonical]))
}

type Point = { x: number; y: number }
type PlacedPerson = { joints: (Point | null)[]; hands: Point[][]; face: Point[] }

/** 0..1 of the square -> pixels of the picture. */
export function placePoint(x: number, y: number, width: number, height: number): Point {
  const side = Math.min(width, height)
  return { x: (width - side) / 2 + x * side, y: (height - side) / 2 + y * side }
}

function placePerson(
  { keypoints2d, handLeft2d, handRight2d, face2d }: ControlPerson,
  width: number,
  height: number,
): PlacedPerson {
  const place = (values: readonly number[], at: number) => placePoint(values[at]!, values[at + 1]!, width, height)
  const drawn = (values: readonly number[], count: number) =>
    Array.from({ length: count }, (_, i) => (values[i * 3 + 2] === 0 ? null : place(values, i * 3)))
  return {
    joints: drawn(keypoints2d, JOINT_COUNT),
    hands: [handLeft2d, handRight2d]
      .filter((hand) => hand !== null)
      .map((hand) => Array.from({ length: HAND_JOINT_COUNT }, (_, i) => place(hand, i * 2))),
    face: face2d ? drawn(face2d, face2d.length / 3).filter((point) => point !== null) : [],
  }
}

function drawHand(canvas: ControlMapCanvas, hand: Point[], side: number): void {
  for (const [bone, [from, to]] of HAND_BONES.entries()) {
    const a = hand[from]!
    const b = hand[to]!
    canvas.line(a.x, a.y, b.x, b.y, side * HAND_HALF_WIDTH, HAND_BONE_COLORS[bone]!)
  }
  for (const { x, y } of hand) canvas.disc(x, y, side * LIMB_HALF_WIDTH, HAND_JOINT_COLOR)
}

/** Coordinates further out than this are no pose but a mistake; a crop leaves joints a little outside of 0..1. */
const MAX_COORDINATE = 8

function checkInput(people: readonly ControlPerson[], width: number, height: number): void {
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < MIN_CONTROL_MAP_SIDE || side > MAX_CONTROL_MAP_SIDE) {
      throw new RangeError(`a control map has sides of ${MIN_CONTROL_MAP_SIDE} to ${MAX_CONTROL_MAP_SIDE} pixels`)
    }
  }
  if (people.length < 1 || people.length > MAX_CONTROL_MAP_PEOPLE) {
    throw new RangeError(`a control map has 1 to ${MAX_CONTROL_MAP_PEOPLE} people`)
  }
  for (const { keypoints2d, handLeft2d, handRight2d, face2d } of people) {
    checkCoordinates(keypoints2d, JOINT_COUNT * 3)
    for (const hand of [handLeft2d, handRight2d]) if (hand) checkCoordinates(hand, HAND_JOINT_COUNT * 2)
    if (face2d)
      checkCoordinates(face2d, face2d.length === FACE_POINT_COUNTS[0] * 3 ? face2d.length : FACE_POINT_COUNTS[1] * 3)
  }
}

function checkCoordinates(values: readonly number[], length: number): void {
  if (values.length !== length || !values.every((value) => Math.abs(value) <= MAX_COORDINATE)) {
    throw new RangeError(`keypoints are ${length} numbers between -${MAX_COORDINATE} and ${MAX_COORDINATE}`)
  }
}
