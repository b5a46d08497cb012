import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt, max, sql } from 'drizzle-orm'
import { registry } from '../apps/registry'
import type { Database } from '../db/client'
import { avatarUsages } from '../db/tables/avatars'
import type { Language } from '../http/errors'

const whole = z.number().int()
const timestamp = z.string().openapi({ format: 'date-time' })

export const AvatarUsageSchema = z
  .object({
    app: z.string(),
    appName: z.string(),
    action: z.string().openapi({ description: 'What it was used for, e.g. `GALLERY_REFERENCE`' }),
    referenceId: z.string().openapi({ description: 'The generation' }),
    pictures: whole.openapi({ description: 'That were asked for' }),
    createdAt: timestamp,
  })
  .openapi('AvatarUsage')

export const UsageSummarySchema = z
  .object({
    total: whole.openapi({ description: 'Generations of all apps' }),
    lastUsedAt: timestamp.nullable(),
    apps: z
      .array(z.object({ app: z.string(), appName: z.string(), count: whole, pictures: whole, lastUsedAt: timestamp }))
      .openapi({ description: 'Most used first' }),
  })
  .openapi('AvatarUsageSummary')

/** What an app is called; one that is no longer there, by its id. */
const appName = (app: string, language: Language): string => registry.get(app)?.name[language] ?? app

/** Rows are written by triggers, one for each generation that an avatar was used in (migrations/0006_avatars.sql). */
type UsageRow = typeof avatarUsages.$inferSelect

/** Latest first, `limit` rows before the one numbered `before`. */
export const listUsageRows = (db: Database, avatarId: string, before: number, limit: number): Promise<UsageRow[]> =>
  db
    .select()
    .from(avatarUsages)
    .where(and(eq(avatarUsages.avatarId, avatarId), lt(avatarUsages.id, before)))
    .orderBy(desc(avatarUsages.id))
    .limit(limit)

export const toAvatarUsage = (row: UsageRow, language: Language): z.infer<typeof AvatarUsageSchema> => ({
  app: row.app,
  appName: appName(row.app, language),
  action: row.action,
  referenceId: row.referenceId,
  pictures: row.pictures,
  createdAt: new Date(row.createdAt).toISOString(),
})

/** How often each app used an avatar. Reads one row for each use, by the avatar's own index. */
export async function readUsageSummary(
  db: Database,
  avatarId: string,
  language: Language,
): Promise<z.infer<typeof UsageSummarySchema>> {
  const rows = await db
    .select({
      app: avatarUsages.app,
      count: sql<number>`count(*)`,
      pictures: sql<number>`sum(${avatarUsages.pictures})`,
      lastUsedAt: sql<number>`${max(avatarUsages.createdAt)}`,
    })
    .from(avatarUsages)
    .where(eq(avatarUsages.avatarId, avatarId))
    .groupBy(avatarUsages.app)
  const lastUsedAt = Math.max(...rows.map((row) => row.lastUsedAt))
  return {
    total: rows.reduce((sum, { count }) => sum + count, 0),
    lastUsedAt: rows.length === 0 ? null : new Date(lastUsedAt).toISOString(),
    apps: rows
      .toSorted((a, b) => b.count - a.count || b.lastUsedAt - a.lastUsedAt)
      .map((row) => ({
        ...row,
        appName: appName(row.app, language),
        lastUsedAt: new Date(row.lastUsedAt).toISOString(),
      })),
  }
}
