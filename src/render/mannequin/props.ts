// Puts the things of a pose into the sculpture: from their exact places when the record carries them, else from the
// joints and the words.
import type { Figure } from './figure'
import { FOOD } from './food'
import { FURNITURE } from './furniture'
import { guessProps } from './guess-props'
import type { Rgb } from './material'
import type { Look } from './outfit'
import { PASTIMES } from './pastimes'
import type { FigurePose } from './pose'
import { PRODUCTS } from './products'
import { endOf, frameOf, paletteOf } from './prop-kit'
import type { Sculpture } from './sculpture'
import type { Draw } from './solids'

const KINDS: Record<string, Draw> = { ...FURNITURE, ...PRODUCTS, ...FOOD, ...PASTIMES }

/** Every kind that `propShapes` may name. */
export const PROP_KINDS: readonly string[] = Object.keys(KINDS)

export function sculptProps(
  clay: Sculpture,
  pose: FigurePose,
  figures: readonly Figure[],
  look: Look,
  scenery: Rgb,
): void {
  const shapes = pose.propShapes ?? guessProps(pose, figures)
  const palette = paletteOf(look, scenery)
  for (const shape of shapes) {
    const build = Object.hasOwn(KINDS, shape.kind) ? KINDS[shape.kind] : undefined
    if (!build) throw new RangeError(`pose.propShapes: unknown kind ${shape.kind}`)
    build({ clay, frame: frameOf(shape), size: shape.size, to: endOf(shape), palette })
  }
}
