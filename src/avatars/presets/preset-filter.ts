import { z } from '@hono/zod-openapi'
import { AVATAR_ATTRIBUTES } from '../../db/tables/avatar-attributes'
import { PRESET_CATEGORIES } from '../../db/tables/avatars'
import { freeText } from '../../http/fields'
import { PageQuery } from '../../http/page'
import type { PresetRow } from './load-presets'

/** Position and id: positions of presets that were added by hand may be equal. */
const CURSOR = /^\d{1,9}:[a-z0-9-]{1,60}$/

const presetId = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be the id of a preset, e.g. javanese-kebaya')

/** Path parameters of a route about one preset. */
export const PresetIdParam = z.object({
  id: presetId.openapi({ param: { name: 'id', in: 'path' }, example: 'javanese-kebaya' }),
})

/** What narrows the presets. What is absent does not; everything given must hold. */
export const PresetFilter = PageQuery.extend({
  cursor: z.string().regex(CURSOR, 'must be a cursor of this list').optional(),
  category: z.enum(PRESET_CATEGORIES).optional(),
  gender: z.enum(AVATAR_ATTRIBUTES.gender).optional(),
  search: freeText(2, 100).optional().openapi({
    description: 'Words that all must stand in names, descriptions, region or persona, English or Indonesian.',
  }),
})
export type PresetFilter = z.infer<typeof PresetFilter>

export const cursorOf = ({ position, id }: Pick<PresetRow, 'position' | 'id'>): string => `${position}:${id}`

/** The presets that pass, in the order given; of a page only those after its cursor, however many. */
export function filterPresets(presets: readonly PresetRow[], filter: PresetFilter): PresetRow[] {
  const { category, gender, search, cursor } = filter
  const words = search === undefined ? [] : folded(search).split(/\s+/)
  return presets.filter(
    (preset) =>
      (category === undefined || preset.category === category) &&
      (gender === undefined || preset.gender === gender) &&
      (cursor === undefined || isAfter(preset, cursor)) &&
      words.every((word) => searchText(preset).includes(word)),
  )
}

function isAfter({ position, id }: PresetRow, cursor: string): boolean {
  const colon = cursor.indexOf(':')
  const last = Number(cursor.slice(0, colon))
  return position > last || (position === last && id > cursor.slice(colon + 1))
}

const searchText = (preset: PresetRow): string =>
  folded(
    [preset.nameEn, preset.nameId, preset.descriptionEn, preset.descriptionId, preset.region ?? '']
      .concat([preset.personaName ?? '', preset.personaBackground, preset.words, preset.id])
      .join(' '),
  )

/** Lower case without accents and apostrophes: `pesaan` finds Pesa’an. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase()
