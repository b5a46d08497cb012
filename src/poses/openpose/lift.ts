// From a drawn pose to a body in space, as the library stores it.
import type { HandShape, PoseGeometry, PosePerson } from '../../db/tables/poses'
import { add, between, scale, subtract, type Vector } from '../../render/mannequin/vector'
import { BUILDS } from '../rig/builds'
import { JOINTS_3D, type JointName, KEYPOINTS } from '../rig/skeleton'
import type { Side } from '../rig/spec'
import { apply } from '../rig/turns'
import { solveDepths } from './depths'
import type { ReadPerson } from './format'
import { type Camera, type Helper, helperOf, type LiftHelp, toWorld, toWorldDirection } from './lens'
import { fitHand } from './lift-hand'
import { type Placement, rigidFit } from './rigid-fit'

export type { LiftHelp } from './lens'

/** The helper is seldom drawn at exactly the size of the pose: these are tried. */
const ZOOMS = [0.86, 0.93, 1, 1.07, 1.15]
/** How firmly parts keep the helper's turn where nothing drawn says otherwise, square metres. */
const STIFF = 0.003
const LIMBS: Record<Side, { arm: [number, number, number]; leg: [number, number, number] }> = {
  R: { arm: [2, 3, 4], leg: [8, 9, 10] },
  L: { arm: [5, 6, 7], leg: [11, 12, 13] },
}

type Body = {
  joints: Record<JointName, Vector>
  hands: Record<Side, HandShape | undefined>
  build: PosePerson['build']
}

/**
 * The 3D of people who are drawn in 2D, with the camera of the first one's helper: every drawn joint is exactly on the ray
 * of its point, at the depth that its bones and the helper make likeliest; joints that are not drawn follow the helper's.
 * `helps` has the most similar known pose for each person.
 */
export function liftPose(people: readonly ReadPerson[], helps: readonly LiftHelp[]): PoseGeometry {
  let camera: Camera | null = null
  const helpers = helps.map(helperOf)
  const bodies = people.map((person, i) => {
    const lifted = liftPerson(person, helpers[i]!, camera ?? { ...helps[i]!.geometry.camera }, camera !== null)
    camera = lifted.camera
    return lifted.body
  })
  return stood(people, bodies, camera ?? helps[0]!.geometry.camera, Math.max(...helpers.map(({ lowest }) => lowest)))
}

type Drawn = { x: number; y: number } | null

function liftPerson(
  read: ReadPerson,
  helper: Helper,
  camera: Camera,
  isFixed: boolean,
): { body: Body; camera: Camera } {
  const drawn: Drawn[] = KEYPOINTS.map((_, i) =>
    read.keypoints2d[i * 3 + 2] ? { x: read.keypoints2d[i * 3]!, y: read.keypoints2d[i * 3 + 1]! } : null,
  )
  const known = KEYPOINTS.map((name) => helper.joints[JOINTS_3D.indexOf(name)]!)
  const focal = focalOf(drawn, known)
  const tries = ZOOMS.map((zoom) => {
    const lens = isFixed ? camera : framed(camera, focal * zoom, drawn, known)
    // In a camera that stands already, a larger person is a nearer one.
    const shift = isFixed ? known[1]![2] * (camera.focal / (focal * zoom) - 1) : 0
    const similar = known.map((point): Vector => [point[0], point[1], point[2] + shift])
    const rays = drawn.map((point) => point && rayOf(lens, point.x, point.y))
    return { lens, rays, ...solveDepths(rays, similar) }
  })
  const { lens, rays, depths } = tries.reduce((best, each) => (each.cost < best.cost ? each : best))
  const placed = rays.map((ray, i): Vector | null => ray && [ray[0] * depths[i]!, ray[1] * depths[i]!, depths[i]!])
  return { body: bodyOf(read, helper, placed, lens), camera: lens }
}

const rayOf = ({ focal, centerX, centerY }: Camera, x: number, y: number): [number, number] => [
  (x - centerX) / focal,
  (y - centerY) / focal,
]

type Sum = { u: [number, number]; p: [number, number] }

function means(drawn: readonly Drawn[], known: readonly Vector[]): Sum {
  const both = drawn.flatMap((point, i) => (point ? [{ point, seen: seenAt(known[i]!) }] : []))
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    u: [mean(both.map(({ point }) => point.x)), mean(both.map(({ point }) => point.y))],
    p: [mean(both.map(({ seen }) => seen[0])), mean(both.map(({ seen }) => seen[1]))],
  }
}

const seenAt = ([x, y, z]: Vector): [number, number] => [x / z, y / z]

/** The focal length at which the helper is as large as the drawn body: spreads compared, so that no pose can turn it. */
function focalOf(drawn: readonly Drawn[], known: readonly Vector[]): number {
  const { u, p } = means(drawn, known)
  let [ofDrawn, ofKnown] = [0, 0]
  drawn.forEach((point, i) => {
    if (!point) return
    const seen = seenAt(known[i]!)
    ofDrawn += (point.x - u[0]) ** 2 + (point.y - u[1]) ** 2
    ofKnown += (seen[0] - p[0]) ** 2 + (seen[1] - p[1]) ** 2
  })
  return Math.sqrt(ofDrawn / Math.max(ofKnown, 1e-9))
}

function framed(camera: Camera, focal: number, drawn: readonly Drawn[], known: readonly Vector[]): Camera {
  const { u, p } = means(drawn, known)
  return { ...camera, focal, centerX: u[0] - focal * p[0], centerY: u[1] - focal * p[1] }
}

/** All 32 joints and the hands: the drawn ones where they are, the others as they stand to them in the helper. */
function bodyOf(read: ReadPerson, helper: Helper, placed: readonly (Vector | null)[], lens: Camera): Body {
  const from = Object.fromEntries(JOINTS_3D.map((name, i) => [name, helper.joints[i]!])) as Record<JointName, Vector>
  const laid = (weights: Record<number, number>): Placement =>
    rigidFit(
      Object.entries(weights).flatMap(([joint, weight]) => {
        const to = placed[Number(joint)]
        return to ? [{ from: from[KEYPOINTS[Number(joint)]!], to, weight }] : []
      }),
      STIFF,
    )
  const pelvis = laid({ 8: 1, 11: 1, 1: 0.2, 2: 0.05, 5: 0.05 })
  const chest = laid({ 1: 1, 2: 1, 5: 1, 8: 0.1, 11: 0.1 })
  const hasFace = [0, 14, 15, 16, 17].filter((joint) => placed[joint]).length >= 2
  const head = hasFace ? laid({ 0: 4, 14: 4, 15: 4, 16: 4, 17: 4, 1: 0.3 }) : chest
  const to = {} as Record<JointName, Vector>
  for (const name of JOINTS_3D) to[name] = partOf(name, { pelvis, chest, head }).place(from[name])
  to.spine1 = between(pelvis.place(from.spine1), chest.place(from.spine1), 0.33)
  to.spine2 = between(pelvis.place(from.spine2), chest.place(from.spine2), 0.67)
  to.skull = between(chest.place(from.skull), head.place(from.skull), 0.6)
  KEYPOINTS.forEach((name, i) => {
    const point = placed[i]
    if (point) to[name] = point
  })
  const hands: Body['hands'] = { L: undefined, R: undefined }
  for (const side of ['L', 'R'] as const) {
    const [, elbow, wrist] = hang(LIMBS[side].arm, placed, from, to, chest)
    const [, , ankle] = hang(LIMBS[side].leg, placed, from, to, pelvis)
    const sole = limbTurn(from, to, `knee${side}`, `ankle${side}`)
    for (const name of [`heel${side}`, `toe${side}`] as const)
      to[name] = add(ankle, sole(subtract(from[name], from[`ankle${side}`])))
    const grip = limbTurn(from, to, `elbow${side}`, `wrist${side}`)
    const { size } = BUILDS[helper.build]
    const similar = turnedHand(helper.hands[side], grip)
    const points = side === 'L' ? read.handLeft2d : read.handRight2d
    const rays = points && Array.from({ length: 21 }, (_, i) => rayOf(lens, points[i * 2]!, points[i * 2 + 1]!))
    const shape = rays ? fitHand({ side, rays, wrist, elbow, size, helper: similar }) : withoutSign(similar)
    if (shape) hands[side] = shape
    to[`palm${side}`] = shape
      ? add(
          wrist,
          add(
            scale(shape.fingers as unknown as Vector, 0.085 * size),
            scale(shape.palm as unknown as Vector, 0.02 * size),
          ),
        )
      : add(wrist, grip(subtract(from[`palm${side}`], from[`wrist${side}`])))
  }
  return { joints: to, hands, build: helper.build }
}

type Parts = Record<'pelvis' | 'chest' | 'head', Placement>

function partOf(name: JointName, { pelvis, chest, head }: Parts): Placement {
  if (/^(skull|head|chin|nose|eye|ear)/.test(name)) return head
  return /^(pelvis|spine1|hip|knee|ankle|heel|toe)/.test(name) ? pelvis : chest
}

/** Places the joints of a limb that are not drawn: each follows the bone above it. */
function hang(
  limb: readonly [number, number, number],
  placed: readonly (Vector | null)[],
  from: Record<JointName, Vector>,
  to: Record<JointName, Vector>,
  trunk: Placement,
): [Vector, Vector, Vector] {
  const [a, b, c] = limb.map((joint) => KEYPOINTS[joint]!) as [JointName, JointName, JointName]
  if (!placed[limb[1]]) to[b] = add(to[a], apply(trunk.turn, subtract(from[b], from[a])))
  if (!placed[limb[2]]) to[c] = add(to[b], limbTurn(from, to, a, b)(subtract(from[c], from[b])))
  return [to[a], to[b], to[c]]
}

/** The least turn that brings a bone of the helper to where it is now. */
function limbTurn(
  from: Record<JointName, Vector>,
  to: Record<JointName, Vector>,
  a: JointName,
  b: JointName,
): (v: Vector) => Vector {
  const nowhere: Vector = [0, 0, 0]
  const bone = { from: subtract(from[b], from[a]), to: subtract(to[b], to[a]), weight: 1 }
  const { turn } = rigidFit([{ from: nowhere, to: nowhere, weight: 1 }, bone], 1e-9)
  return (v) => apply(turn, v)
}

/** Hands that say nothing by themselves. */
const PLAIN_HANDS = new Set(['relaxed', 'flat', 'open', 'soft', 'fist', 'grip', 'cup', 'hook'])

/** A hand that nobody drew makes no sign, such as that of the similar pose's horns or heart. */
const withoutSign = (hand: HandShape | undefined): HandShape | undefined =>
  hand && (PLAIN_HANDS.has(hand.shape) ? hand : { ...hand, shape: 'relaxed' })

const turnedHand = (hand: HandShape | undefined, turn: (v: Vector) => Vector): HandShape | undefined =>
  hand && {
    shape: hand.shape,
    fingers: [...turn(hand.fingers as unknown as Vector)],
    palm: [...turn(hand.palm as unknown as Vector)],
  }

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits

/** In the world's axes, with the lowest joint as high above the floor as the helper's. The camera moves along. */
function stood(people: readonly ReadPerson[], bodies: readonly Body[], camera: Camera, lowest: number): PoseGeometry {
  const world = bodies.map(({ joints }) => JOINTS_3D.map((name) => toWorld(camera, joints[name])))
  const lift = lowest - Math.min(...world.flat().map(([, y]) => y))
  const [x = 0, y = 0, z = 0] = camera.position
  const direction = (v: readonly number[]) =>
    toWorldDirection(camera, v as unknown as Vector).map((value) => rounded(value, 3))
  const hand = (shape: HandShape | undefined) =>
    shape && { shape: shape.shape, fingers: direction(shape.fingers), palm: direction(shape.palm) }
  return {
    people: people.map(({ keypoints2d, handLeft2d, handRight2d, face2d }, i) => {
      const { build, hands } = bodies[i]!
      const [handLeft, handRight] = [hand(hands.L), hand(hands.R)]
      return {
        ...{ build, keypoints2d, handLeft2d, handRight2d },
        ...(face2d && { face2d }),
        joints3d: world[i]!.flatMap((point) => [
          rounded(point[0], 4),
          rounded(point[1] + lift, 4),
          rounded(point[2], 4),
        ]),
        ...(handLeft && { handLeft }),
        ...(handRight && { handRight }),
      }
    }),
    camera: {
      position: [x, rounded(y + lift, 4), z],
      pitch: camera.pitch,
      focal: rounded(camera.focal, 4),
      centerX: rounded(camera.centerX, 4),
      centerY: rounded(camera.centerY, 4),
    },
  }
}
