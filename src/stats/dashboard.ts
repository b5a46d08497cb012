import { z } from '@hono/zod-openapi'
import { and, desc, eq, gte, sql } from 'drizzle-orm'
import type { Usage } from '../../durable-objects/user/usage'
import type { Ctx } from '../ctx'
import { generations } from '../db/tables/generations'
import { poseFavorites, poses, poseUses } from '../db/tables/poses'
import { projects } from '../db/tables/projects'
import { uploads } from '../db/tables/uploads'
import type { Language } from '../http/errors'
import { DAY_MS, startOfWibDay, WIB_OFFSET_MS, wibDate, wibDay } from '../kernel/calendar'
import { userObject } from '../objects'
import { isVisibleTo } from '../poses/people/visible'
import { toVisibleCard } from '../poses/people/visible-card'
import { cardColumns } from '../poses/pose-card'
import { toStorage } from '../uploads/storage'

/** Days of the small chart, today included. */
const CHART_DAYS = 7
const TOP_POSES = 5

const whole = z.number().int()

export const DashboardSchema = z
  .object({
    totals: z.object({
      generations: whole,
      pictures: whole,
      failedPictures: whole,
      projects: whole,
      uploads: whole,
      favorites: whole.openapi({ description: 'Favourite poses' }),
    }),
    last7Days: z
      .array(
        z.object({
          day: z.string().openapi({ format: 'date', description: 'In Jakarta' }),
          generations: whole.openapi({ description: 'Started on that day' }),
          pictures: whole.openapi({ description: 'Finished ones of these generations' }),
          creditsCharged: whole,
        }),
      )
      .openapi({ description: 'Oldest first, today last' }),
    credits: z.object({
      charged: whole.openapi({ description: 'All time, less refunds; of deleted projects too' }),
      last30Days: whole.openapi({ description: 'Today and the 29 days before it, as the statement has it' }),
      averagePerGeneration: z.number().nullable().openapi({ description: 'Of generations that were charged' }),
    }),
    topPoses: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        previewUrl: z.string(),
        uses: whole,
        lastUsedAt: z.string().openapi({ format: 'date-time' }),
      }),
    ),
    storage: z.object({ usedBytes: whole, limitBytes: whole }),
  })
  .openapi('Dashboard')

type Day = { generations: number; pictures: number; failed: number }

/**
 * The dashboard of one person, in one call to D1 and one to his object. Counts of generations are D1's, which follow the
 * object within seconds and forget deleted projects; money is the object's ledger, which is the truth and forgets nothing
 * (credit_entries is a copy for reports over all users, and may lag). Not cached: it is right after the picture that one
 * has just made, and cheap. Reads one row for each generation, project, upload, favourite and pose used, each by the
 * person's own index.
 */
export async function readDashboard(
  ctx: Ctx,
  userId: string,
  language: Language,
): Promise<z.infer<typeof DashboardSchema>> {
  const today = wibDay(ctx.now())
  const firstDay = today - CHART_DAYS + 1
  const [usage, [days, [project], [upload], [favorite], top]] = await Promise.all([
    userObject(ctx.env, userId).usage() as Promise<Usage>,
    ctx.db.batch([
      generationDays(ctx, userId, startOfWibDay(firstDay)),
      ctx.db.select({ count: sql<number>`count(*)` }).from(projects).where(eq(projects.userId, userId)),
      ctx.db
        .select({ count: sql<number>`count(*)`, bytes: sql<number>`coalesce(sum(${uploads.sizeBytes}), 0)` })
        .from(uploads)
        .where(eq(uploads.userId, userId)),
      ctx.db.select({ count: sql<number>`count(*)` }).from(poseFavorites).where(eq(poseFavorites.userId, userId)),
      topPoses(ctx, userId),
    ]),
  ])
  const byDay = new Map(days.map((row) => [row.day, row]))
  const creditsByDay = new Map(usage.days.map(({ day, credits }) => [day, credits]))
  const sumOf = (field: keyof Day) => days.reduce((sum, row) => sum + row[field], 0)
  const { usedBytes, limitBytes } = toStorage(ctx.config, upload?.bytes ?? 0, upload?.count ?? 0)
  return {
    totals: {
      generations: sumOf('generations'),
      pictures: sumOf('pictures'),
      failedPictures: sumOf('failed'),
      projects: project?.count ?? 0,
      uploads: upload?.count ?? 0,
      favorites: favorite?.count ?? 0,
    },
    last7Days: Array.from({ length: CHART_DAYS }, (_, n) => firstDay + n).map((day) => ({
      day: wibDate(day),
      generations: byDay.get(day)?.generations ?? 0,
      pictures: byDay.get(day)?.pictures ?? 0,
      creditsCharged: creditsByDay.get(day) ?? 0,
    })),
    credits: {
      charged: usage.charged,
      last30Days: usage.charged30Days,
      averagePerGeneration: usage.shoots === 0 ? null : Math.round((10 * usage.shootsCharged) / usage.shoots) / 10,
    },
    topPoses: await Promise.all(
      top.map(async (row) => {
        const { id, name, previewUrl } = await toVisibleCard(ctx, row, language)
        return { id, name, previewUrl, uses: row.uses, lastUsedAt: new Date(row.lastUsedAt).toISOString() }
      }),
    ),
    storage: { usedBytes, limitBytes },
  }
}

/** Sums over all generations in one pass: a row for each day since `since`, and one (-1) for all before. */
const generationDays = ({ db }: Ctx, userId: string, since: number) =>
  db
    .select({
      day: sql<number>`case when ${gte(generations.createdAt, since)}
        then (${generations.createdAt} + ${sql.raw(String(WIB_OFFSET_MS))}) / ${sql.raw(String(DAY_MS))} else -1 end`,
      generations: sql<number>`count(*)`,
      pictures: sql<number>`sum(${generations.posesCompleted})`,
      failed: sql<number>`sum(${generations.posesFailed})`,
    })
    .from(generations)
    .where(eq(generations.userId, userId))
    .groupBy(sql`1`)

/** What somebody made most pictures of, with all that the dashboard shows of it. */
const topPoses = ({ db }: Ctx, userId: string) =>
  db
    .select({ ...cardColumns, uses: poseUses.uses, lastUsedAt: poseUses.lastUsedAt })
    .from(poseUses)
    .innerJoin(poses, eq(poses.id, poseUses.poseId))
    .where(and(eq(poseUses.userId, userId), isVisibleTo(userId)))
    .orderBy(desc(poseUses.uses), desc(poseUses.lastUsedAt), desc(poseUses.poseId))
    .limit(TOP_POSES)
