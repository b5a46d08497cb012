// Trunk and sleeves: one group of cloth, so shirt and sleeve are a single surface, and the skin of neck and chest.
import { carveNeckline, sculptCollar } from './collar'
import { girded, girthOf, TRUNK } from './girth'
import type { Look, TopCut } from './outfit'
import type { Options, Sculpture } from './sculpture'
import { cutOf } from './sculpture'
import { SIDES, type Skeleton, signOf } from './skeleton'
import { sculptSkirt } from './skirt'
import { sculptSleeves } from './sleeves'
import type { Surfaces } from './surfaces'
import { add, between, place, scale, type Vector } from './vector'

/** Air between body and cloth, metres at size 1; other cuts as `looseOf` says. */
const LOOSE: Partial<Record<TopCut, number>> = {
  hoodie: 0.014,
  blazer: 0.009,
  tunic: 0.009,
  beskap: 0.008,
  koko: 0.01,
  kurung: 0.011,
  bodo: 0.02,
  kebaya: 0.003,
}

export const looseOf = (look: Look): number => LOOSE[look.top.cut] ?? (look.top.tucked || look.dress ? 0.002 : 0.006)

const grow = (r: Vector, by: number): Vector => [r[0] + by, r[1] + by, r[2] + by]

export function sculptTorso(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { pelvis, chest } = body
  const girth = girthOf(look)
  const trunk = TRUNK[look.shape]
  const loose = looseOf(look)
  clay.group(surfaces.top, chest)
  sculptTrunk(clay, body, look, loose)
  if (!look.dress && !look.top.tucked) sculptHem(clay, body, look, loose, hemOf(look))
  else {
    const hips = girded([trunk.waist[0] + 0.014, 0.06, 0.088], girth.hips)
    clay.ellipsoid(place(pelvis, [0, 0.075, -0.002]), pelvis, grow(hips, loose), { blend: 0.05 })
  }
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
  sculptCollar(clay, body, look, surfaces)
  sculptNeck(clay, body, look, surfaces)
}

/** Waist to shoulders in the current group, `loose` metres (at size 1) off the skin. */
export function sculptTrunk(clay: Sculpture, body: Skeleton, look: Look, loose: number): void {
  const { waist, ribs, chest } = body
  const trunk = TRUNK[look.shape]
  const girth = girthOf(look)
  const atWaist = look.top.tucked || look.dress || look.top.cut === 'kebaya' ? loose : loose + 0.006
  clay.ellipsoid(place(waist, [0, 0.07, 0.004]), waist, grow(girded(trunk.waist, girth.waist), atWaist), {
    blend: 0.05,
  })
  clay.ellipsoid(place(ribs, [0, 0.065, 0.008]), ribs, grow(girded(trunk.ribs, girth.ribs), loose), { blend: 0.06 })
  const upper = girded([trunk.ribs[0] + 0.008, 0.075, trunk.ribs[2] - 0.012], girth.ribs)
  clay.ellipsoid(place(chest, [0, -0.07, 0.002]), chest, grow(upper, loose), { blend: 0.05 })
  if (girth.belly > 0) {
    const round: Vector = [trunk.waist[0] * girth.waist * 0.86, 0.1, trunk.waist[2] * girth.waist * 0.8]
    clay.ellipsoid(place(waist, [0, 0.01, girth.belly]), waist, grow(round, loose), { blend: 0.06 })
  }
  for (const side of SIDES) {
    const s = signOf(side)
    const { shoulder } = body.arm[side]
    const yoke = trunk.yoke * girth.yoke
    const point = between(shoulder, body.neckBase, 0.1)
    clay.cone(place(chest, [s * 0.035, -0.035, -0.01]), point, yoke, yoke - 0.005 + loose, { blend: 0.035 })
    const slope = between(shoulder, place(chest, [0, 0.006, -0.01]), 0.3)
    clay.cone(place(chest, [s * 0.012, 0.03, -0.018]), slope, 0.03, 0.03, { blend: 0.035 })
    if (look.shape === 'female') {
      const bust: Vector = [0.062 * girth.bust, 0.062 * girth.bust, 0.05 * girth.bust]
      clay.ellipsoid(place(chest, [s * 0.061, -0.168, 0.058]), chest, grow(bust, loose * 0.5), { blend: 0.035 })
    } else {
      const front: Vector = [0.072 * girth.bust, 0.055 * girth.bust, 0.045 * girth.bust]
      clay.ellipsoid(place(chest, [s * 0.066, -0.14, 0.058]), chest, front, { blend: 0.05 })
    }
  }
}

/** How far below the hip joints a top ends, metres at size 1; kurung and bodo hang further, as cloth does. */
const HEM: Partial<Record<TopCut, number>> = {
  tunic: -0.12,
  blazer: -0.05,
  hoodie: -0.05,
  kebaya: -0.075,
  beskap: -0.06,
  koko: -0.1,
  kurung: -0.2,
  bodo: 0.01,
}

/** A tunic ends high enough to show the cloth that is wound around the hips. */
const hemOf = (look: Look): number => (look.samping && look.top.cut !== 'bodo' ? -0.06 : (HEM[look.top.cut] ?? -0.025))

/** The part of a top or vest that hangs over the hips, down to `drop` metres (size 1) above the hip joints. */
export function sculptHem(clay: Sculpture, body: Skeleton, look: Look, loose: number, drop: number): void {
  const { pelvis, waist } = body
  const girth = girthOf(look)
  const cut = cutOf(pelvis, [0, drop, 0], [0, -1, 0])
  // A skirt is fuller at the hips than trousers: what hangs over it must be fuller still.
  const over = look.bottom.cut === 'skirt' || look.bottom.cut === 'longSkirt' || look.samping ? 0.012 : 0
  const wide = (look.shape === 'female' ? 0.138 : 0.136) * girth.hips + loose + over
  const options: Options = { blend: 0.06, cut }
  const depth = girth.hips + girth.belly * 3
  clay.ellipsoid(place(waist, [0, 0.0, 0.0]), waist, [wide - 0.014, 0.12, 0.092 * depth + loose], options)
  clay.ellipsoid(place(pelvis, [0, 0.0, -0.006]), pelvis, [wide + 0.014, 0.15, 0.103 * depth + loose], options)
  for (const side of SIDES) {
    const { hip, knee } = body.leg[side]
    const seat = girded([0.08, 0.086, 0.073], girth.hips)
    clay.ellipsoid(add(hip, scale(pelvis.z, -0.034 * body.size)), pelvis, seat, { blend: 0.03, cut })
    const seam = between(hip, body.pelvis.o, 0.1)
    const [top, end] = [0.083 * girth.leg + over, 0.084 * girth.leg + over]
    clay.cone(seam, between(seam, knee, 0.4), top, end, { blend: 0.025, cut })
  }
  if (look.top.cut !== 'kurung' || look.samping) return
  // A long tunic hangs on over the thighs as one cloth, whatever the legs do.
  const { left, right } = body.leg
  for (const t of [0, 0.5, 1]) {
    const hip = between(left.hip, right.hip, 0.1 + t * 0.8)
    const knee = between(left.knee, right.knee, t)
    const radius = 0.088 * girth.leg + over + loose
    clay.cone(hip, between(hip, knee, 0.66), radius, radius + 0.016, { blend: 0.04, capEnd: true })
  }
}

function sculptNeck(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { chest, ribs } = body
  const trunk = TRUNK[look.shape]
  const girth = girthOf(look)
  const thick = (look.shape === 'male' ? 0.057 : look.shape === 'female' ? 0.047 : 0.051) * girth.face
  clay.group(surfaces.skin, chest)
  clay.cone(place(chest, [0, -0.005, -0.012]), body.skullBase, thick + 0.004, thick - 0.003, { blend: 0.02 })
  const bare = look.top.cut === 'blazer' ? surfaces.under : surfaces.skin
  const upper = girded([trunk.ribs[0] - 0.002, 0.074, trunk.ribs[2] - 0.017], girth.ribs)
  clay.ellipsoid(place(chest, [0, -0.07, 0]), chest, upper, { blend: 0.045, material: bare })
  if (look.top.cut === 'blazer') {
    const shirt = girded([trunk.ribs[0] - 0.012, 0.14, trunk.ribs[2] - 0.004], girth.ribs)
    clay.ellipsoid(place(ribs, [0, 0.07, 0.008]), ribs, shirt, { blend: 0.03, material: bare })
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
