import { z } from '@hono/zod-openapi'
import { and, desc, eq, gt, gte, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { appJobs } from '../db/tables/apps'
import { AVATAR_WAYS, avatarProjects, avatars } from '../db/tables/avatars'
import { JOB_STATUSES } from '../db/tables/pictures'
import { startOfWibDay, wibDay } from '../kernel/calendar'
import { signMediaPath } from '../media/sign'

const APP = 'avatar-creator'
const DAYS_SHORT = 7
const DAYS_LONG = 30
const TOP_AVATARS = 5

const whole = z.number().int()
const timestamp = z.string().openapi({ format: 'date-time' })

/** An object of whole numbers with exactly these keys. */
const counts = <K extends string>(keys: readonly K[]) =>
  z.object(Object.fromEntries(keys.map((key) => [key, whole])) as Record<K, typeof whole>)

export const AvatarStatsSchema = z
  .object({
    projects: whole,
    avatars: whole,
    bySource: counts(AVATAR_WAYS),
    createdLast7Days: whole.openapi({
      description: 'Avatars that are still there; today in Jakarta and the 6 days before',
    }),
    generations: counts(JOB_STATUSES).openapi({ description: 'By how they ended, or how far they are' }),
    credits: z.object({
      total: whole.openapi({ description: 'Charged for avatars, of deleted ones too; refunds are in the statement' }),
      last30Days: whole.openapi({ description: 'Of what was started today in Jakarta or in the 29 days before' }),
    }),
    topAvatars: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        thumbnailUrl: z.string(),
        usageCount: whole,
        lastUsedAt: timestamp.nullable(),
      }),
    ),
  })
  .openapi('AvatarStats')

/**
 * What somebody made with the Avatar Creator, in one call to D1: it reads one row for each project, avatar and job of
 * theirs, by their own indexes. Jobs follow the user's object within seconds and outlive their avatars.
 */
export async function readAvatarStats(ctx: Ctx, userId: string): Promise<z.infer<typeof AvatarStatsSchema>> {
  const today = wibDay(ctx.now())
  const [[project], bySource, jobs, top] = await ctx.db.batch([
    ctx.db.select({ count: sql<number>`count(*)` }).from(avatarProjects).where(eq(avatarProjects.userId, userId)),
    avatarsBySource(ctx, userId, startOfWibDay(today - DAYS_SHORT + 1)),
    jobsByStatus(ctx, userId, startOfWibDay(today - DAYS_LONG + 1)),
    topAvatars(ctx, userId),
  ])
  const sumOf = <K extends string>(rows: Record<K, number>[], key: K) => rows.reduce((sum, row) => sum + row[key], 0)
  return {
    projects: project?.count ?? 0,
    avatars: sumOf(bySource, 'count'),
    bySource: filled(AVATAR_WAYS, bySource),
    createdLast7Days: sumOf(bySource, 'recent'),
    generations: filled(JOB_STATUSES, jobs),
    credits: { total: sumOf(jobs, 'credits'), last30Days: sumOf(jobs, 'recentCredits') },
    topAvatars: await Promise.all(
      top.map(async ({ id, name, usageCount, lastUsedAt }) => ({
        ...{ id, name, usageCount },
        thumbnailUrl: await signMediaPath(ctx.config.MEDIA_SIGNING_SECRET, id, 'thumbnail', ctx.now()),
        lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
      })),
    ),
  }
}

/** A number for every key: 0 where no row has it. */
const filled = <K extends string>(keys: readonly K[], rows: { key: K; count: number }[]): Record<K, number> =>
  Object.fromEntries(keys.map((key) => [key, rows.find((row) => row.key === key)?.count ?? 0])) as Record<K, number>

const avatarsBySource = ({ db }: Ctx, userId: string, since: number) =>
  db
    .select({
      key: avatars.sourceType,
      count: sql<number>`count(*)`,
      recent: sql<number>`sum(${gte(avatars.createdAt, since)})`,
    })
    .from(avatars)
    .where(eq(avatars.userId, userId))
    .groupBy(avatars.sourceType)

const jobsByStatus = ({ db }: Ctx, userId: string, since: number) =>
  db
    .select({
      key: appJobs.status,
      count: sql<number>`count(*)`,
      credits: sql<number>`sum(${appJobs.creditsCharged})`,
      recentCredits: sql<number>`sum(case when ${gte(appJobs.createdAt, since)} then ${appJobs.creditsCharged} else 0 end)`,
    })
    .from(appJobs)
    .where(and(eq(appJobs.userId, userId), eq(appJobs.app, APP)))
    .groupBy(appJobs.status)

/** Those that were used at all, most used first. */
const topAvatars = ({ db }: Ctx, userId: string) =>
  db
    .select({ id: avatars.id, name: avatars.name, usageCount: avatars.usageCount, lastUsedAt: avatars.lastUsedAt })
    .from(avatars)
    .where(and(eq(avatars.userId, userId), gt(avatars.usageCount, 0)))
    .orderBy(desc(avatars.usageCount), desc(avatars.lastUsedAt), desc(avatars.id))
    .limit(TOP_AVATARS)
