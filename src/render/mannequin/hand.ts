// The 21 points of a hand in 3D: exactly, from a named shape and its orientation; from the 2D points of the record,
// lifted to the depth of wrist and palm; or a relaxed template hanging from the forearm.
import { unproject } from './camera'
import type { HandShape, PoseCamera } from './pose'
import type { Arm, Side } from './skeleton'
import { signOf } from './skeleton'
import { add, along, cross, distance, lengthOf, reject, scale, sineCosine, subtract, unit, type Vector } from './vector'

/** Hand frame: x to the thumb, y along the fingers, z out of the palm. */
type HandAxes = { x: Vector; y: Vector; z: Vector }

// Index to little finger: knuckle, phalanges (metres), spread (degrees).
const FINGERS = [
  { knuckle: [0.024, 0.088, 0], bones: [0.04, 0.024, 0.021], spread: 4 },
  { knuckle: [0.003, 0.09, 0], bones: [0.043, 0.027, 0.022], spread: 0 },
  { knuckle: [-0.016, 0.085, 0], bones: [0.039, 0.025, 0.021], spread: -4 },
  { knuckle: [-0.033, 0.076, 0], bones: [0.031, 0.019, 0.018], spread: -9 },
] as const

type Curl = readonly [number, number, number]
const FLAT: Curl = [4, 6, 4]
const STRAIGHT: Curl = [2, 3, 2]
const FIST: Curl = [82, 98, 55]
const GRIP: Curl = [48, 58, 30]
const HALF: Curl = [38, 48, 26]
const HOOK: Curl = [70, 80, 40]

type Shape = { curls: readonly [Curl, Curl, Curl, Curl]; thumb: keyof typeof THUMBS; spread: number }
const same = (curl: Curl): Shape['curls'] => [curl, curl, curl, curl]

// Thumb joints relative to the wrist, hand frame, metres.
// biome-ignore format: one thumb per line
const THUMBS = {
  rest: [[0.022, 0.022, 0.01], [0.043, 0.05, 0.02], [0.05, 0.08, 0.026], [0.052, 0.104, 0.03]],
  side: [[0.023, 0.022, 0.006], [0.047, 0.048, 0.01], [0.056, 0.08, 0.01], [0.06, 0.106, 0.01]],
  out: [[0.024, 0.02, 0.005], [0.053, 0.042, 0.008], [0.078, 0.06, 0.01], [0.098, 0.074, 0.012]],
  up: [[0.024, 0.022, 0.006], [0.052, 0.046, 0.01], [0.086, 0.048, 0.01], [0.113, 0.044, 0.008]],
  in: [[0.022, 0.022, 0.012], [0.04, 0.052, 0.028], [0.032, 0.078, 0.044], [0.01, 0.084, 0.052]],
  oppose: [[0.02, 0.022, 0.016], [0.034, 0.046, 0.04], [0.034, 0.07, 0.06], [0.028, 0.092, 0.07]],
  down: [[0.022, 0.018, 0.016], [0.034, 0.026, 0.044], [0.034, 0.022, 0.072], [0.032, 0.014, 0.094]],
} as const

// biome-ignore format: one hand per line
const SHAPES: Record<string, Shape> = {
  relaxed: { curls: [[16, 24, 14], [22, 30, 18], [27, 34, 20], [30, 36, 20]], thumb: 'rest', spread: 1 },
  flat: { curls: same(FLAT), thumb: 'side', spread: 0.7 },
  open: { curls: [FLAT, STRAIGHT, FLAT, FLAT], thumb: 'out', spread: 2.6 },
  soft: { curls: [[8, 16, 10], [16, 22, 12], [22, 26, 14], [24, 26, 14]], thumb: 'rest', spread: 1.3 },
  fist: { curls: same(FIST), thumb: 'in', spread: 0.5 },
  point: { curls: [STRAIGHT, FIST, FIST, FIST], thumb: 'in', spread: 0.5 },
  thumbsup: { curls: same(FIST), thumb: 'up', spread: 0.5 },
  peace: { curls: [STRAIGHT, STRAIGHT, FIST, FIST], thumb: 'in', spread: 3.2 },
  ok: { curls: [[48, 55, 30], [10, 12, 8], [6, 8, 6], [2, 6, 4]], thumb: 'oppose', spread: 2 },
  pinch: { curls: [[42, 48, 24], [46, 52, 28], [52, 58, 32], [56, 60, 32]], thumb: 'oppose', spread: 0.8 },
  grip: { curls: same(GRIP), thumb: 'oppose', spread: 0.8 },
  cup: { curls: same(HALF), thumb: 'oppose', spread: 0.9 },
  hook: { curls: same(HOOK), thumb: 'rest', spread: 0.5 },
  three: { curls: [STRAIGHT, STRAIGHT, STRAIGHT, FIST], thumb: 'in', spread: 2.4 },
  shaka: { curls: [FIST, FIST, FIST, STRAIGHT], thumb: 'up', spread: 1.4 },
  rock: { curls: [STRAIGHT, FIST, FIST, STRAIGHT], thumb: 'in', spread: 1.6 },
  heart: { curls: [[45, 40, 20], [50, 45, 20], [55, 48, 22], [58, 50, 24]], thumb: 'down', spread: 0.4 },
  fheart: { curls: [[58, 42, 18], FIST, FIST, FIST], thumb: 'oppose', spread: 0.5 },
  phone: { curls: [[30, 50, 26], [32, 54, 28], [34, 56, 30], [36, 56, 30]], thumb: 'side', spread: 0.8 },
}

export type Hand = { points: Vector[]; axes: HandAxes }

function axesOf(side: Side, fingers: Vector, palm: Vector): HandAxes {
  const y = unit(fingers)
  const z = unit(reject(palm, y), [0, 0, 1])
  return { x: scale(cross(y, z), -signOf(side)), y, z }
}

function posed(shape: Shape, wrist: Vector, axes: HandAxes, size: number): Vector[] {
  const points: Vector[] = [[0, 0, 0], ...THUMBS[shape.thumb]]
  FINGERS.forEach((finger, i) => {
    let p: Vector = finger.knuckle
    points.push(p)
    const [sine, cosine] = sineCosine(finger.spread * shape.spread)
    let bend = 0
    finger.bones.forEach((bone, k) => {
      bend += shape.curls[i]?.[k] ?? 0
      const [out, ahead] = sineCosine(bend)
      p = along(p, [sine * ahead, cosine * ahead, out], bone)
      points.push(p)
    })
  })
  return points.map(([a, b, c]) =>
    add(wrist, add(scale(axes.x, a * size), add(scale(axes.y, b * size), scale(axes.z, c * size)))),
  )
}

/** Palm axes from the joints alone: the palm joint lies 0.085 along the fingers and 0.02 out of the palm. */
function axesFromPalm(arm: Arm, side: Side): HandAxes {
  const toPalm = subtract(arm.palm, arm.wrist)
  const forearm = unit(subtract(arm.wrist, arm.elbow), [0, -1, 0])
  const out = reject(toPalm, forearm)
  const inwards: Vector = [-signOf(side), -0.15, -0.25]
  const palm = lengthOf(out) > 0.008 ? out : inwards
  const y = unit(along(toPalm, unit(palm), -0.02), forearm)
  return axesOf(side, y, palm)
}

// Child bones of the 21 points: parent index and template length (metres); lengths bound how far a lifted point strays.
const PARENT = [0, 0, 1, 2, 3, 0, 5, 6, 7, 0, 9, 10, 11, 0, 13, 14, 15, 0, 17, 18, 19]

function lifted(hand2d: readonly number[], arm: Arm, axes: HandAxes, camera: PoseCamera, template: Vector[]): Vector[] {
  const [sine, cosine] = sineCosine(camera.pitch)
  const depthOf = (p: Vector): number =>
    -(p[1] - (camera.position[1] ?? 0)) * sine - (p[2] - (camera.position[2] ?? 0)) * cosine
  const points: Vector[] = [arm.wrist]
  for (let i = 1; i < 21; i++) {
    const parent = points[PARENT[i] ?? 0] ?? arm.wrist
    const bone = distance(template[i] ?? arm.wrist, template[PARENT[i] ?? 0] ?? arm.wrist)
    const parentDepth = depthOf(parent)
    const level = unproject(camera, hand2d[i * 2] ?? 0, hand2d[i * 2 + 1] ?? 0, parentDepth)
    const shift = subtract(level, parent)
    const seen = lengthOf(shift)
    if (seen >= bone) {
      points.push(along(parent, shift, bone / Math.max(seen, 1e-6)))
      continue
    }
    // What the picture does not show of the bone's length goes into depth, to the side the palm closes.
    const depth = Math.sqrt(bone * bone - seen * seen)
    const toCamera: Vector = [0, sine, cosine]
    const lean = i % 4 === 1 ? axes.y : add(axes.y, axes.z)
    const sign = lean[1] * toCamera[1] + lean[2] * toCamera[2] >= 0 ? 1 : -1
    points.push(along(level, toCamera, depth * sign))
  }
  return points
}

/** Points (order of OpenPose hands) and axes of one hand; `known` wins over `hand2d`, which wins over the template. */
export function handOf(
  arm: Arm,
  side: Side,
  size: number,
  known: HandShape | undefined,
  hand2d: readonly number[] | null,
  camera: PoseCamera,
): Hand {
  const shape = known ? SHAPES[known.shape] : undefined
  if (known && shape) {
    const [a = 0, b = 1, c = 0] = known.fingers
    const [d = 0, e = 0, f = 1] = known.palm
    const axes = axesOf(side, [a, b, c], [d, e, f])
    return { points: posed(shape, arm.wrist, axes, size), axes }
  }
  const axes = axesFromPalm(arm, side)
  const template = posed(SHAPES.relaxed as Shape, arm.wrist, axes, size)
  return { points: hand2d ? lifted(hand2d, arm, axes, camera, template) : template, axes }
}
