// The looks of everybody in a pose, from what a generation says.
import { type AvatarAttributes, lookOf } from './look'
import type { Look } from './outfit'
import type { FigurePose } from './pose'
import { followReference, type ReferenceImage } from './reference'

/**
 * One look per person. Prompt, attributes and the avatar's photo dress the first person; others follow from the seed.
 * `seed` is a uint32. Throws RangeError for a photo whose bytes do not match its size.
 */
export function looksOf(
  pose: FigurePose,
  request: { prompt: string; attributes?: AvatarAttributes; seed: number; reference?: ReferenceImage | null },
): Look[] {
  const { prompt, attributes = {}, seed, reference } = request
  return pose.people.map(({ build }, person) => {
    const look = lookOf({ prompt, attributes, seed, build, person })
    return person === 0 && reference ? followReference(look, reference) : look
  })
}
