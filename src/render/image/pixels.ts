import { ImageError } from './image-error'
import { MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE } from './limits'

/** Straight (not premultiplied) sRGB RGBA, 8 bits a channel, width * height * 4 bytes, rows from the top. */
export type Rgba = Uint8Array | Uint8ClampedArray

export type Pixels = { rgba: Rgba; width: number; height: number }

/** Part of a picture in source pixels; fractions are honoured. */
export type Rect = { x: number; y: number; width: number; height: number }

/** A rectangle of the source, resampled to width x height; `mount` puts the result into a larger picture. */
export type Scale = { rect: Rect; width: number; height: number; mount?: Mount }

/** A larger picture of `width` x `height` in which the scaled one has its upper left corner at x, y. Whole pixels. */
export type Mount = {
  width: number
  height: number
  x: number
  y: number
  /** Opaque, enlarged over all of the larger picture: a gradient needs few pixels. */
  backdrop: Pixels
  /** Over so many pixels the scaled picture's edge melts into the backdrop, on the sides where that shows; 0 for none. */
  featherPx: number
}

/** Throws ImageError `invalid` or `too_large` unless both are whole numbers within the limits. */
export function checkSize(width: number, height: number): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new ImageError('invalid', `a picture is at least 1x1 pixel, not ${width}x${height}`)
  }
  if (width > MAX_IMAGE_SIDE || height > MAX_IMAGE_SIDE || width * height > MAX_IMAGE_PIXELS) {
    throw new ImageError(
      'too_large',
      `${width}x${height} is more than ${MAX_IMAGE_SIDE} a side or ${MAX_IMAGE_PIXELS} pixels`,
    )
  }
}

/** Throws ImageError unless the bytes fit the size. */
export function checkPixels({ rgba, width, height }: Pixels): void {
  checkSize(width, height)
  if (rgba.length !== width * height * 4) {
    throw new ImageError('invalid', `${width}x${height} RGBA is ${width * height * 4} bytes, not ${rgba.length}`)
  }
}

/** Throws ImageError unless the rectangle has an area and lies in the picture (to a hundredth of a pixel). */
export function checkRect({ x, y, width, height }: Rect, source: Pixels): void {
  const slack = 0.01
  const inside =
    width > 0 &&
    height > 0 &&
    x >= -slack &&
    y >= -slack &&
    x + width <= source.width + slack &&
    y + height <= source.height + slack
  if (!inside) {
    throw new ImageError(
      'invalid',
      `rectangle ${x},${y} ${width}x${height} is not inside ${source.width}x${source.height}`,
    )
  }
}

/** The largest centred rectangle of the source with the aspect ratio width:height ("cover"). */
export function coverRect(source: { width: number; height: number }, width: number, height: number): Rect {
  const scale = Math.max(width / source.width, height / source.height)
  const rect = { width: width / scale, height: height / scale }
  return { x: (source.width - rect.width) / 2, y: (source.height - rect.height) / 2, ...rect }
}

/** True when every alpha is 255. */
export function isOpaque(rgba: Rgba): boolean {
  if (rgba.byteOffset % 4 !== 0) {
    for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 255) return false
    return true
  }
  const words = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length >> 2)
  // Alpha is the high byte: wasm and every platform that runs this are little-endian.
  for (let i = 0; i < words.length; i++) if (words[i]! < 0xff000000) return false
  return true
}
