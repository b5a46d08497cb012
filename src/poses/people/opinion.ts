import { and, eq } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseRatings, poses } from '../../db/tables/poses'
import { isFavoriteOf } from './favorites'

/** What somebody thinks of a pose: whether it is a favourite, and the stars that were given, null for none. */
export async function opinionOf(db: Database, userId: string, poseId: string) {
  const [opinion] = await db
    .select({ isFavorite: isFavoriteOf(userId), stars: poseRatings.stars })
    .from(poses)
    .leftJoin(poseRatings, and(eq(poseRatings.poseId, poses.id), eq(poseRatings.userId, userId)))
    .where(eq(poses.id, poseId))
  return opinion ?? { isFavorite: false, stars: null }
}
