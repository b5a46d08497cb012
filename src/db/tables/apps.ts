import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { avatars } from './avatars'
import { oneOf, timestampMs } from './columns'
import { JOB_STATUSES } from './pictures'
import { TIERS, users } from './users'

/** What admins changed of an app's manifest; null: as the manifest has it. */
export const appSettings = sqliteTable(
  'app_settings',
  {
    appId: text('app_id').primaryKey(),
    isEnabled: integer('is_enabled', { mode: 'boolean' }),
    isBeta: integer('is_beta', { mode: 'boolean' }),
    isComingSoon: integer('is_coming_soon', { mode: 'boolean' }),
    position: integer('position'),
    minTier: text('min_tier', { enum: TIERS }),
    requiresSubscription: integer('requires_subscription', { mode: 'boolean' }),
    allowedRoles: text('allowed_roles', { mode: 'json' }).$type<string[]>(),
    /** Counts changes: who changes an older one is told so. */
    version: integer('version').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [oneOf('app_settings_min_tier', t.minTier, TIERS)],
)

/**
 * Read model of the jobs of every app that has no read model of its own. No CHECK names the apps: another one needs no
 * migration.
 */
export const appJobs = sqliteTable(
  'app_jobs',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    app: text('app').notNull(),
    /** A project of that app. */
    projectId: text('project_id').notNull(),
    /** The avatar that the job used. */
    avatarId: text('avatar_id').references(() => avatars.id, { onDelete: 'set null' }),
    type: text('type').notNull(),
    status: text('status', { enum: JOB_STATUSES }).notNull(),
    total: integer('total').notNull(),
    completed: integer('completed').notNull(),
    failed: integer('failed').notNull(),
    cancelled: integer('cancelled').notNull(),
    creditsCharged: integer('credits_charged').notNull(),
    /** The job's own counter; an older projection never overwrites a newer one. */
    version: integer('version').notNull(),
    createdAt: timestampMs('created_at').notNull(),
    endedAt: timestampMs('ended_at'),
  },
  (t) => [
    oneOf('app_jobs_status', t.status, JOB_STATUSES),
    index('app_jobs_by_user').on(t.userId, t.app, t.id),
    index('app_jobs_by_avatar').on(t.avatarId).where(sql`${t.avatarId} is not null`),
    index('app_jobs_open').on(t.createdAt).where(sql`${t.status} in ('pending', 'processing')`),
  ],
)
