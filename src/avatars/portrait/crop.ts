// Which part of a photo becomes an avatar's picture and its thumbnail. Rectangles are whole pixels inside the picture.
import type { Rect } from '../../render/image/pixels'
import type { FaceBox } from '../../render/mannequin/photo-palette'

export type Size = { width: number; height: number }

/** Width by height of the base picture: narrower and wider ones are cropped to these. */
const ASPECT_MIN = 9 / 16
const ASPECT_MAX = 1

/** The face box ends at the hairline: hair, a scarf and some air need about this many face heights above it. */
const HEADROOM_FACES = 0.75

/** Height of the face in the thumbnail, and how far from the thumbnail's top it begins, in sides. */
const THUMBNAIL_FACE_SHARE = 0.45
const THUMBNAIL_FACE_TOP = 0.3
/** A smaller square would be enlarged to a blur. */
const THUMBNAIL_SOURCE_PX_MIN = 120

/** Smallest side of a face box in 0..1 of the picture. */
const FACE_SIDE_MIN = 0.005

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value))

/** The part of a face box that is in the picture; null when there is none, or when a number is not finite. */
export function clampFace({ x, y, width, height }: FaceBox): FaceBox | null {
  if (![x, y, width, height].every(Number.isFinite)) return null
  const [left, top] = [clamp(x, 0, 1), clamp(y, 0, 1)]
  const [right, bottom] = [clamp(x + width, 0, 1), clamp(y + height, 0, 1)]
  if (right - left < FACE_SIDE_MIN || bottom - top < FACE_SIDE_MIN) return null
  return { x: left, y: top, width: right - left, height: bottom - top }
}

/**
 * The base picture: all of a photo between 9:16 and 1:1, else the largest part with such an aspect. Of a wide photo the
 * part around the face in full height; of a very tall one the part that begins above the head. Without a face the
 * middle, from the top. The face is never cut where it fits.
 */
export function portraitCrop({ width, height }: Size, face: FaceBox | null): Rect {
  const across = Math.min(width, Math.floor(height * ASPECT_MAX))
  const down = Math.min(height, Math.floor(width / ASPECT_MIN))
  const box = face && clampFace(face)
  const middle = box ? box.x + box.width / 2 : 0.5
  const above = box ? (box.y - HEADROOM_FACES * box.height) * height : 0
  return placed({ width, height }, across, down, middle * width - across / 2, above, box)
}

/**
 * The square of the thumbnail: the face takes 45 % of its height, with room for hair above. Without a face the largest
 * square, centred, from the top.
 */
export function thumbnailCrop({ width, height }: Size, face: FaceBox | null): Rect {
  const longest = Math.min(width, height)
  const box = face && clampFace(face)
  if (!box) return placed({ width, height }, longest, longest, (width - longest) / 2, 0, null)
  const wanted = Math.max(box.height * height, box.width * width) / THUMBNAIL_FACE_SHARE
  const side = clamp(Math.round(wanted), Math.min(THUMBNAIL_SOURCE_PX_MIN, longest), longest)
  const x = (box.x + box.width / 2) * width - side / 2
  return placed({ width, height }, side, side, x, box.y * height - THUMBNAIL_FACE_TOP * side, box)
}

/** A rectangle of that size as near to x, y as the picture allows, moved so that it holds the face if it can. */
function placed(size: Size, across: number, down: number, x: number, y: number, face: FaceBox | null): Rect {
  const along = (wanted: number, length: number, whole: number, from: number, extent: number): number => {
    // To whole pixels outwards: half a pixel of a chin is a cut chin.
    const [low, high] = [Math.ceil((from + extent) * whole - 1e-6) - length, Math.floor(from * whole + 1e-6)]
    const holding = low <= high ? clamp(Math.round(wanted), low, high) : Math.round(wanted)
    return clamp(holding, 0, whole - length)
  }
  return {
    x: along(x, across, size.width, face?.x ?? 0, face?.width ?? 1),
    y: along(y, down, size.height, face?.y ?? 0, face?.height ?? 1),
    width: across,
    height: down,
  }
}
