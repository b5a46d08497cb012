// Openings at the neck, and what edges them: turned-down and standing collars, lapels, the bands of a kebaya.
import { girthOf } from './girth'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import type { Skeleton } from './skeleton'
import type { Surfaces } from './surfaces'
import { place } from './vector'

export function carveNeckline(clay: Sculpture, body: Skeleton, look: Look): void {
  const { chest } = body
  clay.ellipsoid(place(chest, [0, 0.055, 0.004]), chest, [0.072, 0.066, 0.088], { carve: true, blend: 0.005 })
  if (look.top.cut === 'kebaya') {
    clay.cone(place(chest, [0, 0.02, 0.085]), place(chest, [0, -0.135, 0.125]), 0.06, 0.008, {
      carve: true,
      blend: 0.006,
    })
    return
  }
  if (look.top.cut === 'koko' || look.top.cut === 'kurung') {
    // a slit down from the neck
    clay.cone(place(chest, [0, 0.02, 0.09]), place(chest, [0, -0.075, 0.125]), 0.016, 0.004, {
      carve: true,
      blend: 0.004,
    })
    return
  }
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

const STANDING: readonly string[] = ['beskap', 'koko']

/** What the cut of the top has around the neck, if anything. */
export function sculptCollar(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { cut } = look.top
  if (cut === 'shirt' || cut === 'blazer') sculptTurnedCollar(clay, body, look, surfaces)
  if (cut === 'kebaya') sculptKebayaBands(clay, body, look, surfaces)
  if (STANDING.includes(cut) || (cut === 'kurung' && look.shape !== 'female')) {
    sculptStandingCollar(clay, body, look, surfaces)
  }
}

/** A low band around the neck; down the front a placket of another shade with buttons. */
function sculptStandingCollar(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { chest } = body
  const closed = look.top.cut === 'beskap'
  clay.group(surfaces.trim, chest)
  const points: [number, number, number][] = [
    [0, 0.052, -0.068],
    [0.05, 0.046, -0.048],
    [0.066, 0.034, -0.004],
    [0.05, 0.018, 0.046],
    [closed ? 0.004 : 0.014, 0.006, 0.071],
  ]
  for (const s of [1, -1]) {
    points.slice(1).forEach(([x, y, z], i) => {
      const [px, py, pz] = points[i] ?? [0, 0, 0]
      clay.cone(place(chest, [s * px, py, pz]), place(chest, [s * x, y, z]), 0.017, 0.017, {
        blend: 0.004,
        flat: { axis: chest.x, ratio: 1 },
      })
    })
  }
  // how far this chest stands in front of the plainest one
  const bust = (look.shape === 'female' ? 0.01 : look.shape === 'male' ? 0.013 : 0.004) + (girthOf(look).ribs - 1) * 0.1
  const flat = { axis: chest.z, ratio: 2.4 }
  clay.group(surfaces.trim, chest)
  if (closed) {
    for (const [y, z] of [
      [-0.05, 0.088],
      [-0.1, 0.103],
      [-0.15, 0.112],
      [-0.2, 0.116],
      [-0.25, 0.117],
    ] as const) {
      clay.ball(place(chest, [0.012, y, z + bust]), 0.0085, { material: surfaces.gold })
    }
    return
  }
  for (const s of [1, -1]) {
    clay.cone(place(chest, [s * 0.016, -0.005, 0.073]), place(chest, [s * 0.013, -0.09, 0.1 + bust]), 0.014, 0.014, {
      blend: 0.004,
      flat,
    })
  }
  clay.cone(place(chest, [0, -0.09, 0.1 + bust]), place(chest, [0, -0.2, 0.113 + bust]), 0.022, 0.018, {
    blend: 0.01,
    flat,
  })
  for (const [y, z] of [
    [-0.11, 0.11],
    [-0.145, 0.115],
    [-0.18, 0.119],
  ] as const) {
    clay.ball(place(chest, [0, y, z + bust]), 0.006, { material: surfaces.gold })
  }
}

/** The front edges of a kebaya from nape to hip, held by three brooches. */
function sculptKebayaBands(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { chest } = body
  const bust = look.shape === 'female' ? 0.016 : 0
  const flat = { axis: chest.z, ratio: 2 }
  clay.group(surfaces.trim, chest)
  for (const s of [1, -1]) {
    const nape = place(chest, [s * 0.012, 0.05, -0.066])
    const side = place(chest, [s * 0.068, 0.034, -0.006])
    const front = place(chest, [s * 0.05, -0.03, 0.082])
    const meet = place(chest, [s * 0.008, -0.135, 0.106 + bust])
    clay.cone(nape, side, 0.01, 0.011, { blend: 0.006 })
    clay.cone(side, front, 0.011, 0.012, { blend: 0.008 })
    clay.cone(front, meet, 0.013, 0.012, { blend: 0.008, flat })
    clay.cone(meet, place(chest, [s * 0.012, -0.27, 0.096 + bust * 0.4]), 0.013, 0.013, { blend: 0.008, flat })
  }
  for (const [y, z] of [
    [-0.135, 0.117],
    [-0.185, 0.119],
    [-0.235, 0.112],
  ] as const) {
    clay.ball(place(chest, [0, y, z + bust * (y < -0.2 ? 0.6 : 1)]), 0.0085, { material: surfaces.gold })
  }
}

/** A turned-down collar; a blazer's runs on into lapels. */
function sculptTurnedCollar(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
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
