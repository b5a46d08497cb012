// Arms and hands, legs and feet, and what is worn on the legs.
import { girthOf } from './girth'
import type { Hand } from './hand'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import { type Leg, SIDES, type Side, type Skeleton, signOf } from './skeleton'
import { sculptHips, sculptSkirt } from './skirt'
import type { Surfaces } from './surfaces'
import { along, between, cross, type Frame, place, scale, subtract, unit, type Vector } from './vector'

const THICK = { female: 0.88, neutral: 0.97, male: 1.1 } as const
const HAND = { female: 0.95, neutral: 1, male: 1.04 } as const

export function sculptArm(
  clay: Sculpture,
  body: Skeleton,
  side: Side,
  hand: Hand,
  look: Look,
  surfaces: Surfaces,
): void {
  const { shoulder, elbow, wrist } = body.arm[side]
  const k = THICK[look.shape] * girthOf(look).arm
  clay.group(surfaces.skin, body.chest)
  const sleeve = look.top.sleeve
  if (sleeve !== 'long') {
    if (sleeve !== 'elbow') {
      const start = between(shoulder, elbow, sleeve === 'none' ? 0 : 0.3)
      clay.cone(start, between(shoulder, elbow, 0.5), (sleeve === 'none' ? 0.05 : 0.044) * k, 0.041 * k, {
        blend: 0.02,
      })
      clay.cone(between(shoulder, elbow, 0.5), elbow, 0.041 * k, 0.0355 * k, { blend: 0.007 })
    }
    const belly = between(elbow, wrist, 0.26)
    clay.cone(elbow, belly, 0.0355 * k, 0.0375 * k, { blend: 0.007 })
    clay.cone(belly, wrist, 0.0375 * k, 0.0245 * k, { blend: 0.007 })
  } else clay.cone(between(elbow, wrist, 0.8), wrist, 0.027 * k, 0.0245 * k, { blend: 0.01 })
  sculptHand(clay, hand, wrist, THICK[look.shape], HAND[look.shape], body.size)
}

const FINGER_RADII = [
  [0.0145, 0.0122, 0.0108, 0.0085],
  [0.0102, 0.0093, 0.0084, 0.0072],
  [0.0104, 0.0095, 0.0086, 0.0073],
  [0.0101, 0.0092, 0.0083, 0.0071],
  [0.0089, 0.0081, 0.0073, 0.0063],
] as const

function sculptHand(clay: Sculpture, hand: Hand, wrist: Vector, thick: number, k: number, size: number): void {
  const { points, axes } = hand
  const frame: Frame = { o: wrist, ...axes, size: size * k }
  clay.cone(wrist, place(frame, [0, 0.018, 0]), 0.0245 * thick, 0.023 * k, {
    blend: 0.012,
    flat: { axis: axes.z, ratio: 1.2 },
  })
  // palm: a flat wedge, wider at the knuckles, with the ball of the thumb
  clay.cone(place(frame, [0.003, 0.022, 0.001]), place(frame, [-0.004, 0.076, 0]), 0.027 * k, 0.037 * k, {
    blend: 0.016,
    flat: { axis: axes.z, ratio: 2.35 },
  })
  const thumb = points[2] ?? wrist
  clay.cone(
    place(frame, [0.014, 0.024, 0.008]),
    between(place(frame, [0.014, 0.024, 0.008]), thumb, 0.75),
    0.017 * k,
    0.0135 * k,
    {
      blend: 0.016,
    },
  )
  for (let finger = 0; finger < 5; finger++) {
    for (let bone = finger === 0 ? 1 : 0; bone < 3; bone++) {
      const i = 1 + finger * 4 + bone
      const [a, b] = [points[i], points[i + 1]]
      if (!a || !b) continue
      const radii = FINGER_RADII[finger] as readonly number[]
      clay.cone(a, b, (radii[bone] ?? 0.008) * k, (radii[bone + 1] ?? 0.008) * k, { blend: bone === 0 ? 0.006 : 0.003 })
    }
  }
}

/** Skin of both legs; only what the clothes leave bare is seen. */
export function sculptLegs(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const k = girthOf(look).leg
  for (const side of SIDES) {
    const leg = body.leg[side]
    const { hip, knee, ankle } = leg
    clay.group(surfaces.skin, body.pelvis)
    // Skin begins below the hem: deeper inside it could break through where the cloth is drawn tight.
    const shorts = look.bottom.cut === 'shorts'
    const short = !shorts && look.bottom.cut === 'skirt'
    const long = look.bottom.cut === 'longSkirt' || (look.dress && !short)
    if (shorts || short) {
      const start = shorts ? 0.5 : 0.75
      clay.cone(between(hip, knee, start), knee, (0.066 - (start - 0.5) * 0.03) * k, 0.047 * k, { blend: 0.02 })
      clay.ball(along(knee, leg.behindKnee, -0.006 * body.size), 0.045 * k, { blend: 0.02 })
    }
    if (shorts || short || long) {
      const calf = along(between(knee, ankle, 0.28), leg.behindKnee, 0.014 * body.size)
      const shin = between(calf, ankle, 0.58)
      if (!long) {
        clay.cone(knee, calf, 0.044 * k, 0.049 * k, { blend: 0.012 })
        clay.cone(calf, shin, 0.049 * k, 0.036 * k, { blend: 0.012 })
      }
      clay.cone(shin, ankle, 0.036 * k, 0.029, { blend: 0.012 })
    } else clay.cone(between(knee, ankle, 0.78), ankle, 0.034 * Math.min(1, k * k), 0.029 * Math.min(1, k))
    sculptFoot(clay, leg, body.size, look, surfaces)
  }
}

function sculptFoot(clay: Sculpture, leg: Leg, size: number, look: Look, surfaces: Surfaces): void {
  const { heel, ball, toe, up, forward } = leg.foot
  const { ankle } = leg
  const side = unit(cross(up, forward), [1, 0, 0])
  const bare = look.shoes.cut === 'bare' || look.shoes.cut === 'sandal'
  const frame: Frame = { o: heel, x: side, y: up, z: forward, size }
  const toeDirection = unit(subtract(toe, ball), forward)
  const lift = (p: Vector, h: number): Vector => along(p, up, h * size)
  const ground = { point: along(heel, up, -0.002 * size), normal: scale(up, -1) }
  if (bare) clay.cone(ankle, lift(heel, 0.035), 0.031, 0.03, { blend: 0.02 })
  else clay.group(surfaces.shoe, frame)
  const grow = bare ? -0.003 : look.shoes.cut === 'sneaker' ? 0.004 : 0
  const low = look.shoes.cut === 'flat'
  const instep = between(ankle, lift(ball, 0.03), 0.45)
  const front = along(lift(toe, 0.014), toeDirection, -0.018 * size)
  clay.cone(lift(heel, 0.032), lift(ball, 0.022), 0.031 + grow, 0.033 + grow, {
    blend: 0.02,
    cut: ground,
    flat: { axis: up, ratio: 1.08 },
  })
  clay.cone(lift(ball, 0.02), front, 0.037 + grow, 0.027 + grow, {
    blend: 0.03,
    cut: ground,
    flat: { axis: up, ratio: 1.45 },
  })
  clay.cone(lift(heel, 0.03), front, 0.024, 0.02, { blend: 0.02, cut: ground })
  if (!low) {
    clay.cone(
      along(ankle, up, 0.005 * size),
      lift(heel, 0.035),
      look.shoes.cut === 'sneaker' ? 0.036 : 0.033,
      0.032 + grow,
      { blend: 0.02 },
    )
    clay.cone(instep, lift(ball, 0.026), 0.033 + grow, 0.03 + grow, { blend: 0.03 })
  } else clay.cone(between(instep, lift(ball, 0.02), 0.6), lift(ball, 0.022), 0.026, 0.029, { blend: 0.02 })
  if (bare) {
    for (let i = 0; i < 5; i++) {
      const x = (0.024 - i * 0.0125) * size
      const base = along(along(front, side, x), toeDirection, 0.004 * size)
      clay.cone(base, along(base, toeDirection, (0.02 - i * 0.0035) * size), 0.0115 - i * 0.001, 0.0095 - i * 0.0008, {
        blend: 0.006,
      })
    }
  }
}

/** Trousers, shorts or a skirt, and half a sarong over it; the skirt of a dress is one piece with its top (torso.ts). */
export function sculptBottom(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  if (look.dress) return
  clay.group(surfaces.bottom, body.pelvis)
  if (look.bottom.cut === 'skirt' || look.bottom.cut === 'longSkirt') sculptSkirt(clay, body, look)
  else {
    sculptHips(clay, body, look)
    for (const side of SIDES) {
      const hip = place({ ...body.pelvis, o: body.leg[side].hip }, [signOf(side) * -0.006, -0.005, -0.006])
      sculptTrouserLeg(clay, { ...body.leg[side], hip }, look)
    }
  }
  if (look.samping && surfaces.samping) {
    clay.group(surfaces.samping, body.pelvis)
    sculptSkirt(clay, body, look, { reach: 0.86, grow: 0.007 })
  }
}

const TROUSERS = {
  slim: { knee: 0.051, calf: 0.05, hem: 0.036 },
  straight: { knee: 0.059, calf: 0.056, hem: 0.052 },
  wide: { knee: 0.072, calf: 0.079, hem: 0.088 },
} as const

/** Radii of a trouser leg around a leg that is `k` times as thick as the average. */
function trousersOf(cut: string, k: number): { knee: number; calf: number; hem: number } {
  const { knee, calf, hem } = TROUSERS[cut as keyof typeof TROUSERS] ?? TROUSERS.straight
  return { knee: knee * k, calf: calf * k, hem: hem * (1 + (k - 1) * 0.5) }
}

function sculptTrouserLeg(clay: Sculpture, leg: Leg, look: Look): void {
  const { hip, knee, ankle, behindKnee } = leg
  const thigh = between(hip, knee, 0.42)
  const k = girthOf(look).leg
  if (look.bottom.cut === 'shorts') {
    clay.cone(hip, thigh, 0.085 * k, 0.079 * k, { blend: 0.03 })
    clay.cone(thigh, between(hip, knee, 0.76), 0.079 * k, 0.075 * k, { blend: 0.02, capEnd: true })
    return
  }
  const { knee: kneeRadius, calf, hem } = trousersOf(look.bottom.cut, k)
  const middle = Math.max(0.071 * k, kneeRadius + 0.008)
  clay.cone(hip, thigh, 0.079 * k, middle, { blend: 0.035 })
  clay.cone(thigh, knee, middle, kneeRadius, { blend: 0.008 })
  const end = between(knee, ankle, 0.95)
  if (look.bottom.cut !== 'slim') {
    clay.cone(knee, end, kneeRadius, hem, { blend: 0.012, capEnd: true })
    return
  }
  const belly = along(between(knee, ankle, 0.3), behindKnee, 0.01)
  clay.cone(knee, belly, kneeRadius, calf, { blend: 0.012 })
  clay.cone(belly, end, calf, hem, { blend: 0.015, capEnd: true })
}
