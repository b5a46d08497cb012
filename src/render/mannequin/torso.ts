// Trunk and sleeves: one group of cloth, so shirt and sleeve are a single surface, and the skin of neck and chest.
import type { Material } from './material'
import type { Look, Sleeve } from './outfit'
import type { Sculpture } from './sculpture'
import { cutOf } from './sculpture'
import { limbFrame, SIDES, type Skeleton, signOf } from './skeleton'
import { sculptSkirt } from './skirt'
import type { Surfaces } from './surfaces'
import { add, between, place, scale, type Vector } from './vector'

/** Radii in metres at size 1, per shape of body. */
const TRUNK = {
  female: { waist: [0.108, 0.12, 0.08], ribs: [0.122, 0.15, 0.09], yoke: 0.042, arm: 0.038 },
  neutral: { waist: [0.119, 0.125, 0.086], ribs: [0.135, 0.155, 0.1], yoke: 0.046, arm: 0.041 },
  male: { waist: [0.128, 0.13, 0.09], ribs: [0.15, 0.16, 0.108], yoke: 0.05, arm: 0.046 },
} as const satisfies Record<string, { waist: Vector; ribs: Vector; yoke: number; arm: number }>

/** How far down the arm a sleeve reaches: part of the upper arm, part of the forearm. */
const SLEEVE: Record<Sleeve, [number, number]> = { none: [0, 0], short: [0.56, 0], elbow: [1, 0.14], long: [1, 0.96] }

export function sculptTorso(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { pelvis, waist, ribs, chest } = body
  const trunk = TRUNK[look.shape]
  const female = look.shape === 'female'
  const loose =
    look.top.cut === 'hoodie'
      ? 0.014
      : look.top.cut === 'blazer' || look.top.cut === 'tunic'
        ? 0.009
        : look.top.tucked || look.dress
          ? 0.002
          : 0.006
  const grow = (r: Vector, by: number): Vector => [r[0] + by, r[1] + by, r[2] + by]

  clay.group(surfaces.top, chest)
  clay.ellipsoid(
    place(waist, [0, 0.07, 0.004]),
    waist,
    grow(trunk.waist, look.top.tucked || look.dress ? loose : loose + 0.006),
    {
      blend: 0.05,
    },
  )
  clay.ellipsoid(place(ribs, [0, 0.065, 0.008]), ribs, grow(trunk.ribs, loose), { blend: 0.06 })
  clay.ellipsoid(
    place(chest, [0, -0.07, 0.002]),
    chest,
    grow([trunk.ribs[0] + 0.008, 0.075, trunk.ribs[2] - 0.012], loose),
    {
      blend: 0.05,
    },
  )
  for (const side of SIDES) {
    const s = signOf(side)
    const { shoulder } = body.arm[side]
    clay.cone(
      place(chest, [s * 0.035, -0.035, -0.01]),
      between(shoulder, body.neckBase, 0.1),
      trunk.yoke,
      trunk.yoke - 0.005 + loose,
      {
        blend: 0.035,
      },
    )
    clay.cone(
      place(chest, [s * 0.012, 0.03, -0.018]),
      between(shoulder, place(chest, [0, 0.006, -0.01]), 0.3),
      0.03,
      0.03,
      {
        blend: 0.035,
      },
    )
    if (female) {
      clay.ellipsoid(place(chest, [s * 0.061, -0.168, 0.058]), chest, grow([0.062, 0.062, 0.05], loose * 0.5), {
        blend: 0.035,
      })
    } else {
      clay.ellipsoid(place(chest, [s * 0.066, -0.14, 0.058]), chest, [0.072, 0.055, 0.045], { blend: 0.05 })
    }
  }
  if (!look.dress && !look.top.tucked) sculptHem(clay, body, look, loose)
  else
    clay.ellipsoid(place(pelvis, [0, 0.075, -0.002]), pelvis, grow([trunk.waist[0] + 0.014, 0.06, 0.088], loose), {
      blend: 0.05,
    })
  if (look.dress) sculptSkirt(clay.inFrame(pelvis), body, look)
  clay.inFrame(chest)
  sculptSleeves(clay, body, look, loose, surfaces.sleeve)
  carveNeckline(clay, body, look)
  if (look.top.cut === 'hoodie') {
    clay.group(surfaces.top, chest)
    clay.cone(place(chest, [0.05, 0.025, -0.035]), place(chest, [-0.05, 0.025, -0.035]), 0.042, 0.042, { blend: 0.03 })
    clay.cone(place(chest, [0.055, 0.02, -0.02]), place(chest, [0.028, -0.03, 0.062]), 0.03, 0.02, { blend: 0.03 })
    clay.cone(place(chest, [-0.055, 0.02, -0.02]), place(chest, [-0.028, -0.03, 0.062]), 0.03, 0.02, { blend: 0.03 })
  }
  if (look.top.cut === 'shirt' || look.top.cut === 'blazer') sculptCollar(clay, body, look, surfaces)
  sculptNeck(clay, body, look, surfaces)
}

/** The part of an untucked top that hangs over the hips. */
function sculptHem(clay: Sculpture, body: Skeleton, look: Look, loose: number): void {
  const { pelvis, waist } = body
  const drop =
    look.top.cut === 'tunic' ? -0.12 : look.top.cut === 'blazer' || look.top.cut === 'hoodie' ? -0.05 : -0.025
  const cut = cutOf(pelvis, [0, drop, 0], [0, -1, 0])
  // A skirt is fuller at the hips than trousers: what hangs over it must be fuller still.
  const over = look.bottom.cut === 'skirt' || look.bottom.cut === 'longSkirt' ? 0.012 : 0
  const wide = (look.shape === 'female' ? 0.138 : 0.136) + loose + over
  clay.ellipsoid(place(waist, [0, 0.0, 0.0]), waist, [wide - 0.014, 0.12, 0.092 + loose], { blend: 0.06, cut })
  clay.ellipsoid(place(pelvis, [0, 0.0, -0.006]), pelvis, [wide + 0.014, 0.15, 0.103 + loose], { blend: 0.06, cut })
  for (const side of SIDES) {
    const { hip, knee } = body.leg[side]
    clay.ellipsoid(add(hip, scale(pelvis.z, -0.034 * body.size)), pelvis, [0.08, 0.086, 0.073], { blend: 0.03, cut })
    const seam = between(hip, body.pelvis.o, 0.1)
    clay.cone(seam, between(seam, knee, 0.4), 0.083 + over, 0.084 + over, { blend: 0.025, cut })
  }
}

function sculptSleeves(clay: Sculpture, body: Skeleton, look: Look, loose: number, material: Material): void {
  const [upper, lower] = SLEEVE[look.top.sleeve]
  const r = TRUNK[look.shape].arm
  if (look.top.sleeve === 'none') return
  for (const side of SIDES) {
    const { shoulder, elbow, wrist } = body.arm[side]
    const full = upper >= 1
    const start = between(shoulder, elbow, 0.04)
    clay.inFrame(limbFrame(shoulder, elbow, body.chest.x, body.size))
    if (!full) {
      clay.cone(start, between(shoulder, elbow, upper), r + 0.003 + loose, r + 0.013 + loose, {
        blend: 0.03,
        capEnd: true,
        material,
      })
      continue
    }
    clay.cone(start, elbow, r + 0.003 + loose, r + 0.001 + loose, { blend: 0.03, material })
    clay.inFrame(limbFrame(elbow, wrist, body.chest.x, body.size))
    const flare = look.top.cut === 'tunic' ? 0.012 : 0
    const end = (lower > 0.5 ? r - 0.008 : r + 0.004) + loose + flare
    clay.cone(elbow, between(elbow, wrist, lower), r + 0.001 + loose, end, { blend: 0.008, capEnd: true, material })
  }
  clay.inFrame(body.chest)
}

function carveNeckline(clay: Sculpture, body: Skeleton, look: Look): void {
  const { chest } = body
  clay.ellipsoid(place(chest, [0, 0.055, 0.004]), chest, [0.072, 0.066, 0.088], { carve: true, blend: 0.005 })
  const open = look.top.cut === 'shirt' || look.top.cut === 'blazer' || look.top.cut === 'blouse'
  if (open) {
    const blazer = look.top.cut === 'blazer'
    clay.cone(
      place(chest, [0, 0.03, 0.1]),
      place(chest, [0, blazer ? -0.23 : -0.06, blazer ? 0.155 : 0.14]),
      blazer ? 0.066 : 0.05,
      blazer ? 0.012 : 0.004,
      { carve: true, blend: 0.006 },
    )
  }
}

/** A turned-down collar; a blazer's runs on into lapels. */
function sculptCollar(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { chest } = body
  const long = look.top.cut === 'blazer'
  const bust = look.shape === 'female' ? 0.012 : 0
  clay.group(surfaces.collar, chest)
  for (const s of [1, -1]) {
    const nape = place(chest, [0, 0.048, -0.066])
    const side = place(chest, [s * 0.064, 0.044, -0.01])
    const front = place(chest, [s * (long ? 0.058 : 0.027), long ? -0.03 : -0.008, long ? 0.078 : 0.083])
    const tip = long
      ? place(chest, [s * 0.022, -0.215, 0.116 + bust])
      : place(chest, [s * 0.054, -0.052, 0.094 + bust * 0.5])
    clay.cone(nape, side, 0.015, 0.015, { blend: 0.006 })
    clay.cone(side, front, 0.015, 0.013, { blend: 0.008 })
    clay.cone(front, tip, long ? 0.028 : 0.016, long ? 0.008 : 0.006, {
      blend: 0.006,
      flat: { axis: chest.z, ratio: long ? 3 : 1.8 },
    })
  }
}

function sculptNeck(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { chest, ribs } = body
  const trunk = TRUNK[look.shape]
  const thick = look.shape === 'male' ? 0.057 : look.shape === 'female' ? 0.047 : 0.051
  clay.group(surfaces.skin, chest)
  clay.cone(place(chest, [0, -0.005, -0.012]), body.skullBase, thick + 0.004, thick - 0.003, { blend: 0.02 })
  const bare = look.top.cut === 'blazer' ? surfaces.under : surfaces.skin
  clay.ellipsoid(place(chest, [0, -0.07, 0]), chest, [trunk.ribs[0] - 0.002, 0.074, trunk.ribs[2] - 0.017], {
    blend: 0.045,
    material: bare,
  })
  if (look.top.cut === 'blazer') {
    clay.ellipsoid(place(ribs, [0, 0.07, 0.008]), ribs, [trunk.ribs[0] - 0.012, 0.14, trunk.ribs[2] - 0.004], {
      blend: 0.03,
      material: bare,
    })
  }
  for (const side of SIDES) {
    const s = signOf(side)
    clay.cone(
      place(chest, [s * 0.012, 0.03, -0.02]),
      between(body.arm[side].shoulder, place(chest, [0, 0, -0.01]), 0.3),
      0.03,
      0.026,
      { blend: 0.035 },
    )
  }
}
