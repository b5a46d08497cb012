// Which of the known hands 21 drawn points are, and how it is turned.
import type { HandShape } from '../../db/tables/poses'
import {
  add,
  cross,
  distance,
  dot,
  lengthOf,
  reject,
  scale,
  subtract,
  unit,
  type Vector,
} from '../../render/mannequin/vector'
import { HAND_SHAPES, type HandShapeName, handPoints } from '../rig/hand-shapes'
import type { Side } from '../rig/spec'
import { type Axes, apply } from '../rig/turns'
import { rigidFit } from './rigid-fit'

const ROUNDS = 10
/** A hand further from all known ones is left to the renderer, which lifts its points one by one. Metres, RMS. */
const MAX_ERROR_METRES = 0.02
/** The back of a hand looks much like its palm: of two readings that differ by less, the helper's is taken. */
const UNLIKE_HELPER_METRES = 0.008

type Ask = {
  side: Side
  /** x and y of a point one metre deep, 21 of them. */
  rays: readonly (readonly [number, number])[]
  wrist: Vector
  elbow: Vector
  /** 1 for a body of 1.70 m. */
  size: number
  /** How the similar pose has it, turned with the forearm. */
  helper: HandShape | undefined
}

/** Shape and directions in the camera's axes, or undefined when no known shape looks like the points. */
export function fitHand({ side, rays, wrist, elbow, size, helper }: Ask): HandShape | undefined {
  // Left hands are the mirror image of the shapes' right ones.
  const axes: Axes = { x: [side === 'L' ? -1 : 1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] }
  const forearm = unit(subtract(wrist, elbow))
  const palm = helper && (helper.palm as unknown as Vector)
  let best: { error: number; shape: HandShapeName; turn: Axes } | undefined
  for (const shape of Object.keys(HAND_SHAPES) as HandShapeName[]) {
    const template = handPoints(shape, [0, 0, 0], axes, size)
    for (const start of starts(forearm, helper)) {
      const turn = settle(template, rays, wrist, start)
      const unlike = palm ? (UNLIKE_HELPER_METRES * (1 - dot(turn.z, palm))) / 2 : 0
      const error = errorOf(template, rays, wrist, turn) + unlike
      if (!best || error < best.error) best = { error, shape, turn }
    }
  }
  if (!best || best.error > MAX_ERROR_METRES) return undefined
  return { shape: best.shape, fingers: [...best.turn.y], palm: [...best.turn.z] }
}

/** Fingers on along the forearm with the palm to four sides, and the helper's own. */
function starts(forearm: Vector, helper: HandShape | undefined): Axes[] {
  const aside = unit(reject([0, 0, 1], forearm), [1, 0, 0])
  const other = cross(forearm, aside)
  const palms = [aside, other, scale(aside, -1), scale(other, -1)]
  const known = helper && axesOf(helper.fingers as unknown as Vector, helper.palm as unknown as Vector)
  return [...(known ? [known] : []), ...palms.map((palm) => axesOf(forearm, palm))]
}

function axesOf(fingers: Vector, palm: Vector): Axes {
  const y = unit(fingers)
  const z = unit(reject(palm, y), [0, 0, 1])
  return { x: cross(y, z), y, z }
}

/** Lays the template on the rays, each point at the depth it has by now, again and again (orthogonal iteration). */
function settle(template: readonly Vector[], rays: Ask['rays'], wrist: Vector, start: Axes): Axes {
  let turn = start
  for (let round = 0; round < ROUNDS; round++) {
    const pairs = template.map((from, i) => {
      const depth = wrist[2] + apply(turn, from)[2]
      const [x, y] = rays[i]!
      return { from, to: subtract([x * depth, y * depth, depth], wrist), weight: i === 0 ? 20 : 1 }
    })
    turn = rigidFit(pairs, 1e-6).turn
  }
  return turn
}

function errorOf(template: readonly Vector[], rays: Ask['rays'], wrist: Vector, turn: Axes): number {
  const squares = template.map((point, i) => {
    const at = add(wrist, apply(turn, point))
    const [x, y] = rays[i]!
    return distance([x * at[2], y * at[2], at[2]], at) ** 2
  })
  return lengthOf([Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length), 0, 0])
}
