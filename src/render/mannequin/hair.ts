// Hairstyles and the headscarf, hung from the head and, where they are long, over the shoulders.
import { coversCrown } from './headwear'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import { cutOf } from './sculpture'
import type { Skeleton } from './skeleton'
import type { Surfaces } from './surfaces'
import { add, between, place, type Vector } from './vector'

type At = (x: number, y: number, z: number) => Vector

export function sculptHair(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  if (look.headscarf) {
    sculptHeadscarf(clay, body, surfaces)
    return
  }
  const { head, chest } = body
  const at: At = (x, y, z) => place(head, [x, y, z])
  const onChest: At = (x, y, z) => place(chest, [x, y, z])
  const { style } = look.hair
  if (style === 'bald') return
  clay.group(surfaces.hair, head)
  // A hat presses hair flat, and what stands up or is tied high goes down to the nape.
  const pressed = coversCrown(look)
  const full = pressed
    ? 0.005
    : style === 'crop'
      ? 0.004
      : style === 'curly'
        ? 0.02
        : style === 'short' || style === 'pixie'
          ? 0.007
          : 0.012
  const cropped = style === 'crop' || style === 'short' || style === 'pixie' || style === 'curly'
  // Short hair stops at a line from the temples over the ears to the nape.
  const cut = cropped ? cutOf(head, [0, 0.012, 0.04], [0, -0.83, 0.56]) : undefined
  clay.ellipsoid(at(0, 0.031, -0.0145), head, [0.0725 + full, 0.0885 + full, 0.0935 + full], {
    blend: 0.01,
    ...(cut && { cut }),
  })
  if (cropped) {
    clay.ellipsoid(at(0, -0.004, -0.05), head, [0.062 + full * 0.6, 0.066, 0.054 + full * 0.5], {
      blend: 0.02,
      cut: cutOf(head, [0, -0.03, -0.012], [0, -0.7, 0.71]),
    })
  }
  if (style === 'short' && !pressed) {
    // combed up from the forehead and to one side
    clay.cone(at(-0.036, 0.082, 0.058), at(0.04, 0.09, 0.054), 0.016, 0.02, { blend: 0.04 })
    clay.ellipsoid(at(0.004, 0.088, 0.012), head, [0.062, 0.036, 0.066], { blend: 0.03 })
  }
  if (style === 'curly') {
    for (const [x, y, z] of CURLS)
      if (!(pressed && y >= 0.04) && !(look.headwear && z > 0.05)) clay.ball(at(x, y, z), 0.032, { blend: 0.024 })
  }
  if (style === 'pixie' && !pressed)
    clay.cone(at(0.03, 0.102, 0.06), at(-0.06, 0.07, 0.054), 0.018, 0.012, { blend: 0.02 })
  // A broad chest is in the way of locks that are laid over a narrow one.
  const ahead = look.shape === 'female' ? 0 : 0.024
  if (style === 'bob') sculptBob(clay, body, at)
  if (style === 'medium') sculptMedium(clay, body, at, onChest)
  if (style === 'long' || style === 'wavy')
    sculptLong(clay, body, at, style === 'wavy' ? (x, y, z) => onChest(x, y, z > 0 ? z + ahead : z) : onChest)
  if (style === 'wavy')
    for (const [x, y, z] of WAVES) clay.ball(onChest(x, y, z > 0 ? z + ahead : z), 0.03, { blend: 0.022 })
  if (style === 'braid') sculptBraid(clay, body, at, (x, y, z) => onChest(x, y, z > 0 ? z + ahead : z))
  if (style === 'ponytail' || style === 'bun' || style === 'braid') {
    clay.ellipsoid(at(0, 0.0, -0.055), head, [0.064, 0.056, 0.05], { blend: 0.03 })
  }
  if (style === 'bun' && pressed) clay.ellipsoid(at(0, -0.03, -0.11), head, [0.05, 0.036, 0.036], { blend: 0.01 })
  else if (style === 'bun') {
    clay.ball(at(0, 0.085, -0.112), 0.036, { blend: 0.008 })
    clay.cone(at(0.02, 0.102, -0.12), at(-0.02, 0.076, -0.132), 0.02, 0.02, { blend: 0.008 })
  }
  if (style === 'ponytail') {
    const root = pressed ? at(0, -0.01, -0.108) : at(0, 0.055, -0.112)
    const bend = add(pressed ? at(0, -0.04, -0.13) : at(0, 0.025, -0.155), [0, -0.005, 0])
    const down = add(between(bend, onChest(0, -0.1, -0.16), 0.75), [0, -0.04, 0])
    clay.ball(root, 0.02, { blend: 0.01 })
    clay.cone(root, bend, 0.02, 0.034, { blend: 0.014 })
    clay.cone(bend, between(bend, down, 0.55), 0.034, 0.033, { blend: 0.02 })
    clay.cone(between(bend, down, 0.55), down, 0.033, 0.012, { blend: 0.02 })
  }
  carveFace(clay, body, look, at)
}

/** The opening for the face: temples wide, rising to a parting, so that hair frames the forehead. */
function carveFace(clay: Sculpture, body: Skeleton, look: Look, at: At): void {
  const { style } = look.hair
  if (style === 'long' || style === 'wavy' || style === 'medium' || style === 'bob') {
    clay.ellipsoid(at(0, -0.045, 0.104), body.head, [0.082, 0.09, 0.088], { carve: true, blend: 0.01 })
    clay.cone(at(0.004, -0.01, 0.112), at(0.017, 0.072, 0.1), 0.062, 0.024, { carve: true, blend: 0.03 })
    return
  }
  const pulled = style === 'ponytail' || style === 'bun' || style === 'braid'
  clay.ellipsoid(at(0, -0.032, 0.104), body.head, [0.092, pulled ? 0.112 : 0.108, pulled ? 0.1 : 0.096], {
    carve: true,
    blend: 0.008,
  })
}

// biome-ignore format: a table
const CURLS: readonly Vector[] = [
  [0.05, 0.1, 0.02], [-0.05, 0.1, 0.02], [0, 0.122, 0.0], [0.03, 0.098, 0.062], [-0.03, 0.098, 0.062], [0.07, 0.06, -0.02],
  [-0.07, 0.06, -0.02], [0.06, 0.02, -0.06], [-0.06, 0.02, -0.06], [0, 0.075, -0.1], [0.04, 0.1, -0.06], [-0.04, 0.1, -0.06],
  [0.03, 0.005, -0.095], [-0.03, 0.005, -0.095], [0.075, 0.03, 0.015], [-0.075, 0.03, 0.015],
]

/** Hair to the chin, turned in at the ends. */
function sculptBob(clay: Sculpture, body: Skeleton, at: At): void {
  const cut = cutOf(body.head, [0, -0.098, 0], [0, -1, 0.12])
  for (const s of [1, -1]) {
    clay.cone(at(s * 0.05, 0.03, 0.0), at(s * 0.057, -0.08, 0.006), 0.036, 0.034, { blend: 0.03, cut })
    clay.cone(at(s * 0.052, 0.02, -0.05), at(s * 0.05, -0.085, -0.042), 0.04, 0.043, { blend: 0.03, cut })
  }
  clay.ellipsoid(at(0, -0.03, -0.055), body.head, [0.076, 0.095, 0.058], { blend: 0.03, cut })
}

// On the chest: the locks of long hair swell and shrink on their way down.
// biome-ignore format: a table
const WAVES: readonly Vector[] = [
  [0.1, 0.02, 0.035], [-0.1, 0.02, 0.035], [0.082, -0.045, 0.068], [-0.082, -0.045, 0.068], [0.104, -0.1, 0.078],
  [-0.104, -0.1, 0.078], [0.074, -0.15, 0.098], [-0.074, -0.15, 0.098], [0.05, -0.16, -0.11], [-0.05, -0.16, -0.11],
]

/** Hair to the shoulders, loose. */
function sculptMedium(clay: Sculpture, body: Skeleton, at: At, onChest: At): void {
  clay.ellipsoid(at(0, -0.02, -0.05), body.head, [0.08, 0.1, 0.062], { blend: 0.03 })
  for (const s of [1, -1]) {
    const jaw = at(s * 0.066, -0.075, -0.002)
    clay.cone(at(s * 0.058, 0.03, 0.0), jaw, 0.032, 0.033, { blend: 0.03 })
    clay.cone(jaw, between(jaw, onChest(s * 0.085, 0.02, 0.02), 0.8), 0.033, 0.02, { blend: 0.03 })
    clay.cone(at(s * 0.05, 0.0, -0.05), onChest(s * 0.06, 0.03, -0.045), 0.042, 0.034, { blend: 0.03 })
  }
}

/** One plait from the nape over the left shoulder to the chest. */
function sculptBraid(clay: Sculpture, body: Skeleton, at: At, onChest: At): void {
  const path = [
    at(0.03, -0.05, -0.095),
    onChest(0.075, 0.06, -0.03),
    onChest(0.092, 0.02, 0.045),
    onChest(0.08, -0.19, 0.105),
  ]
  path.slice(1).forEach((b, i) => {
    const a = path[i] ?? b
    const knots = i === 2 ? 5 : 3
    for (let k = 0; k < knots; k++) {
      const size = i === 2 ? 0.027 - k * 0.002 : 0.028
      clay.ellipsoid(between(a, b, (k + 0.5) / knots), body.chest, [size, size * 0.95, size * 0.85], { blend: 0.005 })
    }
  })
  clay.cone(onChest(0.08, -0.195, 0.105), onChest(0.079, -0.235, 0.106), 0.012, 0.018, { blend: 0.004 })
}

/** Hair down the back, with a lock over each shoulder. */
function sculptLong(clay: Sculpture, body: Skeleton, at: At, onChest: At): void {
  const { head, chest } = body
  const flat = { axis: chest.z, ratio: 1.9 }
  clay.ellipsoid(at(0, -0.015, -0.045), head, [0.08, 0.09, 0.064], { blend: 0.03 })
  clay.cone(at(0, -0.05, -0.04), onChest(0, 0.0, -0.07), 0.085, 0.1, {
    blend: 0.04,
    flat: { axis: head.z, ratio: 1.4 },
  })
  clay.cone(onChest(0, 0.0, -0.07), onChest(0, -0.2, -0.105), 0.1, 0.062, { blend: 0.04, flat })
  for (const s of [1, -1]) {
    const temple = at(s * 0.06, 0.03, 0.0)
    const jaw = at(s * 0.07, -0.075, 0.0)
    const shoulder = between(jaw, onChest(s * 0.088, -0.03, 0.05), 0.85)
    clay.cone(temple, jaw, 0.03, 0.029, { blend: 0.03 })
    clay.cone(jaw, shoulder, 0.029, 0.032, { blend: 0.03 })
    clay.cone(shoulder, onChest(s * 0.084, -0.14, 0.092), 0.032, 0.021, {
      blend: 0.03,
      flat: { axis: chest.z, ratio: 1.5 },
    })
    clay.cone(shoulder, onChest(s * 0.062, -0.15, 0.1), 0.02, 0.008, {
      blend: 0.02,
      flat: { axis: chest.z, ratio: 1.4 },
    })
  }
}

/** A hijab: cloth around the face, under the chin, over neck, shoulders and chest. */
function sculptHeadscarf(clay: Sculpture, body: Skeleton, surfaces: Surfaces): void {
  const { head, chest } = body
  const scarf = surfaces.scarf ?? surfaces.top
  const at: At = (x, y, z) => place(head, [x, y, z])
  const onChest: At = (x, y, z) => place(chest, [x, y, z])
  clay.group(scarf, chest)
  clay.ellipsoid(at(0, 0.03, -0.014), head, [0.0855, 0.1, 0.106], { blend: 0.02 })
  clay.ellipsoid(at(0, -0.03, 0.0), head, [0.08, 0.092, 0.084], { blend: 0.03 })
  clay.cone(at(0, -0.085, 0.022), onChest(0, 0.03, 0.012), 0.066, 0.078, { blend: 0.04 })
  clay.cone(at(0, -0.108, 0.042), onChest(0, -0.02, 0.05), 0.034, 0.06, { blend: 0.04 })
  for (const s of [1, -1]) {
    clay.cone(
      onChest(s * 0.03, 0.012, -0.012),
      between(body.arm[s > 0 ? 'left' : 'right'].shoulder, body.neckBase, 0.22),
      0.07,
      0.06,
      { blend: 0.05 },
    )
    clay.cone(onChest(s * 0.055, -0.02, 0.04), onChest(s * 0.06, -0.17, 0.078), 0.068, 0.066, { blend: 0.05 })
  }
  clay.cone(onChest(0, 0, 0.05), onChest(0.01, -0.2, 0.1), 0.06, 0.05, { blend: 0.05 })
  clay.cone(onChest(0, 0, -0.03), onChest(0, -0.19, -0.062), 0.095, 0.085, {
    blend: 0.05,
    flat: { axis: chest.z, ratio: 1.5 },
  })
  clay.ellipsoid(at(0, -0.021, 0.1), head, [0.059, 0.0835, 0.078], { carve: true, blend: 0.008 })
}
