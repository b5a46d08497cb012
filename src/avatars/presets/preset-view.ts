import { z } from '@hono/zod-openapi'
import { PRESET_CATEGORIES } from '../../db/tables/avatars'
import type { Language } from '../../http/errors'
import { AVATAR_PATH, attributesOf, personaOf } from '../fields'
import { AttributesSchema, PersonaSchema } from '../views'
import type { PresetRow } from './load-presets'
import { PICTURE_SIZES, type PictureSize, pictureVersion } from './preset-picture'

export const PRESETS_PATH = `${AVATAR_PATH}/presets`

const InBothLanguages = z.object({ en: z.string(), id: z.string() })
const address = (size: PictureSize) => {
  const { widthPx, heightPx } = PICTURE_SIZES[size]
  return z.string().openapi({ description: `JPEG, ${widthPx} x ${heightPx}, drawn by the built-in renderer.` })
}

/** A preset as the caller sees it. `name` and `description` are in the caller's language. */
export const PresetSchema = z
  .object({
    id: z.string().openapi({ example: 'javanese-kebaya' }),
    category: z.enum(PRESET_CATEGORIES),
    name: z.string(),
    names: InBothLanguages,
    description: z.string(),
    descriptions: InBothLanguages,
    region: z.string().nullable().openapi({ description: 'Province where a regional dress is at home.' }),
    persona: PersonaSchema,
    attributes: AttributesSchema,
    words: z.string().openapi({ description: 'English: what a model is told of clothes and setting.' }),
    thumbnailUrl: address('thumbnail'),
    portraitUrl: address('portrait'),
    fullUrl: address('full'),
  })
  .openapi('AvatarPreset')

/** Its URLs carry the version of what is drawn: they may be cached for ever. */
export function toPreset(row: PresetRow, language: Language): z.infer<typeof PresetSchema> {
  const urlOf = (size: PictureSize) => `${PRESETS_PATH}/${row.id}/picture?size=${size}&v=${pictureVersion(row)}`
  return {
    id: row.id,
    category: row.category,
    name: language === 'id' ? row.nameId : row.nameEn,
    names: { en: row.nameEn, id: row.nameId },
    description: language === 'id' ? row.descriptionId : row.descriptionEn,
    descriptions: { en: row.descriptionEn, id: row.descriptionId },
    region: row.region,
    persona: personaOf(row),
    attributes: attributesOf(row),
    words: row.words,
    thumbnailUrl: urlOf('thumbnail'),
    portraitUrl: urlOf('portrait'),
    fullUrl: urlOf('full'),
  }
}
