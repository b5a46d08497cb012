// Says whether a pose shows what a phrase asks for, by the geometry of its joints alone.
import type { PoseGeometry } from '../../src/db/tables/poses'
import { chestFrame, headFrame, jointsOf, pelvisFrame } from '../../src/poses/rig/read'
import type { Joints } from '../../src/poses/rig/skeleton'
import { type Axes, anglesBetween, within } from '../../src/poses/rig/turns'
import { between, distance, subtract, unit, type Vector } from '../../src/render/mannequin/vector'

type Side = 'L' | 'R'
type Seen = {
  joints: Joints
  pelvis: Axes
  chest: Axes
  head: Axes
  fingers: Record<Side, Vector>
  palm: Record<Side, Vector>
  shape: Record<Side, string>
  points: number[]
  lens: Vector
}

function seenIn(geometry: PoseGeometry): Seen {
  const person = geometry.people[0]!
  const joints = jointsOf(person)
  const hands = { L: person.handLeft!, R: person.handRight! }
  return {
    joints,
    pelvis: pelvisFrame(joints),
    chest: chestFrame(joints),
    head: headFrame(joints),
    fingers: { L: hands.L.fingers as unknown as Vector, R: hands.R.fingers as unknown as Vector },
    palm: { L: hands.L.palm as unknown as Vector, R: hands.R.palm as unknown as Vector },
    shape: { L: hands.L.shape, R: hands.R.shape },
    points: person.keypoints2d,
    lens: geometry.camera.position as unknown as Vector,
  }
}

const sign = (side: Side): number => (side === 'L' ? 1 : -1)
/** `point` as the chest sees it, from the neck: x outwards to `side`, y up, z forward. */
function fromNeck({ joints, chest }: Seen, point: Vector, side: Side): Vector {
  const [x, y, z] = within(chest, subtract(point, joints.neckBase))
  return [x * sign(side), y, z]
}
function fromHips({ joints, pelvis }: Seen, point: Vector, side: Side): Vector {
  const [x, y, z] = within(pelvis, subtract(point, joints.pelvis))
  return [x * sign(side), y, z]
}
const outwards = (frame: Axes, v: Vector, side: Side): Vector => {
  const [x, y, z] = within(frame, v)
  return [x * sign(side), y, z]
}
const forearm = ({ joints }: Seen, side: Side): Vector => unit(subtract(joints[`wrist${side}`], joints[`elbow${side}`]))
const hand = ({ joints }: Seen, side: Side): Vector => joints[`palm${side}`]
const tips = (seen: Seen, side: Side): Vector => {
  const { joints, fingers } = seen
  const [w, f] = [joints[`wrist${side}`], fingers[side]]
  return [w[0] + f[0] * 0.16, w[1] + f[1] * 0.16, w[2] + f[2] * 0.16]
}
/** The nearest of wrist, palm and fingertips to `point`, metres. */
const handTo = (seen: Seen, side: Side, point: Vector): number =>
  Math.min(...[seen.joints[`wrist${side}`], hand(seen, side), tips(seen, side)].map((each) => distance(each, point)))
const elbowBend = ({ joints }: Seen, side: Side): number => {
  const [s, e, w] = [joints[`shoulder${side}`], joints[`elbow${side}`], joints[`wrist${side}`]]
  return distance(s, w) / (distance(s, e) + distance(e, w))
}
const chin = ({ joints }: Seen): Vector => joints.chin
const breast = (seen: Seen): Vector => {
  const { joints, chest } = seen
  const [n, y, z] = [joints.neckBase, chest.y, chest.z]
  return [n[0] - y[0] * 0.16 + z[0] * 0.1, n[1] - y[1] * 0.16 + z[1] * 0.1, n[2] - y[2] * 0.16 + z[2] * 0.1]
}

/** What one arm shows. */
const ARM: Record<string, (seen: Seen, side: Side) => boolean> = {
  hip: (seen, side) => {
    const { joints } = seen
    const near = Math.min(
      distance(hand(seen, side), joints[`hip${side}`]),
      distance(joints[`wrist${side}`], joints[`hip${side}`]),
    )
    const elbow = fromHips(seen, joints[`elbow${side}`], side)[0]
    return near < 0.14 && elbow - fromHips(seen, joints[`wrist${side}`], side)[0] > 0.08
  },
  pocket: (seen, side) =>
    handTo(seen, side, seen.joints[`hip${side}`]) < 0.15 && outwards(seen.pelvis, seen.fingers[side], side)[1] < -0.7,
  down: (seen, side) => {
    const [x, y] = fromNeck(seen, seen.joints[`wrist${side}`], side)
    return y < -0.42 && x > 0.1 && elbowBend(seen, side) > 0.85
  },
  up: (seen, side) => fromNeck(seen, seen.joints[`wrist${side}`], side)[1] > 0.25,
  back: (seen, side) =>
    fromHips(seen, hand(seen, side), side)[2] < -0.08 && fromHips(seen, hand(seen, side), side)[0] < 0.16,
  pointside: (seen, side) => {
    const [x] = outwards(seen.chest, forearm(seen, side), side)
    return seen.shape[side] === 'point' && x > 0.6 && outwards(seen.chest, seen.fingers[side], side)[0] > 0.6
  },
  pointleft: (seen, side) =>
    seen.shape[side] === 'point' &&
    within(seen.chest, seen.fingers[side])[0] > 0.6 &&
    fromNeck(seen, tips(seen, side), 'L')[0] > 0,
  pointup: (seen, side) => seen.shape[side] === 'point' && seen.fingers[side][1] > 0.85,
  pointdown: (seen, side) => seen.shape[side] === 'point' && seen.fingers[side][1] < -0.7,
  // Beside the trunk: a finger at the lens with the chest behind it looks like a fist on the chest.
  pointfront: (seen, side) =>
    seen.shape[side] === 'point' &&
    outwards(seen.chest, seen.fingers[side], side)[2] > 0.8 &&
    fromNeck(seen, hand(seen, side), side)[0] > 0.2,
  wave: (seen, side) =>
    seen.shape[side] === 'open' &&
    seen.fingers[side][1] > 0.8 &&
    outwards(seen.chest, seen.palm[side], side)[2] > 0.7 &&
    fromNeck(seen, hand(seen, side), side)[1] > -0.02,
  thumb: (seen, side) => {
    const { fingers, palm } = seen
    const [f, p] = [fingers[side], palm[side]]
    // The thumb points along fingers x palm, mirrored for the right hand.
    const up = (f[2] * p[0] - f[0] * p[2]) * -sign(side)
    return seen.shape[side] === 'thumbsup' && up > 0.7
  },
  peace: (seen, side) => seen.shape[side] === 'peace' && seen.fingers[side][1] > 0.8,
  okay: (seen, side) => seen.shape[side] === 'ok' && seen.fingers[side][1] > 0.7,
  fingerheart: (seen, side) => seen.shape[side] === 'fheart' && fromNeck(seen, hand(seen, side), side)[1] > -0.25,
  heartshape: (seen, side) => seen.shape[side] === 'heart' && distance(hand(seen, 'L'), hand(seen, 'R')) < 0.2,
  stop: (seen, side) =>
    seen.shape[side] === 'flat' && outwards(seen.chest, seen.palm[side], side)[2] > 0.8 && seen.fingers[side][1] > 0.7,
  open: (seen, side) => fromNeck(seen, seen.joints[`wrist${side}`], side)[0] > 0.5,
  shrug: (seen, side) => {
    const neck = fromNeck(seen, hand(seen, side), side)
    return outwards(seen.chest, seen.palm[side], side)[1] > 0.6 && neck[0] > 0.25 && neck[1] > -0.4
  },
  chin: (seen, side) => handTo(seen, side, chin(seen)) < 0.11,
  cheek: (seen, side) => {
    const cheek = between(chin(seen), seen.joints[`ear${side}`], 0.5)
    return Math.min(distance(hand(seen, side), cheek), distance(tips(seen, side), cheek)) < 0.11
  },
  behindhead: (seen, side) => {
    const [, , z] = within(seen.head, subtract(hand(seen, side), seen.joints.headC))
    return z < -0.05 && distance(hand(seen, side), seen.joints.headC) < 0.2
  },
  hair: (seen, side) =>
    Math.min(distance(hand(seen, side), seen.joints.headC), distance(tips(seen, side), seen.joints.headC)) < 0.16 &&
    within(seen.head, subtract(hand(seen, side), seen.joints.headC))[1] > 0.04,
  hat: (seen, side) => handTo(seen, side, seen.joints.headTop) < 0.15,
  glasses: (seen, side) => handTo(seen, side, seen.joints[`eye${side}`]) < 0.1,
  heart: (seen, side) => distance(hand(seen, side), breast(seen)) < 0.13,
  shade: (seen, side) => {
    const brow = between(seen.joints.eyeL, seen.joints.eyeR, 0.5)
    return distance(tips(seen, side), brow) < 0.13 && seen.palm[side][1] < -0.6
  },
  ear: (seen, side) => distance(hand(seen, side), seen.joints[`ear${side}`]) < 0.12 && seen.shape[side] === 'phone',
  selfie: (seen, side) =>
    seen.shape[side] === 'phone' &&
    fromNeck(seen, hand(seen, side), side)[2] > 0.3 &&
    fromNeck(seen, hand(seen, side), side)[1] > 0,
  holdfront: (seen, side) => {
    const [x, y, z] = fromNeck(seen, hand(seen, side), side)
    return z > 0.15 && y > -0.45 && y < 0.05 && Math.abs(x) < 0.32 && /grip|cup|flat|pinch|phone/.test(seen.shape[side])
  },
  holdface: (seen, side) => {
    const [x, y, z] = within(seen.head, subtract(hand(seen, side), seen.joints.headC))
    return Math.abs(y) < 0.16 && x * sign(side) > 0.06 && Math.hypot(x, z) < 0.3 && /grip|flat/.test(seen.shape[side])
  },
  front: (seen, side) => fromNeck(seen, hand(seen, side), side)[2] > 0.36,
  present: (seen, side) => {
    const [x] = fromNeck(seen, hand(seen, side), side)
    return x > 0.25 && /flat|open/.test(seen.shape[side]) && outwards(seen.chest, seen.palm[side], side)[1] > 0.4
  },
  palmup: (seen, side) =>
    outwards(seen.chest, seen.palm[side], side)[1] > 0.8 && fromNeck(seen, hand(seen, side), side)[2] > 0.2,
  knee: (seen, side) => handTo(seen, side, seen.joints[`knee${side}`]) < 0.13,
  mouth: (seen, side) => handTo(seen, side, between(seen.joints.chin, seen.joints.nose, 0.5)) < 0.13,
  /** Somewhere at the face. */
  face: (seen, side) => handTo(seen, side, seen.joints.headC) < 0.19,
  behind: (seen, side) => fromHips(seen, hand(seen, side), side)[2] < -0.12 && hand(seen, side)[1] < 0.25,
  low: (seen, side) => fromNeck(seen, seen.joints[`wrist${side}`], side)[1] < -0.35,
  high: (seen, side) => fromNeck(seen, seen.joints[`wrist${side}`], side)[1] > -0.05,
  across: (seen, side) =>
    fromNeck(seen, hand(seen, side), side)[0] < -0.08 && fromNeck(seen, hand(seen, side), side)[1] > -0.15,
  drink: (seen, side) => distance(hand(seen, side), seen.joints.nose) < 0.19 && /grip|cup/.test(seen.shape[side]),
  salute: (seen, side) =>
    distance(tips(seen, side), seen.joints[`eye${side}`]) < 0.14 &&
    fromNeck(seen, seen.joints[`elbow${side}`], side)[0] > 0.25,
  hug: (seen, side) =>
    fromNeck(seen, hand(seen, side), side)[0] < 0.02 && distance(hand(seen, side), breast(seen)) < 0.22,
}

const low = ({ joints }: Seen): number =>
  Math.min(...[joints.heelL, joints.toeL, joints.heelR, joints.toeR].map(([, y]) => y))
const kneeBend = ({ joints }: Seen, side: Side): number => {
  const [h, k, a] = [joints[`hip${side}`], joints[`knee${side}`], joints[`ankle${side}`]]
  return distance(h, a) / (distance(h, k) + distance(k, a))
}
const stride = (seen: Seen): number =>
  Math.abs(fromHips(seen, seen.joints.ankleL, 'L')[2] - fromHips(seen, seen.joints.ankleR, 'L')[2])
const turnOf = ({ chest, pelvis }: Seen): number => {
  const z = unit([chest.z[0] + pelvis.z[0], 0, chest.z[2] + pelvis.z[2]])
  return (Math.atan2(z[0], z[2]) * 180) / Math.PI
}
const bentBy = ({ joints, pelvis }: Seen): { forward: number; left: number } => {
  const up = unit(subtract(joints.neckBase, joints.pelvis))
  // Against the level direction in which the pelvis shows.
  const ahead = unit([pelvis.z[0], 0, pelvis.z[2]])
  const left = unit([pelvis.x[0], 0, pelvis.x[2]])
  const along = (v: Vector) => (Math.asin(up[0] * v[0] + up[2] * v[2]) * 180) / Math.PI
  return { forward: along(ahead), left: along(left) }
}
const isDrawn = ({ points }: Seen, index: number): boolean => (points[index * 3 + 2] ?? 0) > 0
const gaze = (seen: Seen) => anglesBetween(seen.chest, seen.head)

/** What the whole body shows. */
const BODY: Record<string, (seen: Seen) => boolean> = {
  stand: (seen) => seen.joints.pelvis[1] > 0.72 && low(seen) < 0.03,
  sit: (seen) =>
    seen.joints.pelvis[1] > 0.4 &&
    seen.joints.pelvis[1] < 0.9 &&
    seen.joints.kneeL[1] > seen.joints.ankleL[1] + 0.2 &&
    Math.min(kneeBend(seen, 'L'), kneeBend(seen, 'R')) < 0.85 &&
    stride(seen) < 0.4,
  sitfloor: (seen) => seen.joints.pelvis[1] < 0.25 && seen.joints.neckBase[1] > 0.5,
  legsout: (seen) =>
    Math.min(kneeBend(seen, 'L'), kneeBend(seen, 'R')) > 0.97 &&
    Math.min(fromHips(seen, seen.joints.ankleL, 'L')[2], fromHips(seen, seen.joints.ankleR, 'R')[2]) > 0.6,
  crosslegged: ({ joints, ...rest }) => {
    const seen = { joints, ...rest }
    const crossed = fromHips(seen, joints.ankleL, 'L')[0] < 0.02 && fromHips(seen, joints.ankleR, 'R')[0] < 0.02
    return joints.pelvis[1] < 0.25 && crossed && distance(joints.kneeL, joints.kneeR) > 0.45
  },
  kneel: ({ joints }) => Math.min(joints.kneeL[1], joints.kneeR[1]) < 0.16 && joints.neckBase[1] > 0.6,
  squat: (seen) =>
    seen.joints.pelvis[1] < 0.5 &&
    low(seen) < 0.03 &&
    Math.min(kneeBend(seen, 'L'), kneeBend(seen, 'R')) < 0.6 &&
    Math.max(seen.joints.kneeL[1], seen.joints.kneeR[1]) > 0.3,
  walk: (seen) => stride(seen) > 0.4 && seen.joints.pelvis[1] > 0.7,
  run: (seen) =>
    stride(seen) > 0.35 && Math.min(kneeBend(seen, 'L'), kneeBend(seen, 'R')) < 0.8 && seen.joints.pelvis[1] > 0.7,
  jump: (seen) => low(seen) > 0.08,
  lie: ({ joints }) =>
    joints.pelvis[1] < 0.3 &&
    joints.neckBase[1] < 0.55 &&
    distance(joints.neckBase, joints.pelvis) * 0.8 > joints.neckBase[1] - joints.pelvis[1],
  wide: (seen) => fromHips(seen, seen.joints.ankleL, 'L')[0] - fromHips(seen, seen.joints.ankleR, 'L')[0] > 0.4,
  crosslegs: (seen) => fromHips(seen, seen.joints.ankleL, 'L')[0] < fromHips(seen, seen.joints.ankleR, 'L')[0],
  oneknee: (seen) => Math.abs(kneeBend(seen, 'L') - kneeBend(seen, 'R')) > 0.04,
  tiptoe: ({ joints }) => Math.min(joints.heelL[1] - joints.toeL[1], joints.heelR[1] - joints.toeR[1]) > 0.06,
  crossed: (seen) =>
    (['L', 'R'] as const).every((side) => {
      const [x, y, z] = fromNeck(seen, hand(seen, side), side)
      return x < 0 && y < -0.1 && y > -0.42 && z > 0.06
    }),
  clasp: (seen) => distance(hand(seen, 'L'), hand(seen, 'R')) < 0.18 && fromHips(seen, hand(seen, 'L'), 'L')[2] > 0.08,
  clap: (seen) => distance(hand(seen, 'L'), hand(seen, 'R')) < 0.15 && fromNeck(seen, hand(seen, 'L'), 'L')[2] > 0.2,
  pray: (seen) =>
    distance(hand(seen, 'L'), hand(seen, 'R')) < 0.1 && seen.fingers.L[1] > 0.8 && seen.fingers.R[1] > 0.8,
  front: (seen) => Math.abs(turnOf(seen)) < 20,
  'turn left': (seen) => turnOf(seen) > 25 && turnOf(seen) < 100,
  'turn right': (seen) => turnOf(seen) < -25 && turnOf(seen) > -100,
  side: (seen) => Math.abs(turnOf(seen)) > 60 && Math.abs(turnOf(seen)) < 110,
  behind: (seen) => Math.abs(turnOf(seen)) > 150,
  'lean forward': (seen) => bentBy(seen).forward > 15,
  'lean back': (seen) => bentBy(seen).forward < -6,
  'lean left': (seen) => bentBy(seen).left > 8,
  'head left': (seen) => gaze(seen).yaw > 25,
  'head right': (seen) => gaze(seen).yaw < -25,
  'head up': (seen) => gaze(seen).pitch < -15,
  'head down': (seen) => gaze(seen).pitch > 15,
  'head tiltleft': (seen) => gaze(seen).roll < -9,
  'head tiltright': (seen) => gaze(seen).roll > 9,
  'head overL': (seen) => gaze(seen).yaw > 45,
  'head overR': (seen) => gaze(seen).yaw < -45,
  'head camera': (seen) => {
    const to = unit(subtract(seen.lens, seen.joints.headC))
    return to[0] * seen.head.z[0] + to[1] * seen.head.z[1] + to[2] * seen.head.z[2] > 0.9
  },
  'head atR': (seen) => {
    const to = unit(subtract(hand(seen, 'R'), seen.joints.headC))
    return to[0] * seen.head.z[0] + to[1] * seen.head.z[1] + to[2] * seen.head.z[2] > 0.85
  },
  full: (seen) => isDrawn(seen, 10) && isDrawn(seen, 13),
  half: (seen) => !isDrawn(seen, 10) && !isDrawn(seen, 13) && !isDrawn(seen, 9) && isDrawn(seen, 2),
  portrait: (seen) => !isDrawn(seen, 8) && !isDrawn(seen, 11) && isDrawn(seen, 0),
}

function holds(seen: Seen, judgement: string): boolean {
  if (judgement.startsWith('not ')) return !holds(seen, judgement.slice(4))
  const body = BODY[judgement]
  if (body) return body(seen)
  const [who = '', what = ''] = judgement.split(' ')
  const arm = ARM[what]
  if (!arm || !/^(L|R|B|one)$/.test(who)) throw new Error(`no such judgement: ${judgement}`)
  const [left, right] = [arm(seen, 'L'), arm(seen, 'R')]
  if (who === 'B') return left && right
  if (who === 'one') return left !== right
  return who === 'L' ? left : right
}

/** The judgements of `asked` (separated by `;`) that `geometry` does not fulfil. `isPlain`: is it the first draft? */
export function missing(geometry: PoseGeometry, asked: string, isPlain: boolean): string[] {
  const seen = seenIn(geometry)
  return asked
    .split('; ')
    .filter((judgement) => isPlain || !judgement.startsWith('~'))
    .filter((judgement) => !holds(seen, judgement.replace('~', '')))
}
