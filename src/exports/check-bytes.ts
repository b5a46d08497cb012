import type { Language } from '../http/errors'
import { modules } from '../render/modules'
import { readFileFacts } from './check-file'
import { measureWhite, subjectOfFigures, subjectOfPixels } from './check-pixels'
import { checkVariant } from './check-variant'
import { FORMATS } from './formats'
import { framePicture } from './framing'
import { decodeMaster } from './render-decode'
import type { Figure, FormatId } from './types'

/** What a file was made from. */
export type Checked = {
  imageId: string
  format: FormatId
  picture: { width: number; height: number }
  figures: readonly Figure[]
}

/**
 * Checks the finished file of a picture. Pixels are decoded only for marketplaces, which alone look at backgrounds and
 * subjects: at most 6 MB of them. Call it within `oneAtATime`. Throws ImageError when the file cannot be read.
 */
export async function checkBytes(
  bytes: Uint8Array,
  { imageId, format, picture, figures }: Checked,
  language: Language,
) {
  const rules = FORMATS[format]
  const file = readFileFacts(bytes)
  const { widthPx: width, heightPx: height } = file
  const looks = rules.category === 'marketplace' ? (await decodeMaster(modules, bytes)).pixels : null
  const framing = framePicture(picture, figures, { width, height, safeZone: rules.safeZone })
  const facts = {
    ...file,
    enlargement: (framing.place?.width ?? width) / framing.rect.width,
    white: looks && measureWhite(looks),
    subject: looks && (subjectOfFigures(figures, picture, framing, { width, height }) ?? subjectOfPixels(looks)),
  }
  return checkVariant(facts, rules, { imageId, language })
}
