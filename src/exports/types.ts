import type { Pixels } from '../render/image/pixels'

export const FORMAT_IDS = [
  ...(['instagram_story', 'tiktok', 'instagram_feed', 'instagram_portrait', 'instagram_tall'] as const),
  ...(['facebook_post', 'twitter_post', 'linkedin_post', 'whatsapp_status', 'pinterest_pin'] as const),
  ...(['youtube_thumbnail', 'shopee_product', 'tokopedia_product', 'lazada_product', 'tiktok_shop'] as const),
  ...(['whatsapp_catalog', 'print_a4', 'print_4x6', 'website_hero', 'original'] as const),
] as const
export type FormatId = (typeof FORMAT_IDS)[number]

export type ImageType = 'image/jpeg' | 'image/png' | 'image/webp'

/** A rectangle in pixels; fractions allowed. */
export type Rect = { x: number; y: number; width: number; height: number }

/**
 * A person in pixels of the picture. `keypoints`: 18 x (x, y, confidence 0..1), COCO-18 order. `hands`: the points of each
 * visible hand as (x, y) pairs. `goods`: boxes of what the person holds. Numbers are rounded to whole pixels.
 */
export type Figure = { keypoints: number[]; hands: number[][]; goods: Rect[] }

/**
 * What goes where a shape cannot hold the person: the picture's own edge colours, the picture enlarged and blurred, or one
 * colour. A transparent picture has nothing to sample or blur: it gets white.
 */
export const FILLS = ['sampled', 'blurred', 'white'] as const
export type Fill = (typeof FILLS)[number]

/** How a variant is asked for; part of its recipe. */
export type VariantOptions = {
  fill: Fill
  /** Names the recipe (the picture's id) in the file's metadata. The mark that AI made it is always there. */
  withRecipe: boolean
}
export const DEFAULT_OPTIONS: VariantOptions = { fill: 'sampled', withRecipe: true }

/** What a picture is exported from: its current master, decoded, and what is known of it. */
export type ExportSource = {
  imageId: string
  /** The stored file, byte for byte. */
  bytes: Uint8Array<ArrayBuffer>
  type: ImageType
  pixels: Pixels
  figures: Figure[]
  simulated: boolean
  createdAt: number
}

/** One finished file of a picture. */
export type Variant = {
  format: FormatId
  type: ImageType
  bytes: Uint8Array<ArrayBuffer>
  width: number
  height: number
  /** Of the bytes, as a ZIP wants it: uint32. */
  crc32: number
  /** What the byte cap left of the format's quality; null for PNG and the original. */
  quality: number | null
  /** The shape could not hold the person: something was put beside the picture. */
  isPadded: boolean
  /** How much of the person is whole in it: all, from the hips up, the head, or no person was known. */
  keeps: 'body' | 'upper' | 'head' | 'nothing'
}
