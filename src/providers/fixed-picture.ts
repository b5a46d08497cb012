import { createImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'
import type { Pixels } from './contract'

type FixedPicture = { bytes: Uint8Array<ArrayBuffer>; pixels: Pixels }

const made = new Map<string, FixedPicture>()

/** One picture for every task (EMBEDDED_FIXED=1): what is left of a shoot's time is the engine's own. PNG, a gradient. */
export function fixedPicture(width: number, height: number): FixedPicture {
  const key = `${width}x${height}`
  const known = made.get(key)
  if (known) return known
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      rgba.set([Math.floor((255 * x) / width), Math.floor((255 * y) / height), 160, 255], (y * width + x) * 4)
  const picture = {
    bytes: createImageKernel(modules.image).encodePng(rgba, width, height),
    pixels: { rgba, width, height },
  }
  made.clear()
  made.set(key, picture)
  return picture
}
