import type { PictureRow } from '../generations/find-pictures'
import { sha256Hex } from '../kernel/hash'
import { FORMATS } from './formats'
import type { FormatId, VariantOptions } from './types'

/** Goes up when the same recipe makes other, better files: what is kept of older ones is then not found, and built anew. */
const PIPELINE_VERSION = 1

/** What of a picture's row a file depends on. */
export type PictureFacts = Pick<PictureRow, 'id' | 'sizeBytes'>

/**
 * Names a file of a picture by all that its bytes depend on: SHA-256 in hex. `backgroundId`: which of its versions; null for
 * the picture as it was made. Neither reads the picture: hundreds are named in a moment.
 */
export function recipeHash(
  { id, sizeBytes }: PictureFacts,
  backgroundId: string | null,
  format: FormatId,
  { fill, withRecipe }: VariantOptions,
): Promise<string> {
  const { widthPx, heightPx, type, quality, subsampling, dpi, maxBytes, safeZone } = FORMATS[format]
  // The original is never padded: its fill makes no difference.
  const isPaddable = widthPx !== null
  return sha256Hex(
    JSON.stringify([
      ...[PIPELINE_VERSION, id, sizeBytes, backgroundId, format, widthPx, heightPx, type, quality, subsampling, dpi],
      ...[maxBytes, safeZone, isPaddable ? fill : null, withRecipe],
    ]),
  )
}
