import { Arena } from './arena'
import { compositeOverColor, compositeOverImage } from './composite'
import { encodeJpeg, type JpegOptions } from './jpeg-encode'
import type { Pixels, Rect, Rgba, Scale } from './pixels'
import { type DecodedImage, decodePng } from './png-decode'
import { encodePng, type PngOptions } from './png-encode'
import { resize } from './resize'
import { encodeThumbnail } from './thumbnail'

/**
 * Picture codecs over one WebAssembly instance. Every call is synchronous, takes and returns plain arrays, and leaves nothing
 * behind in linear memory. Pictures are straight sRGB RGBA, 4 bytes a pixel. All calls throw ImageError (image-error.ts).
 *
 * The memory never shrinks, so make a kernel per job (an instance takes under a millisecond) and drop it.
 */
export type ImageKernel = {
  /** PNG file; RGB when the picture is opaque, else RGBA. See PngOptions for text, dpi, filter and scale. */
  encodePng(rgba: Rgba, width: number, height: number, options?: PngOptions): Uint8Array<ArrayBuffer>
  /** Baseline JPEG file. See JpegOptions for quality, subsampling, dpi, scale and background. */
  encodeJpeg(rgba: Rgba, width: number, height: number, options?: JpegOptions): Uint8Array<ArrayBuffer>
  /** Any PNG -> RGBA. */
  decodePng(bytes: Uint8Array): DecodedImage
  /** `rect` (fractions of source pixels allowed) resampled to outWidth x outHeight RGBA. */
  resize(
    rgba: Rgba,
    width: number,
    height: number,
    rect: Rect,
    outWidth: number,
    outHeight: number,
  ): Uint8Array<ArrayBuffer>
  /** The same with a mount, and over a colour 0xRRGGBB. */
  compose(pixels: Pixels, scale: Scale, background: number): Uint8Array<ArrayBuffer>
  /** 400x400 JPEG of the centre. */
  thumbnail(rgba: Rgba, width: number, height: number): Uint8Array<ArrayBuffer>
  /** The picture over a colour 0xRRGGBB. */
  overColor(pixels: Pixels, rgb: number): Uint8Array<ArrayBuffer>
  /** The picture over an opaque one of the same size. */
  overImage(pixels: Pixels, background: Pixels): Uint8Array<ArrayBuffer>
  /** Linear memory held, in bytes. */
  readonly memoryBytes: number
}

/** A kernel from the compiled src/render/image.wasm. */
export function createImageKernel(module: WebAssembly.Module): ImageKernel {
  const arena = new Arena(module)
  return {
    encodePng: (rgba, width, height, options) => encodePng(arena, { rgba, width, height }, options),
    encodeJpeg: (rgba, width, height, options) => encodeJpeg(arena, { rgba, width, height }, options),
    decodePng: (bytes) => decodePng(arena, bytes),
    resize: (rgba, width, height, rect, outWidth, outHeight) =>
      resize(arena, { rgba, width, height }, { rect, width: outWidth, height: outHeight }),
    compose: (pixels, scale, background) => resize(arena, pixels, scale, background),
    thumbnail: (rgba, width, height) => encodeThumbnail(arena, { rgba, width, height }),
    overColor: (pixels, rgb) => compositeOverColor(arena, pixels, rgb),
    overImage: (pixels, background) => compositeOverImage(arena, pixels, background),
    get memoryBytes() {
      return arena.memoryBytes
    },
  }
}
