import { asc, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { avatarPresets } from '../../db/tables/avatars'
import { libraryVersions } from '../../db/tables/poses'
import { fail } from '../../http/errors'
import { keepByVersion } from '../../poses/library/library-cache'

/** What is shown of a preset. Not its usage: that changes without a new version, and what is kept would be wrong. */
const columns = {
  id: avatarPresets.id,
  category: avatarPresets.category,
  nameEn: avatarPresets.nameEn,
  nameId: avatarPresets.nameId,
  descriptionEn: avatarPresets.descriptionEn,
  descriptionId: avatarPresets.descriptionId,
  region: avatarPresets.region,
  personaName: avatarPresets.personaName,
  personaAge: avatarPresets.personaAge,
  personaPersonality: avatarPresets.personaPersonality,
  personaBackground: avatarPresets.personaBackground,
  gender: avatarPresets.gender,
  ageRange: avatarPresets.ageRange,
  ethnicity: avatarPresets.ethnicity,
  bodyType: avatarPresets.bodyType,
  hairStyle: avatarPresets.hairStyle,
  hairColor: avatarPresets.hairColor,
  eyeColor: avatarPresets.eyeColor,
  skinTone: avatarPresets.skinTone,
  style: avatarPresets.style,
  words: avatarPresets.words,
  seed: avatarPresets.seed,
  position: avatarPresets.position,
  revision: avatarPresets.revision,
}

export type PresetRow = Pick<typeof avatarPresets.$inferSelect, keyof typeof columns>

/** A list that is held in memory whole; data/avatars has about fifty. */
const MAX_PRESETS = 500

/**
 * All public presets in their order. Read once per version of the data and place of the edge: only the seed changes
 * them, and it writes a new version. The version is read from D1 each time, so no answer is older than the last seed.
 */
export async function loadPresets({ db }: Pick<Ctx, 'db'>): Promise<PresetRow[]> {
  return keepByVersion<PresetRow[], PresetRow[]>('presets', await readPresetsVersion(db), {
    read: () =>
      db
        .select(columns)
        .from(avatarPresets)
        .where(eq(avatarPresets.isPublic, true))
        .orderBy(asc(avatarPresets.position), asc(avatarPresets.id))
        .limit(MAX_PRESETS),
    make: (rows) => rows,
  })
}

/** Throws 404 NOT_FOUND for an id that no public preset has. */
export async function loadPreset(ctx: Pick<Ctx, 'db'>, id: string): Promise<PresetRow> {
  const preset = (await loadPresets(ctx)).find((each) => each.id === id)
  if (!preset) throw fail('NOT_FOUND')
  return preset
}

/** With the time of the seed: a local database that starts anew has the same version again. */
async function readPresetsVersion(db: Ctx['db']): Promise<string> {
  const [row] = await db
    .select({ version: sql<string>`${libraryVersions.version} || '.' || ${libraryVersions.appliedAt}` })
    .from(libraryVersions)
    .where(eq(libraryVersions.name, 'presets'))
  return row?.version ?? '0'
}
