// What a person looks like: the vocabulary that `lookOf` chooses from and the body builders draw.
import type { Rgb } from './material'
import type { Build } from './pose'

export const PATTERNS = ['plain', 'stripes', 'batik', 'check', 'dots', 'floral'] as const
export type Pattern = (typeof PATTERNS)[number]
export type Fabric = { colour: Rgb; pattern: Pattern; accent: Rgb }

export type Hairstyle = 'crop' | 'short' | 'pixie' | 'bob' | 'long' | 'ponytail' | 'bun' | 'curly' | 'bald'
export type TopCut = 'tshirt' | 'shirt' | 'blouse' | 'hoodie' | 'blazer' | 'tank' | 'tunic'
export type Sleeve = 'none' | 'short' | 'elbow' | 'long'
export type BottomCut = 'slim' | 'straight' | 'wide' | 'shorts' | 'skirt' | 'longSkirt'
export type ShoeCut = 'sneaker' | 'flat' | 'loafer' | 'sandal' | 'bare'

export type Look = {
  shape: Build
  age: 'young' | 'adult' | 'senior'
  skin: Rgb
  lips: Rgb
  eyes: Rgb
  hair: { style: Hairstyle; colour: Rgb }
  beard: boolean
  headscarf: Fabric | null
  top: Fabric & { cut: TopCut; sleeve: Sleeve; tucked: boolean }
  bottom: Fabric & { cut: BottomCut }
  /** One garment from shoulder to hem. */
  dress: boolean
  shoes: { cut: ShoeCut; colour: Rgb; sole: Rgb }
  /** Colour of the thing on show and of its label. */
  product: { colour: Rgb; label: Rgb }
  /** The words asked for this bottom, so a spread stance must not change it. */
  bottomAsked: boolean
}
