import type { Arena } from './arena'
import { encodeJpeg } from './jpeg-encode'
import { coverRect, type Pixels } from './pixels'

export const THUMBNAIL_SIDE = 400
const THUMBNAIL_QUALITY = 85

/** JPEG of the largest centred square of the picture, 400x400, quality 85; transparent parts become white. */
export function encodeThumbnail(arena: Arena, pixels: Pixels): Uint8Array<ArrayBuffer> {
  const rect = coverRect(pixels, THUMBNAIL_SIDE, THUMBNAIL_SIDE)
  return encodeJpeg(arena, pixels, {
    quality: THUMBNAIL_QUALITY,
    scale: { rect, width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE },
  })
}
