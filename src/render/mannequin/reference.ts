// A look that follows an avatar's photo: its skin, hair and cloth colours.
import type { Look } from './outfit'
import { type FaceBox, type Photo, type PhotoPalette, photoPalette } from './photo-palette'

export type ReferenceImage = Photo & {
  /** Where the face is; unknown when left out. */
  face?: FaceBox | null | undefined
  /** Colours that are known already, used instead of those of the pixels. */
  palette?: (Omit<PhotoPalette, 'coversHair'> & { coversHair?: boolean | undefined }) | null | undefined
}

/** `look` with the colours of the photo. Throws RangeError when the buffer does not match its size. */
export function followReference(look: Look, image: ReferenceImage): Look {
  const { skin, hair, top, bottom, coversHair = false } = image.palette ?? photoPalette(image, image.face ?? null)
  // A headscarf is drawn on women only; on others cloth says nothing of the hair below it.
  const wraps = coversHair && look.shape !== 'male'
  const headscarf =
    look.headscarf ?? (wraps && hair ? { colour: hair, pattern: 'plain' as const, accent: look.top.accent } : null)
  return {
    ...look,
    skin: skin ?? look.skin,
    hair: hair && !headscarf && !coversHair ? { ...look.hair, colour: hair } : look.hair,
    headscarf: hair && headscarf ? { ...headscarf, colour: hair } : headscarf,
    top: top ? { ...look.top, colour: top } : look.top,
    bottom: bottom ? { ...look.bottom, colour: bottom } : look.bottom,
  }
}
