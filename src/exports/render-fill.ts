import type { ImageKernel } from '../render/image/kernel'
import type { Mount, Pixels, Scale } from '../render/image/pixels'
import type { Framing } from './framing'
import type { Fill } from './types'

/** Stub. */
export function scaleFor(
  _kernel: ImageKernel,
  _pixels: Pixels,
  { rect, place }: Framing,
  { width, height }: { width: number; height: number },
  _fill: Fill,
): Scale {
  if (!place) return { rect, width, height }
  const mount: Mount = {
    width,
    height,
    x: place.x,
    y: place.y,
    backdrop: { rgba: new Uint8Array([255, 255, 255, 255]), width: 1, height: 1 },
    featherPx: 0,
  }
  return { rect, width: place.width, height: place.height, mount }
}
