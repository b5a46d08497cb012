// Capsules that stand in for a body when the kernel computes soft shadows and ambient occlusion. Thinner than the body,
// so that a surface does not shade itself.
import type { Hand } from './hand'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import { SIDES, type Side, type Skeleton } from './skeleton'
import { between, place, type Vector } from './vector'

export function castBody(clay: Sculpture, body: Skeleton, hands: Record<Side, Hand>, look: Look): void {
  const { pelvis, waist, ribs, chest, head, size } = body
  const cast = (a: Vector, b: Vector, ra: number, rb: number = ra): void => {
    clay.shadow(a, b, ra * size, rb * size)
  }
  cast(place(head, [0, 0.035, -0.012]), place(head, [0, -0.035, 0.02]), 0.066, 0.045)
  cast(place(chest, [0.085, -0.06, -0.01]), place(chest, [-0.085, -0.06, -0.01]), 0.05)
  cast(place(ribs, [0.045, 0.04, 0]), place(ribs, [-0.045, 0.04, 0]), 0.07)
  cast(place(waist, [0.035, 0.05, 0]), place(waist, [-0.035, 0.05, 0]), 0.058)
  cast(place(pelvis, [0.065, 0.01, -0.015]), place(pelvis, [-0.065, 0.01, -0.015]), 0.07)
  const skirt = look.dress || look.bottom.cut === 'longSkirt'
  for (const side of SIDES) {
    const { shoulder, elbow, wrist } = body.arm[side]
    const { hip, knee, ankle, foot } = body.leg[side]
    cast(between(shoulder, elbow, 0.12), elbow, 0.034, 0.024)
    cast(elbow, wrist, 0.024, 0.018)
    cast(wrist, hands[side].points[10] ?? wrist, 0.017)
    cast(between(hip, knee, 0.14), knee, skirt ? 0.08 : 0.058, skirt ? 0.08 : 0.036)
    cast(knee, ankle, skirt ? 0.08 : 0.036, skirt ? 0.09 : 0.022)
    cast(foot.heel, foot.toe, 0.022, 0.018)
  }
}
