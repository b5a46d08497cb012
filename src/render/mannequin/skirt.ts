// Hips, and the cloth that hangs from them over both legs.
import type { Look } from './outfit'
import type { Sculpture } from './sculpture'
import { limbFrame, SIDES, type Skeleton } from './skeleton'
import { add, between, distance, place, scale } from './vector'

/** Pelvis and seat, in the current group. */
export function sculptHips(clay: Sculpture, body: Skeleton, look: Look): void {
  const { pelvis } = body
  const wide = look.shape === 'female' ? 0.138 : look.shape === 'male' ? 0.134 : 0.136
  clay.ellipsoid(place(pelvis, [0, 0.035, -0.004]), pelvis, [wide, 0.115, 0.096], { blend: 0.05 })
  for (const side of SIDES) {
    const seat = add(body.leg[side].hip, scale(pelvis.z, -0.034 * body.size))
    clay.ellipsoid(seat, pelvis, [0.077, 0.083, 0.066], { blend: 0.045 })
  }
}

/** Strips of cloth from hip to hip, blended into one surface: it hangs, drapes over a lap or spans a stride. */
export function sculptSkirt(clay: Sculpture, body: Skeleton, look: Look): void {
  const { left, right } = body.leg
  const long = look.bottom.cut !== 'skirt'
  sculptHips(clay, body, look)
  const spread = Math.max(distance(left.knee, right.knee), long ? distance(left.ankle, right.ankle) : 0)
  const strips = Math.min(6, 2 + Math.ceil(spread / (0.13 * body.size)))
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
      clay.cone(hip, between(hip, knee, 0.93), 0.085, 0.1 * slack, { blend: 0.034, capEnd: true })
      continue
    }
    clay.cone(hip, knee, 0.085, 0.096 * slack, { blend: 0.036 })
    clay
      .inFrame(lower)
      .cone(knee, between(knee, ankle, 0.88), 0.096 * slack, 0.122 * slack, { blend: 0.05, capEnd: true })
  }
}
