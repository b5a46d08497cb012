// Hips, and the cloth that hangs from them over both legs.
import { girded, girthOf } from './girth'
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import { limbFrame, SIDES, type Skeleton } from './skeleton'
import { add, between, distance, place, scale } from './vector'

/** Pelvis and seat, in the current group; `grow` metres (size 1) larger for what is worn over something else. */
export function sculptHips(clay: Sculpture, body: Skeleton, look: Look, grow = 0): void {
  const { pelvis } = body
  const girth = girthOf(look)
  const wide = look.shape === 'female' ? 0.138 : look.shape === 'male' ? 0.134 : 0.136
  const [x, y, z] = girded([wide, 0.115, 0.096], girth.hips)
  clay.ellipsoid(place(pelvis, [0, 0.035, -0.004]), pelvis, [x + grow, y + grow, z + grow], { blend: 0.05 })
  const [sx, sy, sz] = girded([0.077, 0.083, 0.066], girth.hips)
  for (const side of SIDES) {
    const seat = add(body.leg[side].hip, scale(pelvis.z, -0.034 * body.size))
    clay.ellipsoid(seat, pelvis, [sx + grow, sy + grow, sz + grow], { blend: 0.045 })
  }
}

/**
 * Strips of cloth from hip to hip, blended into one surface: it hangs, drapes over a lap or spans a stride. As long as
 * the look's bottom, or down to `reach` of the thigh when it is worn over trousers.
 */
export function sculptSkirt(clay: Sculpture, body: Skeleton, look: Look, worn?: { reach: number; grow: number }): void {
  const { left, right } = body.leg
  const long = !worn && look.bottom.cut !== 'skirt'
  const { reach, grow } = worn ?? { reach: 0.93, grow: 0 }
  const k = girthOf(look).leg
  sculptHips(clay, body, look, grow)
  const spread = Math.max(distance(left.knee, right.knee), long ? distance(left.ankle, right.ankle) : 0)
  const strips = Math.min(6, 2 + Math.ceil(spread / (0.13 * body.size)))
  // A wound cloth is narrow at the hem until the legs part.
  const narrow = look.wrapped && spread < 0.42 * body.size
  // Cloth drawn over parted knees lies flatter.
  const slack = Math.min(1, Math.max(0.72, 1.2 - spread / body.size))
  const middle = { hip: between(left.hip, right.hip, 0.5), knee: between(left.knee, right.knee, 0.5) }
  const ankles = between(left.ankle, right.ankle, 0.5)
  const upper = limbFrame(middle.hip, middle.knee, body.pelvis.x, body.size)
  const lower = limbFrame(middle.knee, ankles, body.pelvis.x, body.size)
  for (let i = 0; i < strips; i++) {
    const t = i / (strips - 1)
    const hip = between(left.hip, right.hip, 0.1 + t * 0.8)
    const knee = between(left.knee, right.knee, t)
    const ankle = between(left.ankle, right.ankle, t)
    clay.inFrame(upper)
    if (!long) {
      const [top, end] = [0.085 * k + grow, 0.1 * slack * k + grow]
      clay.cone(hip, between(hip, knee, reach), top, end, { blend: 0.034, capEnd: true })
      continue
    }
    const [atKnee, hem] = narrow ? [0.088 * slack * k, 0.08 * slack] : [0.096 * slack * k, 0.122 * slack]
    clay.cone(hip, knee, 0.085 * k, atKnee, { blend: 0.036 })
    clay.inFrame(lower).cone(knee, between(knee, ankle, 0.88), atKnee, hem, { blend: 0.05, capEnd: true })
  }
}
