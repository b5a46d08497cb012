import type { Arena } from './arena'
import { ImageError } from './image-error'
import { checkPixels, type Pixels } from './pixels'
import { rgbWord } from './row-source'

const BAND_PIXELS = 64 * 1024

/** The picture over one colour 0xRRGGBB ("over" with straight alpha); opaque RGBA of the same size. */
export function compositeOverColor(arena: Arena, pixels: Pixels, rgb: number): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(rgb) || rgb < 0 || rgb > 0xffffff)
    throw new ImageError('invalid', `${rgb} is not a colour 0xRRGGBB`)
  return inBands(arena, pixels, (band, _from, count) => arena.wasm.overColor(band, count, rgbWord(rgb)))
}

/** The picture over an opaque one of the same size; ImageError `invalid` when the sizes differ. */
export function compositeOverImage(arena: Arena, pixels: Pixels, background: Pixels): Uint8Array<ArrayBuffer> {
  checkPixels(background)
  if (background.width !== pixels.width || background.height !== pixels.height) {
    throw new ImageError('invalid', 'the background has another size than the picture')
  }
  return arena.run(() => {
    const below = arena.alloc(BAND_PIXELS * 4)
    return bands(arena, pixels, (band, from, count) => {
      arena.bytes(below, count * 4).set(background.rgba.subarray(from * 4, (from + count) * 4))
      arena.wasm.overImage(band, below, count)
    })
  })
}

type Blend = (band: number, fromPixel: number, pixels: number) => void

const inBands = (arena: Arena, pixels: Pixels, blend: Blend) => arena.run(() => bands(arena, pixels, blend))

function bands(arena: Arena, pixels: Pixels, blend: Blend): Uint8Array<ArrayBuffer> {
  checkPixels(pixels)
  const total = pixels.width * pixels.height
  const out = new Uint8Array(total * 4)
  const band = arena.alloc(BAND_PIXELS * 4)
  for (let from = 0; from < total; from += BAND_PIXELS) {
    const count = Math.min(BAND_PIXELS, total - from)
    arena.bytes(band, count * 4).set(pixels.rgba.subarray(from * 4, (from + count) * 4))
    blend(band, from, count)
    out.set(arena.bytes(band, count * 4), from * 4)
  }
  return out
}
