import type { Database } from '../db/client'
import type { AvatarRef } from '../generations/types'
import { fail } from '../http/errors'
import { attributesOf, personaOf } from './fields'
import { type AvatarRow, findAvatar } from './find-avatar'

/** What a job that uses an avatar keeps of it. */
export const toAvatarRef = (row: AvatarRow): AvatarRef => ({
  id: row.id,
  attributes: attributesOf(row),
  persona: personaOf(row),
  words: row.words,
  lookSeed: row.lookSeed,
})

/** The avatar that `field` of a request names. Throws NOT_FOUND, which names the field, when this user has none such. */
export async function namedAvatar(db: Database, userId: string, id: string, field: string): Promise<AvatarRow> {
  const row = await findAvatar(db, userId, id)
  if (!row) throw fail('NOT_FOUND', { field })
  return row
}
