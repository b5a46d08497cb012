import { env } from 'cloudflare:test'
import { eq, like, sql } from 'drizzle-orm'
import { avatarPresets } from '../../src/db/tables/avatars'
import { libraryVersions } from '../../src/db/tables/poses'
import { db } from './rows'

type Preset = typeof avatarPresets.$inferInsert

/** What a seed does after its rows: until then everybody is shown the presets of the version before. */
export const publishPresets = () =>
  db
    .update(libraryVersions)
    .set({ appliedAt: sql`${libraryVersions.appliedAt} + 1` })
    .where(eq(libraryVersions.name, 'presets'))

/** One more preset, after all others, as the next release would bring it; answers its id. */
export async function presetRow(values: Partial<Preset> = {}): Promise<string> {
  const id = values.id ?? `row-${crypto.randomUUID()}`
  await db.insert(avatarPresets).values({
    ...{ id, category: 'creative', nameEn: 'One more', nameId: 'Satu lagi' },
    ...{ descriptionEn: 'A preset of a test.', descriptionId: 'Prasetel uji.' },
    ...{ words: 'blue shirt', seed: 1, position: 9_000, revision: id.slice(0, 12) },
    ...values,
  })
  await publishPresets()
  return id
}

/** Takes away what presetRow added, with its pictures. */
export async function removePresetRows(): Promise<void> {
  await db.delete(avatarPresets).where(like(avatarPresets.id, 'row-%'))
  const { objects } = await env.MEDIA.list({ prefix: 'presets/row-' })
  await env.MEDIA.delete(objects.map(({ key }) => key))
  await publishPresets()
}
