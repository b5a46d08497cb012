import { z } from '@hono/zod-openapi'
import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseRatings, poses } from '../../db/tables/poses'
import { fail } from '../../http/errors'
import { averageOf } from '../pose-card'
import { isInLibrary } from './visible'

export const NewRating = z.strictObject({ stars: z.number().int().min(1).max(5) })

export const RatingSchema = z
  .object({
    stars: z.number().int().min(1).max(5).nullable().openapi({ description: "The caller's own" }),
    ratingAverage: z.number().nullable().openapi({ description: 'Of everybody, two decimals; null without ratings' }),
    ratingCount: z.number().int(),
  })
  .openapi('PoseRating')

type Rating = z.infer<typeof RatingSchema>

/**
 * Somebody's rating of a pose of the library, one a person: a new one takes the place of the old. Sum and count follow by
 * trigger in the same statement, so they are right however many write at once. Throws NOT_FOUND.
 *
 * Anybody signed in may rate. Only those who made pictures with it would mean more, but then a new pose stays without
 * ratings until it has sold, and its preview shows already whether it is worth a picture. Admins see apart how those
 * rate it who used it (stats/pose-figures.ts).
 */
export async function ratePose(
  db: Database,
  { userId, poseId, stars }: { userId: string; poseId: string; stars: number },
  now: number,
): Promise<Rating> {
  const [, found] = await db.batch([
    db
      .insert(poseRatings)
      .select(
        sql`select ${poses.id}, ${userId}, ${stars}, ${now} from ${poses}
          where ${and(eq(poses.id, poseId), isInLibrary())}`,
      )
      .onConflictDoUpdate({
        target: [poseRatings.poseId, poseRatings.userId],
        set: { stars: sql`excluded.stars`, updatedAt: sql`excluded.updated_at` },
      }),
    ratingOf(db, poseId),
  ])
  return toRating(stars, found[0])
}

/** Takes somebody's rating back, whether or not there was one. Throws NOT_FOUND for what the library does not show. */
export async function removeRating(db: Database, userId: string, poseId: string): Promise<Rating> {
  const [, found] = await db.batch([
    db.delete(poseRatings).where(and(eq(poseRatings.poseId, poseId), eq(poseRatings.userId, userId))),
    ratingOf(db, poseId),
  ])
  return toRating(null, found[0])
}

const ratingOf = (db: Database, poseId: string) =>
  db
    .select({ sum: poses.ratingSum, count: poses.ratingCount })
    .from(poses)
    .where(and(eq(poses.id, poseId), isInLibrary()))

function toRating(stars: number | null, pose: { sum: number; count: number } | undefined): Rating {
  if (!pose) throw fail('NOT_FOUND')
  return { stars, ratingAverage: averageOf(pose.sum, pose.count), ratingCount: pose.count }
}
