import { add, along, lengthOf, reject, scale, subtract, unit, type Vector } from '../../render/mannequin/vector'
import { clamp } from './turns'

/** Never quite straight: a straight limb has no bending plane. */
const STRETCH_MAX = 0.9985
const FOLD_MIN_METRES = 0.06

/**
 * Elbow or knee (`middle`) and end of a limb with bones `upper` and `lower` metres that reaches from `start` for
 * `target` and bends towards `pole`. The nearest reachable place is taken; `missed` is how far off it is.
 */
export function reach(
  start: Vector,
  target: Vector,
  [upper, lower]: readonly [number, number],
  pole: Vector,
): { middle: Vector; end: Vector; missed: number } {
  const wanted = lengthOf(subtract(target, start))
  const longest = (upper + lower) * STRETCH_MAX
  const shortest = Math.abs(upper - lower) + FOLD_MIN_METRES
  const span = clamp(wanted, shortest, longest)
  const line = unit(subtract(target, start))
  let aside = reject(pole, line)
  if (lengthOf(aside) < 1e-4) aside = reject([0.01, -1, -0.3], line)
  const cosine = clamp((upper * upper + span * span - lower * lower) / (2 * upper * span), -1, 1)
  const sine = Math.sqrt(1 - cosine * cosine)
  const middle = add(along(start, line, upper * cosine), scale(unit(aside), upper * sine))
  return { middle, end: along(start, line, span), missed: Math.abs(wanted - span) }
}
