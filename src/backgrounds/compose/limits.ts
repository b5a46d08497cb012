import { ImageError } from '../../render/image/image-error'
import { checkPixels, type Pixels } from '../../render/image/pixels'

/** Longest side of a picture whose background is changed: a few planes of 2048 x 2048 are what an isolate can hold. */
export const MAX_COMPOSE_SIDE = 2048

/** Throws ImageError `invalid` unless both sides are whole numbers of 1 to MAX_COMPOSE_SIDE. */
export function checkComposeSize(width: number, height: number): void {
  const fits = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_COMPOSE_SIDE)
  if (!fits) throw new ImageError('invalid', `a side is 1 to ${MAX_COMPOSE_SIDE} pixels, not ${width}x${height}`)
}

/** A mask is one byte a pixel, 0 (backdrop) to 255 (person). Throws ImageError `invalid`. */
export function checkMask(mask: Uint8Array, width: number, height: number): void {
  checkComposeSize(width, height)
  if (mask.length !== width * height) {
    throw new ImageError('invalid', `the mask of ${width}x${height} is ${width * height} bytes, not ${mask.length}`)
  }
}

/** Throws ImageError `invalid` unless the picture is within the limits and the mask has its size. */
export function checkLayer(picture: Pixels, mask: Uint8Array): void {
  checkMask(mask, picture.width, picture.height)
  checkPixels(picture)
}
