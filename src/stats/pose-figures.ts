import { z } from '@hono/zod-openapi'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { poseDailyUses, poseRatings, poses, poseUses } from '../db/tables/poses'
import { fail } from '../http/errors'
import { wibDate, wibDay } from '../kernel/calendar'
import { averageOf } from '../poses/pose-card'

const DAYS_LONG = 30
const DAYS_SHORT = 7

const whole = z.number().int()
const average = z.number().nullable().openapi({ description: 'Two decimals; null for none' })

export const PoseFiguresSchema = z
  .object({
    id: z.string(),
    isPublic: z.boolean(),
    deletedAt: z.string().nullable().openapi({ format: 'date-time' }),
    uses: z.object({
      total: whole.openapi({ description: 'Pictures made of it' }),
      last7Days: whole.openapi({ description: 'Today in Jakarta and the 6 days before it' }),
      last30Days: whole,
      people: whole,
      days: z.array(z.object({ day: z.string().openapi({ format: 'date' }), uses: whole })),
    }),
    favorites: whole,
    ratings: z.object({
      count: whole,
      average,
      histogram: z.array(whole).openapi({ description: 'How many gave 1, 2, 3, 4 and 5 stars' }),
      byUsers: z.object({ count: whole, average }).openapi({ description: 'Of people who have made a picture of it' }),
    }),
    poseMatch: z
      .object({ mean: average, pictures: whole })
      .openapi({ description: 'Of the pictures whose pose was measured' }),
  })
  .openapi('PoseFigures')

/**
 * How a pose of the library does, hidden ones too. Throws NOT_FOUND for an unknown or a private one. Pictures that failed
 * are not known here: they have no row, only a task in the object of whoever asked for them.
 */
export async function readPoseFigures(
  db: Database,
  poseId: string,
  now: number,
): Promise<z.infer<typeof PoseFiguresSchema>> {
  const today = wibDay(now)
  const [[pose], days, [used], stars, [match]] = await db.batch([
    db
      .select()
      .from(poses)
      .where(and(eq(poses.id, poseId), isNull(poses.ownerId))),
    db
      .select({ day: poseDailyUses.day, uses: poseDailyUses.uses })
      .from(poseDailyUses)
      .where(and(eq(poseDailyUses.poseId, poseId), gt(poseDailyUses.day, today - DAYS_LONG)))
      .orderBy(poseDailyUses.day),
    db.select({ people: sql<number>`count(*)` }).from(poseUses).where(eq(poseUses.poseId, poseId)),
    starsOf(db, poseId),
    db
      .select({
        sum: sql<number>`coalesce(sum(${poseDailyUses.matchSum}), 0)`,
        pictures: sql<number>`coalesce(sum(${poseDailyUses.matchCount}), 0)`,
      })
      .from(poseDailyUses)
      .where(eq(poseDailyUses.poseId, poseId)),
  ])
  if (!pose) throw fail('NOT_FOUND')
  const usesSince = (firstDay: number) => days.reduce((sum, { day, uses }) => sum + (day >= firstDay ? uses : 0), 0)
  const sumOf = (field: 'all' | 'ofUsers', weight: (star: number) => number) =>
    stars.reduce((sum, row) => sum + row[field] * weight(row.stars), 0)
  const byUsers = sumOf('ofUsers', () => 1)
  return {
    id: pose.id,
    isPublic: pose.isPublic,
    deletedAt: pose.deletedAt === null ? null : new Date(pose.deletedAt).toISOString(),
    uses: {
      total: pose.usageCount,
      last7Days: usesSince(today - DAYS_SHORT + 1),
      last30Days: usesSince(today - DAYS_LONG + 1),
      people: used?.people ?? 0,
      days: days.map(({ day, uses }) => ({ day: wibDate(day), uses })),
    },
    favorites: pose.favoriteCount,
    ratings: {
      count: pose.ratingCount,
      average: averageOf(pose.ratingSum, pose.ratingCount),
      histogram: [1, 2, 3, 4, 5].map((star) => sumOf('all', (each) => Number(each === star))),
      byUsers: {
        count: byUsers,
        average: averageOf(
          sumOf('ofUsers', (star) => star),
          byUsers,
        ),
      },
    },
    poseMatch: { mean: averageOf(match?.sum ?? 0, match?.pictures ?? 0), pictures: match?.pictures ?? 0 },
  }
}

/** How many gave how many stars, and how many of them had used the pose. */
const starsOf = (db: Database, poseId: string) =>
  db
    .select({
      stars: poseRatings.stars,
      all: sql<number>`count(*)`,
      ofUsers: sql<number>`count(${poseUses.userId})`,
    })
    .from(poseRatings)
    .leftJoin(poseUses, and(eq(poseUses.userId, poseRatings.userId), eq(poseUses.poseId, poseRatings.poseId)))
    .where(eq(poseRatings.poseId, poseId))
    .groupBy(poseRatings.stars)
