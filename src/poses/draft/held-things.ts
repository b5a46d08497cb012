import type { PoseGeometry, PosePerson, PropShape } from '../../db/tables/poses'
import { FURNITURE } from '../../render/mannequin/furniture'
import {
  add,
  between,
  cross,
  distance,
  dot,
  reject,
  scale,
  subtract,
  unit,
  type Vector,
} from '../../render/mannequin/vector'
import { searchWords } from '../search/search-words'
import { synonymsOf } from '../search/synonyms'

/** Places in `joints3d` (data/poses/README.md). */
const PALM = { L: 21, R: 17 } as const
const HEAD = 6
/** A thing is in a hand when it is as near to the palm. */
const IN_HAND_M = 0.3
/** Parts of one thing are as near to each other. */
const ONE_THING_M = 0.5
/** Two hands hold one thing: they may be this much nearer or further in the draft. */
const MAX_GAP_CHANGE_M = 0.08
const HALF_FACE_M = 0.1
/** An umbrella over somebody who squats is below the lens, and hides the face. */
const LONG_M = 0.5
const MAX_HEAD_CHANGE_M = 0.15
/** Words that mostly say where somebody looks. */
const LOOKED_AT = new Set(['camera'])

export type Hands = readonly ('L' | 'R')[]

/**
 * The things that `from` holds and the words name, laid into the hands of the draft that hold: moved as one with the
 * hand, or with both. Null when the words name nothing that it holds, or the hands do not fit: the renderer then puts a
 * thing there that it knows from the words.
 */
export function heldThings(draft: PosePerson, hands: Hands, text: string, from: PoseGeometry): PropShape[] | null {
  const [holder] = from.people
  const shapes = from.propShapes ?? []
  const named = shapes.filter(({ kind }) => !LOOKED_AT.has(kind) && isNamed(kind, text))
  if (!holder || named.length === 0 || hands.length === 0) return null
  // A guitar is a body and a neck: what is near a named thing goes with it.
  const parts = shapes.filter((part) => named.some((thing) => apart(part, thing) < ONE_THING_M))
  // A laptop on a table is not held.
  if (parts.some(({ kind }) => Object.hasOwn(FURNITURE, kind))) return null
  const holding = (['L', 'R'] as const).filter((side) =>
    parts.some((part) => endsOf(part).some((end) => distance(end, palmOf(holder, side)) < IN_HAND_M)),
  )
  if (holding.length === 0) return null
  const was = gripOf(holder, holding)
  const is = gripOf(draft, hands)
  if (!was || !is || holding.length !== hands.length || Math.abs(was.gap - is.gap) > MAX_GAP_CHANGE_M) return null
  const reach = Math.max(...parts.flatMap((part) => endsOf(part).map((end) => distance(end, was.at))))
  if (reach > LONG_M && Math.abs(headHeight(holder) - headHeight(draft)) > MAX_HEAD_CHANGE_M) return null
  const isMirrored = holding.length === 1 && holding[0] !== hands[0]
  const things = parts.map((part) => moved(part, was, is, isMirrored))
  return things.every((thing) => isAboveFloor(thing) && !hidesFace(thing, draft)) ? things : null
}

/** Where a thing is, and where it ends when it is long. */
const endsOf = ({ at, to }: PropShape): Vector[] => [at, ...(to ? [to] : [])].map(vector)
const apart = (a: PropShape, b: PropShape): number =>
  Math.min(...endsOf(a).flatMap((one) => endsOf(b).map((other) => distance(one, other))))

/** The words have the kind of the thing, or a synonym of it. */
function isNamed(kind: string, text: string): boolean {
  const words = new Set(searchWords(text))
  return [kind, ...synonymsOf(kind)].some((word) => words.has(word))
}

type Grip = { at: Vector; axes: readonly [Vector, Vector, Vector]; gap: number }

/** A hand with its own axes; two hands with the line between the palms and the vertical. */
function gripOf(person: PosePerson, hands: Hands): Grip | null {
  const [first, second] = hands
  if (first && second) {
    const [left, right] = [palmOf(person, 'L'), palmOf(person, 'R')]
    const x = unit(subtract(left, right), [1, 0, 0])
    const y = unit(reject([0, 1, 0], x))
    return { at: between(left, right, 0.5), axes: [x, y, cross(x, y)], gap: distance(left, right) }
  }
  const hand = first === 'L' ? person.handLeft : person.handRight
  if (!first || !hand) return null
  const y = unit(vector(hand.fingers))
  const z = unit(reject(vector(hand.palm), y))
  return { at: palmOf(person, first), axes: [cross(y, z), y, z], gap: 0 }
}

function moved(part: PropShape, was: Grip, is: Grip, isMirrored: boolean): PropShape {
  const turn = (v: Vector): Vector => {
    const [x, y, z] = was.axes.map((axis) => dot(v, axis)) as [number, number, number]
    const [ax, ay, az] = is.axes
    return add(add(scale(ax, isMirrored ? -x : x), scale(ay, y)), scale(az, z))
  }
  const place = (at: number[]): number[] => rounded(add(is.at, turn(subtract(vector(at), was.at))))
  const direction = (along: number[]): number[] => rounded(turn(vector(along)))
  return {
    ...part,
    at: place(part.at),
    ...(part.to && { to: place(part.to) }),
    ...(part.x && { x: direction(part.x) }),
    ...(part.y && { y: direction(part.y) }),
    ...(part.z && { z: direction(part.z) }),
  }
}

const vector = ([x = 0, y = 0, z = 0]: readonly number[]): Vector => [x, y, z]
const palmOf = ({ joints3d }: PosePerson, side: 'L' | 'R'): Vector =>
  vector(joints3d.slice(PALM[side] * 3, PALM[side] * 3 + 3))
const isAboveFloor = (thing: PropShape): boolean => endsOf(thing).every(([, y]) => y > (thing.size[1] ?? 0))

/** In the plane of the picture, for things that are no rods. */
function hidesFace({ at, to, size }: PropShape, { joints3d }: PosePerson): boolean {
  if (to) return false
  const [width = 0, height = width] = size
  const [aside = 0, above = 0] = at.map((value, axis) => Math.abs(value - joints3d[HEAD * 3 + axis]!))
  return aside < width + HALF_FACE_M && above < height + HALF_FACE_M
}

const headHeight = ({ joints3d }: PosePerson): number => joints3d[HEAD * 3 + 1]!
const rounded = (v: Vector): number[] => v.map((value) => Math.round(value * 1_000) / 1_000)
