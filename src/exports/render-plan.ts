import { type ExportFormat, FORMATS } from './formats'
import { type Framing, framePicture } from './framing'
import type { ExportSource, FormatId, VariantOptions } from './types'

export type Ask = { format: FormatId; options: VariantOptions }

/** A file to code: once for all the formats whose files would be equal byte for byte. */
export type Output = {
  formats: FormatId[]
  format: ExportFormat & { widthPx: number; heightPx: number }
  options: VariantOptions
  framing: Framing
}

export type Plan = { outputs: Output[]; originals: Ask[] }

/**
 * What to code for these asks, and in which order: JPEG, PNG, WebP, small to large. So the many small files are in store
 * before the big ones begin, and the WebP coder's memory comes when nothing else is needed any more.
 */
export function planOutputs({ pixels, figures }: ExportSource, asks: Ask[]): Plan {
  const outputs = new Map<string, Output>()
  const originals: Ask[] = []
  for (const ask of asks) {
    const format = FORMATS[ask.format]
    const { widthPx, heightPx } = format
    if (widthPx === null || heightPx === null) {
      originals.push(ask)
      continue
    }
    const target = { width: widthPx, height: heightPx, safeZone: format.safeZone }
    const framing = framePicture(pixels, figures, target)
    const output = { formats: [ask.format], format: { ...format, widthPx, heightPx }, options: ask.options, framing }
    const key = keyOf(output)
    const known = outputs.get(key)
    if (!known) outputs.set(key, output)
    else if (!known.formats.includes(ask.format)) known.formats.push(ask.format)
  }
  return { outputs: [...outputs.values()].sort(byTypeAndSize), originals }
}

const keyOf = ({ format, options, framing }: Output): string =>
  JSON.stringify([
    ...[format.widthPx, format.heightPx, format.type, format.quality, format.subsampling, format.dpi, format.maxBytes],
    ...[framing.rect, framing.place, framing.place && options.fill, options.withRecipe],
  ])

const TURN = { 'image/jpeg': 0, 'image/png': 1, 'image/webp': 2 } as const
const areaOf = ({ format }: Output): number => format.widthPx * format.heightPx
const turnOf = ({ format }: Output): number => TURN[format.type]

const byTypeAndSize = (a: Output, b: Output): number => turnOf(a) - turnOf(b) || areaOf(a) - areaOf(b)
