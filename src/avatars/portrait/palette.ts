import type { Pixels } from '../../render/image/pixels'
import { type FaceBox, type PhotoPalette, photoPalette } from '../../render/mannequin/photo-palette'

/**
 * The person's colours, as the embedded renderer would take them from the same picture. A colour that cannot be seen is
 * null. Throws RangeError when the bytes do not match the size.
 */
export const paletteOf = (pixels: Pixels, face: FaceBox | null): PhotoPalette => photoPalette(pixels, face)
