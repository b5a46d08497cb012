// What a person looks like: the vocabulary that `lookOf` chooses from and the body builders draw.
import type { Rgb } from './material'
import type { Build } from './pose'

export const PATTERNS = ['plain', 'stripes', 'batik', 'check', 'dots', 'floral'] as const
export type Pattern = (typeof PATTERNS)[number]
export type Fabric = { colour: Rgb; pattern: Pattern; accent: Rgb }

// biome-ignore format: a list
export type Hairstyle =
  | 'crop' | 'short' | 'pixie' | 'bob' | 'medium' | 'long' | 'wavy' | 'ponytail' | 'bun' | 'braid' | 'curly' | 'bald'
// biome-ignore format: a list
export type TopCut =
  | 'tshirt' | 'shirt' | 'blouse' | 'hoodie' | 'blazer' | 'tank' | 'tunic'
  | 'kebaya' | 'beskap' | 'bodo' | 'kurung' | 'koko'
export type Sleeve = 'none' | 'short' | 'elbow' | 'long'
export type BottomCut = 'slim' | 'straight' | 'wide' | 'shorts' | 'skirt' | 'longSkirt'
export type ShoeCut = 'sneaker' | 'flat' | 'loafer' | 'sandal' | 'bare'

export const FIGURES = ['petite', 'slim', 'average', 'athletic', 'curvy', 'plus'] as const
export type BodyFigure = (typeof FIGURES)[number]

// biome-ignore format: a list
export const HEADWEAR = [
  'peci', 'blangkon', 'udeng', 'cap', 'brim', 'caping', 'tengkuluk', 'suntiang', 'siger', 'feathers', 'flower',
] as const
export type Headwear = Fabric & { kind: (typeof HEADWEAR)[number] }

/** Cloth over one shoulder: hanging straight down in front and behind, or drawn across to the other hip. */
export type Sash = Fabric & { way: 'hanging' | 'across' }

export type Look = {
  shape: Build
  /** Girth of trunk and limbs; bones and joints stay where the pose has them. */
  figure: BodyFigure
  age: 'young' | 'adult' | 'senior'
  /** In the middle of the range that was given; null: nobody said, and the face shows none. */
  years: number | null
  skin: Rgb
  lips: Rgb
  eyes: Rgb
  /** `grey`: share of grey in the colour, 0..1; none when left out. */
  hair: { style: Hairstyle; colour: Rgb; grey?: number }
  beard: boolean
  headscarf: Fabric | null
  headwear: Headwear | null
  top: Fabric & { cut: TopCut; sleeve: Sleeve; tucked: boolean }
  bottom: Fabric & { cut: BottomCut }
  /** A long skirt is wound around the legs and narrow at the hem: kain, jarik, sarung. */
  wrapped: boolean
  /** Half a sarong over the trousers, hips to knees. */
  samping: Fabric | null
  sash: Sash | null
  /** Worn over the top. */
  over: (Fabric & { cut: 'vest' | 'apron' }) | null
  tie: Fabric | null
  /** A string of beads around the neck. */
  necklace: Rgb | null
  /** One garment from shoulder to hem. */
  dress: boolean
  shoes: { cut: ShoeCut; colour: Rgb; sole: Rgb }
  /** Colour of the thing on show and of its label. */
  product: { colour: Rgb; label: Rgb }
  /** The words asked for this bottom, so a spread stance must not change it. */
  bottomAsked: boolean
}
