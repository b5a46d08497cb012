import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'

/** A tick brings so many poses of each kind up to date; partial indexes hold what is left for the next. */
const MAX_REFRESHED = 2_000

/** Hundredths of a star, as if five more people had given 3.5: one single rating does not make a pose the best. */
const ratingScore = sql.raw('(rating_sum * 100 + 1750) / (rating_count + 5)')

/**
 * Brings the snapshots that lists sort by to what was counted since: pages hold still between two ticks. Finds what is due
 * by poses_popularity_due and poses_rating_due. Returns how many rows were written.
 */
export async function refreshPopularity(db: Database): Promise<number> {
  const popular = await db.run(sql`update poses set popularity = usage_count + favorite_count
    where id in (select id from poses where popularity <> usage_count + favorite_count limit ${MAX_REFRESHED})`)
  const rated = await db.run(sql`update poses set rating_score = ${ratingScore}
    where id in (select id from poses where rating_score <> ${ratingScore} limit ${MAX_REFRESHED})`)
  return popular.meta.changes + rated.meta.changes
}
