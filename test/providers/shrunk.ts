import type { Pixels } from '../../src/providers/contract'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'

/** A picture as a model gets it whose inputs are at most this large. */
export function shrunk({ rgba, width, height }: Pixels, toWidth: number, toHeight: number): Pixels {
  const whole = { x: 0, y: 0, width, height }
  const smaller = createImageKernel(modules.image).resize(new Uint8Array(rgba), width, height, whole, toWidth, toHeight)
  return { rgba: smaller, width: toWidth, height: toHeight }
}
