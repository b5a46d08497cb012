import { sha256Hex } from '../kernel/hash'
import { controlMapPng } from '../render/control-map'
import { createImageKernel, type ImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'
import { type GenSpec, type Pixels, type PoseControl, ProviderError } from './contract'
import { toBase64 } from './http'

/** A picture as a model gets it: PNG bytes, their SHA-256 in hex, their size. */
export type ModelInput = { png: Uint8Array<ArrayBuffer>; sha256: string; width: number; height: number }

let kernel: ImageKernel | undefined
const imageKernel = (): ImageKernel => {
  kernel ??= createImageKernel(modules.image)
  return kernel
}

/** The pose of a picture. Throws ProviderError INVALID for a place without people: this model makes none. */
export function poseOf({ control }: Pick<GenSpec, 'control'>): PoseControl {
  if (!control) throw new ProviderError('INVALID', 'a picture without a pose')
  return control
}

/**
 * The pose as an OpenPose control map, at the picture's size or, drawn smaller, with a longer side of `maxSidePx`.
 * Throws ProviderError INVALID for a pose or size that cannot be drawn.
 */
export async function controlInput(spec: GenSpec, maxSidePx = Infinity): Promise<ModelInput> {
  const { width, height } = spec
  const control = poseOf(spec)
  const size = fitted(width, height, maxSidePx)
  try {
    const png = controlMapPng(imageKernel(), control.pose.people, size.width, size.height)
    return { png, sha256: await sha256Hex(png), ...size }
  } catch (error) {
    if (error instanceof RangeError) throw new ProviderError('INVALID', error.message)
    throw error
  }
}

/** All pictures of a job share one avatar: encoded once for each size. */
const encoded = new WeakMap<Pixels, Map<number, Promise<ModelInput>>>()

/** The avatar's picture with a longer side of at most `maxSidePx`; null when there is none. */
export async function referenceInput({ reference }: GenSpec, maxSidePx: number): Promise<ModelInput | null> {
  if (!reference) return null
  const known = encoded.get(reference) ?? new Map<number, Promise<ModelInput>>()
  encoded.set(reference, known)
  const input = known.get(maxSidePx) ?? encode(reference, maxSidePx)
  known.set(maxSidePx, input)
  return input
}

async function encode({ rgba, width, height }: Pixels, maxSidePx: number): Promise<ModelInput> {
  const size = fitted(width, height, maxSidePx)
  const pixels = new Uint8Array(rgba.buffer as ArrayBuffer, rgba.byteOffset, rgba.byteLength)
  const smaller =
    size.width === width && size.height === height
      ? pixels
      : imageKernel().resize(pixels, width, height, { x: 0, y: 0, width, height }, size.width, size.height)
  const png = imageKernel().encodePng(smaller, size.width, size.height)
  return { png, sha256: await sha256Hex(png), ...size }
}

function fitted(width: number, height: number, maxSidePx: number): { width: number; height: number } {
  const scale = Math.min(1, maxSidePx / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

export const dataUrl = ({ png }: ModelInput): string => `data:image/png;base64,${toBase64(png)}`
