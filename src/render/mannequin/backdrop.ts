// The studio: lights, and the wall and floor that fill the rows of the picture.
import { type Camera, toCamera, turn } from './camera'
import { PARAMS, type Tables } from './kernel'
import type { Rgb } from './material'
import { unit, type Vector } from './vector'

export type Backdrop =
  | { kind: 'solid'; colour: Rgb }
  | { kind: 'gradient'; top: Rgb; middle: Rgb; floor: Rgb }
  | { kind: 'image'; rgba: Uint8ClampedArray | Uint8Array; width: number; height: number }

/** From the left and above; `keyLight` moves it by this much to either side. */
const keyFrom = (keyLight: number): Vector => unit([-0.46 + 0.4 * keyLight, 0.86, 0.6])
const FILL: Vector = unit([0.8, 0.22, 0.5])
const RIM: Vector = unit([0.55, 0.5, -0.7])
/** The sweep between floor and wall begins this far behind the figure, metres. */
const SWEEP_DEPTH = -1.5

const mixed = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]
const smooth = (t: number): number => {
  const k = Math.min(1, Math.max(0, t))
  return k * k * (3 - 2 * k)
}

/** Colour of walls that people lean on: scenery, so it follows the backdrop. */
export function sceneryOf(backdrop: Backdrop): Rgb {
  if (backdrop.kind === 'image') return [222, 218, 212]
  const base = backdrop.kind === 'solid' ? backdrop.colour : mixed(backdrop.top, backdrop.middle, 0.5)
  return mixed(base, [128, 124, 120], 0.12)
}

/** Lights and floor, into the kernel's parameters. `keyLight`: see RenderRequest. */
export function writeStage(
  { floats, ints }: Tables,
  camera: Camera,
  backdrop: Backdrop,
  width: number,
  height: number,
  keyLight: number,
): void {
  ints.set([width, height], PARAMS)
  floats.set([camera.focalPx, camera.centreX, camera.centreY], PARAMS + 2)
  ints[PARAMS + 7] = backdrop.kind === 'image' ? 1 : 0
  const up = turn(camera, [0, 1, 0])
  floats.set(turn(camera, keyFrom(keyLight)), PARAMS + 8)
  floats[PARAMS + 11] = -camera.position[1]
  floats.set(turn(camera, FILL), PARAMS + 12)
  floats.set(up, PARAMS + 16)
  floats[PARAMS + 19] = backdrop.kind === 'image' ? 0.55 : 0.5
  floats.set(turn(camera, RIM), PARAMS + 20)
  const floor: Rgb =
    backdrop.kind === 'gradient' ? backdrop.floor : backdrop.kind === 'solid' ? backdrop.colour : [190, 186, 180]
  const bounce = floor.map((c) => 0.08 + 0.22 * (c / 255) * (c / 255))
  floats.set([0.92, 0.88, 0.82], PARAMS + 24)
  floats.set([0.17, 0.185, 0.21], PARAMS + 28)
  floats.set([0.36, 0.375, 0.4], PARAMS + 32)
  floats.set(bounce, PARAMS + 36)
  floats.set([0.75, 0.78, 0.85], PARAMS + 40)
  const plain = backdrop.kind !== 'gradient'
  floats.set([0.5, 0.42, 1 / 0.62, 1 / 0.6, plain ? 0 : 0.1, plain ? 0 : 0.16], PARAMS + 44)
}

/** One colour per row (4 floats, 0..255): wall above, floor below, a soft sweep between. */
export function writeRows(rows: Float32Array, camera: Camera, backdrop: Backdrop, height: number): void {
  if (backdrop.kind === 'image') return
  if (backdrop.kind === 'solid') {
    for (let y = 0; y < height; y++) rows.set(backdrop.colour, y * 4)
    return
  }
  const [, cy, cz] = toCamera(camera, [0, 0, SWEEP_DEPTH])
  const horizon = cz > 0.2 ? camera.centreY - (camera.focalPx * cy) / cz : height
  const band = height * 0.16
  for (let y = 0; y < height; y++) {
    const wall = mixed(backdrop.top, backdrop.middle, smooth(y / Math.max(horizon, height * 0.3)))
    const floor = mixed(
      backdrop.floor,
      mixed(backdrop.floor, [255, 255, 255], 0.12),
      smooth((y - horizon) / (height - horizon + 1)),
    )
    rows.set(mixed(wall, floor, smooth((y - horizon + band * 0.5) / band)), y * 4)
  }
}

/** Fills `pixels` (RGBA) with the picture, scaled to cover and centred; bilinear, with a box filter when it shrinks. */
export function coverImage(
  pixels: Uint8ClampedArray,
  width: number,
  height: number,
  image: { rgba: Uint8ClampedArray | Uint8Array; width: number; height: number },
): void {
  const { rgba } = image
  if (rgba.length !== image.width * image.height * 4 || rgba.length === 0)
    throw new RangeError('backdrop image: width x height x 4 bytes')
  const scale = Math.min(image.width / width, image.height / height)
  const left = (image.width - width * scale) / 2
  const top = (image.height - height * scale) / 2
  const taps = Math.min(4, Math.max(1, Math.round(scale)))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0]
      for (let j = 0; j < taps; j++) {
        for (let i = 0; i < taps; i++) {
          const sx = Math.min(image.width - 1, Math.max(0, left + (x + (i + 0.5) / taps) * scale - 0.5))
          const sy = Math.min(image.height - 1, Math.max(0, top + (y + (j + 0.5) / taps) * scale - 0.5))
          sampleInto(sum, rgba, image.width, image.height, sx, sy)
        }
      }
      const o = (y * width + x) * 4
      for (let c = 0; c < 3; c++) pixels[o + c] = (sum[c] ?? 0) / (taps * taps)
      pixels[o + 3] = 255
    }
  }
}

function sampleInto(
  sum: number[],
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  sx: number,
  sy: number,
): void {
  const x0 = Math.floor(sx)
  const y0 = Math.floor(sy)
  const x1 = Math.min(x0 + 1, width - 1)
  const y1 = Math.min(y0 + 1, height - 1)
  const fx = sx - x0
  const fy = sy - y0
  for (let c = 0; c < 3; c++) {
    const at = (x: number, y: number): number => rgba[(y * width + x) * 4 + c] ?? 0
    const upper = at(x0, y0) * (1 - fx) + at(x1, y0) * fx
    const lower = at(x0, y1) * (1 - fx) + at(x1, y1) * fx
    sum[c] = (sum[c] ?? 0) + upper * (1 - fy) + lower * fy
  }
}
