import type { ImageKernel } from '../render/image/kernel'
import type { Pixels } from '../render/image/pixels'
import type { WebpEncoder } from '../render/webp/encode'
import { type ExportFormat, FORMATS } from './formats'
import { type Framing, framePicture } from './framing'
import type { Figure, FormatId, ImageType, Rect } from './types'

/**
 * What a file of a picture of 1024 x 1024 comes to, for who has none yet: the middle of the bench's three pictures, which have
 * the grain of photographs. A drawing of the embedded renderer is a third of it.
 */
export const TYPICAL_BYTES: Record<FormatId, number> = {
  ...{ instagram_story: 380_000, tiktok: 380_000, whatsapp_status: 380_000 },
  ...{ instagram_feed: 170_000, instagram_portrait: 220_000, instagram_tall: 230_000 },
  ...{ facebook_post: 120_000, twitter_post: 130_000, linkedin_post: 120_000 },
  ...{ pinterest_pin: 240_000, youtube_thumbnail: 140_000, whatsapp_catalog: 99_000 },
  ...{ shopee_product: 350_000, lazada_product: 350_000, tokopedia_product: 470_000, tiktok_shop: 390_000 },
  ...{ print_a4: 6_600_000, print_4x6: 2_400_000, website_hero: 90_000, original: 1_500_000 },
}

/**
 * How much of a file is coded to learn its size: strips of `rows` rows, spread evenly over it. What strips cost more than the
 * whole, because none continues the one above it, is `surplus`. Measured on 128 drawings and the bench's three pictures.
 */
const SAMPLES: Record<ImageType, { rows: number; share: number; least: number; surplus: number }> = {
  'image/jpeg': { rows: 16, share: 0.3, least: 12, surplus: 1 },
  'image/png': { rows: 32, share: 0.15, least: 6, surplus: 1.04 },
  'image/webp': { rows: 48, share: 0.5, least: 6, surplus: 1.03 },
}
/** Marks of provenance and the colour profile. */
const MARK_BYTES = 1_100
/** Bytes for each pixel of padding, which is a gradient. */
const PADDING_BYTES = { png: 0.04, webp: 0.0022, jpeg: 0.0145, fineJpeg: 0.056 }
const HIGH_QUALITY = 95

type Coders = { kernel: ImageKernel; webp: () => Promise<WebpEncoder> }
type Source = { pixels: Pixels; figures: readonly Figure[]; sizeBytes: number }

/**
 * How large the files of a picture would be in these formats, padded with sampled colours: within 15 % for nearly all (the
 * distribution is asserted in test/rules/formats-estimate.test.ts). No formula over the size of the picture's own file comes
 * near that, so strips of each file are coded, which takes about half as long as making the files. Pixels must be opaque.
 * Call it within `oneAtATime`.
 */
export async function estimateBytes(
  coders: Coders,
  source: Source,
  formats: readonly FormatId[],
): Promise<Map<FormatId, number>> {
  const sizes = new Map<FormatId, number>()
  const measured = new Map<string, number>()
  for (const id of formats) {
    const format = FORMATS[id]
    const { widthPx, heightPx, safeZone } = format
    if (widthPx === null || heightPx === null) {
      sizes.set(id, source.sizeBytes)
      continue
    }
    const framing = framePicture(source.pixels, source.figures, { width: widthPx, height: heightPx, safeZone })
    const key = JSON.stringify([framing, widthPx, heightPx, format.type, format.quality])
    const bytes = measured.get(key) ?? (await measure(coders, source.pixels, framing, format, { widthPx, heightPx }))
    measured.set(key, bytes)
    sizes.set(id, Math.min(bytes, format.maxBytes ?? bytes))
  }
  return sizes
}

async function measure(
  coders: Coders,
  pixels: Pixels,
  { rect, place }: Framing,
  format: ExportFormat,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): Promise<number> {
  const { width, height } = place ?? { width: widthPx, height: heightPx }
  const { surplus } = SAMPLES[format.type]
  const strips = stripsOf(coders, pixels, rect, { width, height }, format.type)
  const [whole, empty] = [await codedBytes(coders, strips, format), await codedBytes(coders, EMPTY, format)]
  const picture = ((whole - empty) * height) / strips.height / surplus
  const padding = (widthPx * heightPx - width * height) * paddingBytes(format)
  return Math.round(picture + padding + empty + MARK_BYTES)
}

/** A file of next to nothing: what every file has. */
const EMPTY: Pixels = { rgba: new Uint8Array(16 * 16 * 4).fill(255), width: 16, height: 16 }

function paddingBytes({ type, quality }: ExportFormat): number {
  if (type === 'image/png') return PADDING_BYTES.png
  if (type === 'image/webp') return PADDING_BYTES.webp
  return quality! >= HIGH_QUALITY ? PADDING_BYTES.fineJpeg : PADDING_BYTES.jpeg
}

/** Strips of the framed part at the size it has in the file, one below the other. */
function stripsOf(
  { kernel }: Coders,
  { rgba, width: pictureWidth, height: pictureHeight }: Pixels,
  rect: Rect,
  { width, height }: { width: number; height: number },
  type: ImageType,
): Pixels {
  const { rows, share, least } = SAMPLES[type]
  const wanted = Math.max(least, Math.round((height / rows) * share))
  if (wanted * rows >= height) {
    const whole = kernel.resize(rgba, pictureWidth, pictureHeight, rect, width, height)
    return { rgba: whole, width, height }
  }
  const strips = new Uint8Array(wanted * rows * width * 4)
  const scale = rect.height / height
  for (let i = 0; i < wanted; i++) {
    // On a whole block of the coder, so that a strip is coded as in the file.
    const middle = ((i + 0.5) * height) / wanted
    const y = Math.min(height - rows, Math.max(0, Math.floor((middle - rows / 2) / 16) * 16))
    const part = { ...rect, y: rect.y + y * scale, height: rows * scale }
    strips.set(kernel.resize(rgba, pictureWidth, pictureHeight, part, width, rows), i * rows * width * 4)
  }
  return { rgba: strips, width, height: wanted * rows }
}

async function codedBytes({ kernel, webp }: Coders, { rgba, width, height }: Pixels, format: ExportFormat) {
  const { type, quality, subsampling } = format
  if (type === 'image/png') return kernel.encodePng(rgba, width, height).length
  if (type === 'image/webp') return (await webp()).encode({ rgba, width, height }, quality!).length
  const chroma = subsampling === null ? {} : { subsampling }
  return kernel.encodeJpeg(rgba, width, height, { quality: quality!, profile: true, ...chroma }).length
}
