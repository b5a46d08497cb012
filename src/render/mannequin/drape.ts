// What is worn over the top: a cloth over the shoulder, a vest, an apron, a tie, beads.
import { girthOf } from './girth'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import type { Skeleton } from './skeleton'
import { clothOf, darker } from './surfaces'
import { looseOf, sculptHem, sculptTrunk } from './torso'
import { along, between, type Frame, place, scale, sineCosine, type Vector } from './vector'

export function sculptDrape(clay: Sculpture, body: Skeleton, look: Look): void {
  if (look.tie) sculptTie(clay, body, look)
  if (look.over?.cut === 'vest') sculptVest(clay, body, look)
  if (look.over?.cut === 'apron') sculptApron(clay, body, look)
  if (look.sash) sculptSash(clay, body, look)
  if (look.necklace) sculptNecklace(clay, body, look)
}

/** How far in front of its usual place the chest is, metres at size 1. */
function fullness(look: Look): number {
  const girth = girthOf(look)
  return (girth.ribs - 1) * (girth.ribs > 1 ? 0.17 : 0.1) + (look.shape === 'female' ? (girth.bust - 1) * 0.03 : 0)
}

function sculptTie(clay: Sculpture, body: Skeleton, look: Look): void {
  if (!look.tie) return
  const { chest, waist } = body
  const z = fullness(look) + (look.shape === 'male' ? 0.01 : 0)
  const flat = { axis: chest.z, ratio: 3 }
  clay.group({ ...clothOf(look.tie, 0), specular: 0.1, power: 4 }, chest)
  clay.cone(place(chest, [0, -0.004, 0.078 + z]), place(chest, [0, -0.04, 0.091 + z]), 0.019, 0.013, {
    blend: 0.004,
    flat: { axis: chest.z, ratio: 1.5 },
  })
  clay.cone(place(chest, [0, -0.04, 0.09 + z]), place(chest, [0, -0.2, 0.117 + z]), 0.015, 0.03, { blend: 0.004, flat })
  const end = place(waist, [0, 0.02, 0.108 + z + girthOf(look).belly * 1.6])
  clay.cone(place(chest, [0, -0.2, 0.117 + z]), end, 0.03, 0.036, { blend: 0.004, flat, capEnd: true })
}

function sculptVest(clay: Sculpture, body: Skeleton, look: Look): void {
  if (!look.over) return
  const { chest } = body
  const loose = looseOf(look) + 0.009
  clay.group(clothOf(look.over, 0.5), chest)
  sculptTrunk(clay, body, look, loose)
  sculptHem(clay, body, look, loose, -0.005)
  // open at the neck and down the front, over the shirt
  clay.ellipsoid(place(chest, [0, 0.055, 0.004]), chest, [0.08, 0.072, 0.095], { carve: true, blend: 0.005 })
  clay.cone(place(chest, [0, 0.02, 0.12]), place(chest, [0, -0.2, 0.17]), 0.075, 0.06, { carve: true, blend: 0.006 })
  clay.box(place(chest, [0, -0.42, 0.35]), chest, [0.022, 0.4, 0.3], 0.012, { carve: true, blend: 0.008 })
}

function sculptApron(clay: Sculpture, body: Skeleton, look: Look): void {
  if (!look.over) return
  const { chest, pelvis, waist } = body
  const loose = looseOf(look) + 0.008
  const girth = girthOf(look)
  const cloth = clothOf(look.over, 0.6)
  const half = 0.096 * girth.waist
  clay.group(cloth, chest)
  sculptTrunk(clay, body, look, loose)
  sculptHem(clay, body, look, loose + 0.003, -0.03)
  clay.inFrame(pelvis)
  for (const t of [0, 0.5, 1]) {
    const hip = between(body.leg.left.hip, body.leg.right.hip, 0.12 + t * 0.76)
    const knee = between(body.leg.left.knee, body.leg.right.knee, 0.1 + t * 0.8)
    clay.cone(hip, between(hip, knee, 0.84), 0.1 * girth.leg, 0.106 * girth.leg, { blend: 0.04, capEnd: true })
  }
  // Only the front of that shell is cloth: what lies behind, beside the bib and above it is taken away.
  clay.inFrame(chest)
  clay.box(place(waist, [0, 0.1, -0.44]), waist, [0.6, 0.9, 0.46], 0.01, { carve: true, blend: 0.004 })
  for (const s of [1, -1]) {
    clay.box(place(chest, [s * (half + 0.2), -0.02, 0.1]), chest, [0.2, 0.27, 0.4], 0.01, { carve: true, blend: 0.004 })
  }
  clay.box(place(chest, [0, 0.14, 0.1]), chest, [0.4, 0.2, 0.4], 0.01, { carve: true, blend: 0.004 })
  // straps from the bib to the nape, and the knot around the waist
  const strap = { ...cloth, paint: 'plain' as const, colour: darker(look.over.colour, 0.15) }
  const z = fullness(look)
  clay.group(strap, chest)
  for (const s of [1, -1]) {
    const bib = place(chest, [s * 0.078, -0.066, 0.088 + z + loose])
    const top = place(chest, [s * 0.068, 0.03, 0.012])
    clay.cone(bib, place(chest, [s * 0.075, 0.002, 0.062 + z * 0.5 + loose]), 0.009, 0.009, { blend: 0.002 })
    clay.cone(place(chest, [s * 0.075, 0.002, 0.062 + z * 0.5 + loose]), top, 0.009, 0.01, { blend: 0.002 })
    clay.cone(top, place(chest, [0, 0.05, -0.07]), 0.01, 0.01, { blend: 0.002 })
  }
}

/** A band cut out of a shell around the trunk, so that it lies on whatever body is below. */
function sculptSash(clay: Sculpture, body: Skeleton, look: Look): void {
  if (!look.sash) return
  const { chest } = body
  const hanging = look.sash.way === 'hanging'
  const loose = looseOf(look) + (look.over ? 0.018 : 0.009)
  clay.group(clothOf(look.sash, 0.4), chest)
  sculptTrunk(clay, body, look, loose)
  sculptHem(clay, body, look, loose, hanging ? -0.1 : 0.03)
  // The band runs along y of this frame; what lies on either side of it is taken away.
  const [lean, upright] = sineCosine(hanging ? 0 : 27)
  const turned: Frame = {
    ...chest,
    o: place(chest, hanging ? [0.098, -0.2, 0] : [0.003, -0.19, 0]),
    x: turnedBy(chest, upright, -lean),
    y: turnedBy(chest, lean, upright),
  }
  const half = hanging ? 0.044 : 0.042
  for (const s of [1, -1]) {
    const beside = place(turned, [s * (half + 0.4), 0, 0])
    clay.box(beside, turned, [0.4, 0.9, 0.6], 0, { carve: true, blend: 0.003 })
  }
}

const turnedBy = (frame: Frame, x: number, y: number): Vector => along(scale(frame.x, x), frame.y, y)

function sculptNecklace(clay: Sculpture, body: Skeleton, look: Look): void {
  if (!look.necklace) return
  const { chest } = body
  const z = fullness(look) + looseOf(look) + (look.over ? 0.006 : 0) + (look.shape === 'male' ? 0.01 : 0)
  clay.group({ colour: look.necklace, specular: 0.6, power: 5, wrap: 0.2 }, chest)
  const beads = 13
  for (let i = 0; i < beads; i++) {
    const t = (i / (beads - 1)) * 2 - 1
    const hang = 1 - t * t
    clay.ball(place(chest, [t * 0.075, 0.02 - hang * 0.1, 0.05 + hang * 0.05 + z]), i === 6 ? 0.015 : 0.009)
  }
}
