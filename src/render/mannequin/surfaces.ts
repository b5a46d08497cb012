// The materials of one person, made from a look.
import { EYES_UNSAID } from './features'
import type { Material, Rgb } from './material'
import type { Fabric, Look } from './outfit'

const toward = (a: Rgb, b: Rgb, t: number): Rgb => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]
export const darker = (colour: Rgb, t: number): Rgb => toward(colour, [10, 8, 8], t)
export const lighter = (colour: Rgb, t: number): Rgb => toward(colour, [255, 253, 250], t)

const REPEATS = { plain: 1, stripes: 26, batik: 17, check: 15, dots: 24, floral: 12 } as const

export function clothOf(fabric: Fabric, folds: number): Material {
  return {
    colour: fabric.colour,
    paint: fabric.pattern,
    second: fabric.accent,
    third: { colour: lighter(fabric.accent, 0.45) },
    scale: REPEATS[fabric.pattern],
    specular: 0.02,
    power: 2,
    wrap: 0.2,
    folds,
    sheen: 0.35,
  }
}

export type Surfaces = {
  skin: Material
  face: Material
  hair: Material
  top: Material
  /** As the top, without what is sewn down its front. */
  sleeve: Material
  collar: Material
  bottom: Material
  shoe: Material
  sole: Material
  scarf: Material | null
  under: Material
  /** Bands and standing collars, in the accent of the top. */
  trim: Material
  gold: Material
  samping: Material | null
}

// Light of the iris and of its lower half, where it glows: what the kernel painted before eyes had a colour.
const IRIS_UNSAID: readonly Rgb[] = [
  [0.085, 0.042, 0.022],
  [0.19, 0.1, 0.05],
]
const ofLight = ([r, g, b]: Rgb): Rgb => [255 * Math.sqrt(r), 255 * Math.sqrt(g), 255 * Math.sqrt(b)]

function irisOf(eyes: Rgb): Material {
  const [ring = eyes, glow = eyes] =
    eyes === EYES_UNSAID ? IRIS_UNSAID.map(ofLight) : [darker(eyes, 0.12), lighter(eyes, 0.18)]
  return { colour: ring, second: glow }
}

/** One set per person; materials are shared by identity, so build it once. */
export function surfacesOf(look: Look): Surfaces {
  const skin: Material = { colour: look.skin, specular: 0.09, power: 4, wrap: 0.28, warmth: 0.85 }
  const hair: Material = { colour: look.hair.colour, paint: 'hair', specular: 0.34, power: 4, wrap: 0.12, sheen: 0.4 }
  const brow: Material = { colour: darker(look.hair.colour, 0.25), third: irisOf(look.eyes), scale: look.beard ? 1 : 0 }
  const grey = look.hair.grey ? lighter(look.hair.colour, look.hair.grey) : look.hair.colour
  const top = clothOf(look.top, look.top.cut === 'blazer' ? 0.5 : 1)
  const buttoned = look.top.cut === 'shirt' || look.top.cut === 'blazer'
  if (buttoned && look.top.pattern === 'plain') top.paint = 'shirt'
  const bottom = look.dress ? { ...top, paint: look.top.pattern } : clothOf(look.bottom, 0.8)
  return {
    skin,
    face: { ...skin, paint: 'face', second: look.lips, third: brow, scale: look.shape === 'female' ? 1 : 0 },
    hair: { ...hair, colour: grey },
    top,
    sleeve: top.paint === 'shirt' ? { ...top, paint: 'plain' } : top,
    collar: {
      ...top,
      paint: 'plain',
      colour: darker(look.top.colour, look.top.cut === 'blazer' ? 0.18 : 0.1),
      folds: 0,
    },
    bottom,
    shoe: {
      colour: look.shoes.colour,
      paint: 'shoe',
      second: look.shoes.sole,
      scale: 0.017,
      specular: look.shoes.cut === 'loafer' ? 0.3 : 0.07,
      power: 5,
      wrap: 0.15,
    },
    sole: { colour: look.shoes.sole, specular: 0.05 },
    scarf: look.headscarf ? clothOf(look.headscarf, 1.15) : null,
    trim: { ...clothOf({ ...look.top, colour: look.top.accent, pattern: 'plain' }, 0), specular: 0.06 },
    gold: { colour: [222, 176, 78], specular: 0.55, power: 5, wrap: 0.2 },
    samping: look.samping ? clothOf(look.samping, 0.4) : null,
    under: { colour: lighter(look.top.colour, 0.75), specular: 0.02, folds: 0.4 },
  }
}
