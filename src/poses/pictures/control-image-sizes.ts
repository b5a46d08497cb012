/**
 * The sizes of a map by the shape of the picture: exactly these shapes, sides in multiples of 16, about a megapixel, which is
 * what FLUX is trained at.
 */
export const ASPECT_SIZES = {
  '1:1': { widthPx: 1024, heightPx: 1024 },
  '4:5': { widthPx: 896, heightPx: 1120 },
  '9:16': { widthPx: 720, heightPx: 1280 },
  '16:9': { widthPx: 1280, heightPx: 720 },
  '2:3': { widthPx: 832, heightPx: 1248 },
} as const

type Aspect = keyof typeof ASPECT_SIZES
export const ASPECTS = Object.keys(ASPECT_SIZES) as [Aspect, ...Aspect[]]
