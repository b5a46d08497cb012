// The materials of one person, made from a look.
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
}

/** One set per person; materials are shared by identity, so build it once. */
export function surfacesOf(look: Look): Surfaces {
  const skin: Material = { colour: look.skin, specular: 0.09, power: 4, wrap: 0.28, warmth: 0.85 }
  const hair: Material = { colour: look.hair.colour, paint: 'hair', specular: 0.34, power: 4, wrap: 0.12, sheen: 0.4 }
  const brow: Material = { colour: darker(look.hair.colour, 0.25), second: look.eyes, scale: look.beard ? 1 : 0 }
  const grey = look.age === 'senior' ? lighter(look.hair.colour, 0.55) : look.hair.colour
  const top = clothOf(look.top, look.top.cut === 'blazer' ? 0.5 : 1)
  const buttoned = look.top.cut === 'shirt' || look.top.cut === 'blazer'
  if (buttoned && look.top.pattern === 'plain') top.paint = 'shirt'
  const bottom = look.dress ? { ...top, paint: look.top.pattern } : clothOf(look.bottom, 0.8)
  return {
    skin,
    face: { ...skin, paint: 'face', second: look.lips, third: brow, scale: look.shape === 'male' ? 0 : 1 },
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
    under: { colour: lighter(look.top.colour, 0.75), specular: 0.02, folds: 0.4 },
  }
}
