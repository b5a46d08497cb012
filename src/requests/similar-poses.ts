import { inArray } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { poses } from '../db/tables/poses'
import type { Language } from '../http/errors'
import { cardColumns, toPoseCard } from '../poses/pose-card'
import { searchPoseIds } from '../poses/search/search-poses'

/** Poses that are shown to somebody who asks for one. */
const MAX_SIMILAR = 3

/** Cards of the library poses that fit these words best, so that nobody waits for what is there. */
export async function similarPoses({ db }: Ctx, name: string, language: Language) {
  const ids = await searchPoseIds(db, name, MAX_SIMILAR)
  if (ids.length === 0) return []
  const rows = await db.select(cardColumns).from(poses).where(inArray(poses.id, ids))
  return rows.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)).map((row) => toPoseCard(row, language))
}
