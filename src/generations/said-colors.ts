import type { Palette } from '../db/tables/avatars'
import { colourOf } from '../render/mannequin/colour-words'
import { BOTTOM_NOUN, SCARF, TOP_NOUN } from '../render/mannequin/wardrobe'
import type { AvatarRef, Subject } from './types'

/**
 * An avatar's colours without those that a request gives to something else: who asks for a variation in a blue dress has
 * said what its orange blouse becomes. Words that the avatar has had from the start change nothing. Skin is never said.
 */
export function paletteBesides(palette: Palette, avatar: AvatarRef, { words, person = '' }: Subject): Palette {
  const said = ` ${words}, ${person === avatar.words ? '' : person} `.toLowerCase()
  return {
    ...palette,
    ...(colourOf(said, SCARF) && { hair: null }),
    ...(colourOf(said, TOP_NOUN) && { top: null }),
    ...(colourOf(said, BOTTOM_NOUN) && { bottom: null }),
  }
}
