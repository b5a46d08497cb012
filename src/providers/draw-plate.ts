import { hashOf } from '../render/mannequin/hash'
import { studioOf } from '../render/mannequin/studio'
import type { GenSpec, Pixels } from './contract'

type Rgb = readonly [number, number, number]

/** Wall above, floor below: as high as the floor of our studio is seen from eye level. */
const HORIZON = 0.72
const SWEEP = 0.16
/** Out-of-focus spots of a place; a bare studio has none. */
const SPOTS = 14

/**
 * An empty place for the words of a spec: the studio of the mannequin without anybody in it. Other words and other seeds
 * light it differently, so that no two are the same picture. Opaque.
 */
export function drawPlate({ background, prompt, seed, width, height }: GenSpec): Pixels {
  const words = background.kind === 'prompt' ? background.prompt : prompt
  const backdrop = studioOf({ prompt: words, seed, aboutBackground: true })
  const [top, middle, floor]: Rgb[] =
    backdrop.kind === 'gradient'
      ? [backdrop.top, backdrop.middle, backdrop.floor]
      : [[226, 219, 210] as const, [244, 240, 234] as const, [222, 212, 200] as const]
  const share = sharesOf(`${words} ${seed}`)
  const horizon = HORIZON + 0.08 * (share() - 0.5)
  const rgba = new Uint8ClampedArray(width * height * 4)
  const lightX = bell(width, 0.2 + 0.6 * share(), 0.34)
  const lightY = bell(height, 0.18 + 0.3 * share(), 0.4)
  const warmth = 0.04 * (share() - 0.5)
  const gains: Rgb = [1 + warmth, 1, 1 - warmth]
  for (let y = 0, at = 0; y < height; y++) {
    const v = y / height
    const wall = mixed(top!, middle!, smooth(v / horizon))
    const row = mixed(wall, floor!, smooth((v - horizon) / SWEEP + 0.5))
    for (let x = 0; x < width; x++, at += 4) {
      const edge = (x / width - 0.5) ** 2 + (v - 0.5) ** 2
      // Half a step of noise: a slow gradient of eight bits shows its steps without.
      const noise = (((x * 73 + y * 151 + seed) * 2_654_435_761) >>> 28) / 16 - 0.5
      const light = 0.97 + 0.08 * lightX[x]! * lightY[y]! - 0.22 * edge
      for (let c = 0; c < 3; c++) rgba[at + c] = row[c]! * light * gains[c]! + noise
      rgba[at + 3] = 255
    }
  }
  for (let n = 0; n < SPOTS; n++) {
    const side = Math.min(width, height)
    const spot = { x: share() * width, y: share() * horizon * height, radius: side * (0.03 + 0.09 * share()) }
    paintSpot(rgba, width, height, spot, 0.05 + 0.08 * share())
  }
  return { rgba, width, height }
}

/** Numbers 0..1 that follow from `key`, one after the other. */
function sharesOf(key: string): () => number {
  let n = 0
  return () => hashOf(`plate ${key}`, n++) / 2 ** 32
}

const mixed = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]

const smooth = (t: number): number => {
  const k = Math.min(1, Math.max(0, t))
  return k * k * (3 - 2 * k)
}

const bell = (length: number, centre: number, spread: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.exp(-(((i / length - centre) / spread) ** 2)))

/** A soft disc, lighter by `strength` of what is missing to white. */
function paintSpot(
  rgba: Uint8ClampedArray,
  width: number,
  height: number,
  { x: cx, y: cy, radius }: { x: number; y: number; radius: number },
  strength: number,
): void {
  for (let y = Math.max(0, Math.floor(cy - radius)); y < Math.min(height, cy + radius); y++) {
    for (let x = Math.max(0, Math.floor(cx - radius)); x < Math.min(width, cx + radius); x++) {
      const far = Math.hypot(x - cx, y - cy) / radius
      if (far >= 1) continue
      const share = strength * smooth((1 - far) * 3)
      const at = (y * width + x) * 4
      for (let c = at; c < at + 3; c++) rgba[c] = rgba[c]! + (255 - rgba[c]!) * share
    }
  }
}
