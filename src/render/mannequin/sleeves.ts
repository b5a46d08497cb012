// Sleeves: cloth on the arms, in the group of the trunk so that both are one surface.
import { girthOf, TRUNK } from './girth'
import type { Material } from './material'
import type { Look, Sleeve } from './outfit'
import type { Sculpture } from './sculpture'
import { limbFrame, SIDES, type Skeleton } from './skeleton'
import { between } from './vector'

/** How far down the arm a sleeve reaches: part of the upper arm, part of the forearm. */
const SLEEVE: Record<Sleeve, [number, number]> = { none: [0, 0], short: [0.56, 0], elbow: [1, 0.14], long: [1, 0.96] }

export function sculptSleeves(clay: Sculpture, body: Skeleton, look: Look, loose: number, material: Material): void {
  const [upper, lower] = SLEEVE[look.top.sleeve]
  const r = TRUNK[look.shape].arm * girthOf(look).arm
  if (look.top.sleeve === 'none') return
  for (const side of SIDES) {
    const { shoulder, elbow, wrist } = body.arm[side]
    const full = upper >= 1
    const start = between(shoulder, elbow, 0.04)
    if (look.top.cut === 'bodo') {
      // short, wide and stiff: it stands off the arm
      clay.inFrame(limbFrame(shoulder, elbow, body.chest.x, body.size))
      const end = between(shoulder, elbow, 0.86)
      clay.cone(start, end, r + 0.02, r + 0.044, { blend: 0.03, capEnd: true, material })
      continue
    }
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
    const flare = look.top.cut === 'tunic' || look.top.cut === 'kurung' ? 0.012 : 0
    const end = (lower > 0.5 ? r - 0.008 : r + 0.004) + loose + flare
    clay.cone(elbow, between(elbow, wrist, lower), r + 0.001 + loose, end, { blend: 0.008, capEnd: true, material })
  }
  clay.inFrame(body.chest)
}
