// Skull, face, ears and nose; the face itself (eyes, brows, lips) is painted by the kernel in the head's frame.
import { girthOf } from './girth'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import type { Skeleton } from './skeleton'
import type { Surfaces } from './surfaces'
import { place, type Vector } from './vector'

export function sculptHead(clay: Sculpture, body: Skeleton, look: Look, surfaces: Surfaces): void {
  const { head } = body
  const at = (x: number, y: number, z: number): Vector => place(head, [x, y, z])
  const male = look.shape === 'male'
  clay.group(surfaces.face, head)
  clay.ellipsoid(at(0, 0.031, -0.012), head, [0.072, 0.087, 0.093], { blend: 0.02 })
  clay.ellipsoid(at(0, -0.012, 0.03), head, [0.0645, 0.075, 0.0635], { blend: 0.025 })
  const { face } = girthOf(look)
  // Cheeks are full in the young and sink with the years.
  const cheek = 0.024 * face * (look.years === null ? 1 : 1.16 - Math.max(0, look.years - 20) * 0.006)
  // jaw and chin
  const jaw = (male ? 0.049 : 0.043) * face
  for (const s of [1, -1]) {
    clay.cone(
      at(s * jaw, -0.05, 0.012),
      at(s * 0.012, -0.092, 0.064),
      (male ? 0.024 : 0.022) * face,
      male ? 0.0185 : 0.0155,
      {
        blend: 0.03,
      },
    )
    clay.ellipsoid(at(s * 0.04, -0.022, 0.06), head, [cheek, cheek, cheek], { blend: 0.028 })
  }
  clay.ellipsoid(at(0, -0.062, 0.06), head, [0.034, 0.03, 0.0275], { blend: 0.03 })
  clay.cone(at(-0.026, 0.024, 0.067), at(0.026, 0.024, 0.067), 0.0145, 0.0145, { blend: 0.02 })
  // sockets, then the lids over the eyeballs
  for (const s of [1, -1]) {
    clay.ellipsoid(at(s * 0.0315, 0.007, 0.0975), head, [0.017, 0.0105, 0.0125], { carve: true, blend: 0.016 })
    clay.ellipsoid(at(s * 0.0312, 0.0055, 0.0725), head, [0.0175, 0.0125, 0.0135], { blend: 0.006 })
  }
  // nose
  clay.cone(at(0, 0.012, 0.083), at(0, -0.027, 0.0975), 0.0068, 0.0098, { blend: 0.011 })
  for (const s of [1, -1]) clay.ball(at(s * 0.0098, -0.0325, 0.0885), 0.0078, { blend: 0.008 })
  // lips
  clay.ellipsoid(at(0, -0.0605, 0.0845), head, [0.0195, 0.0042, 0.0062], { blend: 0.007 })
  clay.ellipsoid(at(0, -0.0695, 0.0835), head, [0.0165, 0.0052, 0.0066], { blend: 0.006 })
  clay.ellipsoid(at(0, -0.091, 0.0725), head, [0.017, 0.0155, 0.0155], { blend: 0.02 })
  if (look.years !== null && look.years >= 40) sculptLines(clay, at, look.years)
  if (!look.headscarf) {
    for (const s of [1, -1]) {
      clay.ellipsoid(at(s * 0.0725, -0.012, -0.006), head, [0.0085, 0.0295, 0.0175], {
        blend: 0.005,
        material: surfaces.skin,
      })
      clay.ellipsoid(at(s * 0.082, -0.009, 0.0), head, [0.006, 0.017, 0.0085], { carve: true, blend: 0.006 })
    }
  }
  // under the jaw down to the throat
  clay.cone(at(0, -0.055, 0.005), body.skullBase, 0.05, 0.047, { blend: 0.025, material: surfaces.skin })
}

/** The fold from nose to mouth, deeper with the years. */
function sculptLines(clay: Sculpture, at: (x: number, y: number, z: number) => Vector, years: number): void {
  const depth = 0.0006 + 0.0012 * Math.min(1, (years - 34) / 40)
  for (const s of [1, -1]) {
    clay.cone(at(s * 0.021, -0.038, 0.0895), at(s * 0.036, -0.066, 0.0815), depth, depth * 0.8, {
      carve: true,
      blend: 0.006,
    })
  }
}
