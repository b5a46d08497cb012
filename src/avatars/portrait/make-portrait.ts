// From any photo or drawn picture to what an avatar keeps of it.
import type { ImageKernel } from '../../render/image/kernel'
import { isOpaque, type Pixels, type Rect } from '../../render/image/pixels'
import type { FaceBox, PhotoPalette } from '../../render/mannequin/photo-palette'
import { clampFace, portraitCrop, thumbnailCrop } from './crop'
import { findFace } from './find-face'
import { paletteOf } from './palette'

/** Longest side of an avatar's picture: what image models take as a reference, and what the renderer draws at most. */
export const PORTRAIT_SIDE_PX_MAX = 1536
export const THUMBNAIL_SIDE_PX = 320
const THUMBNAIL_QUALITY = 85
const WHITE = 0xffffff

export type Portrait = {
  /** Opaque; at most PORTRAIT_SIDE_PX_MAX a side, between 9:16 and 1:1. May be the very pixels that were given. */
  picture: Pixels
  /** JPEG of THUMBNAIL_SIDE_PX a side. */
  thumbnail: Uint8Array<ArrayBuffer>
  /** In 0..1 of `picture`; null when there is none to be seen. */
  face: FaceBox | null
  palette: PhotoPalette
}

/**
 * Crops, shrinks and measures a picture. `face` is where somebody says that the face is; left out, it is looked for; null
 * says that there is none. Holds the given pixels and one more picture of at most 9 MB. Throws ImageError for pixels that
 * do not fit their size or are beyond the kernel's limits.
 */
export function makePortrait(kernel: ImageKernel, pixels: Pixels, face?: FaceBox | null): Portrait {
  const known = face === undefined ? findFace(kernel, pixels) : face && clampFace(face)
  const crop = portraitCrop(pixels, known)
  const picture = shrunk(kernel, pixels, crop)
  const own = known && inCrop(known, crop, pixels)
  const { rgba, width, height } = picture
  const rect = thumbnailCrop(picture, own)
  const scale = { rect, width: THUMBNAIL_SIDE_PX, height: THUMBNAIL_SIDE_PX }
  const thumbnail = kernel.encodeJpeg(rgba, width, height, { quality: THUMBNAIL_QUALITY, scale })
  return { picture, thumbnail, face: own, palette: paletteOf(picture, own) }
}

/** The rectangle as a picture of its own, over white, never enlarged. */
function shrunk(kernel: ImageKernel, pixels: Pixels, rect: Rect): Pixels {
  const factor = Math.min(1, PORTRAIT_SIDE_PX_MAX / Math.max(rect.width, rect.height))
  const width = Math.max(1, Math.round(rect.width * factor))
  const height = Math.max(1, Math.round(rect.height * factor))
  if (width === pixels.width && height === pixels.height && isOpaque(pixels.rgba)) return pixels
  return { rgba: kernel.compose(pixels, { rect, width, height }, WHITE), width, height }
}

const inCrop = (face: FaceBox, rect: Rect, whole: Pixels): FaceBox | null =>
  clampFace({
    x: (face.x * whole.width - rect.x) / rect.width,
    y: (face.y * whole.height - rect.y) / rect.height,
    width: (face.width * whole.width) / rect.width,
    height: (face.height * whole.height) / rect.height,
  })
