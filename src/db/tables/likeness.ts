import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { avatars } from './avatars'
import { holds, oneOf, timestampMs } from './columns'
import { users } from './users'

/** Whose face it is: the caller's own, or that of somebody who allowed it. */
export const CONSENT_KINDS = ['self', 'permission'] as const
export const REPORT_REASONS = ['no_consent', 'minor', 'impersonation', 'other'] as const
export const REPORT_STATUSES = ['open', 'upheld', 'dismissed'] as const
export const DELETION_REASONS = ['owner', 'project', 'takedown'] as const

/** What the owner of an avatar with a real face declared. It outlives the avatar: it is what we can show afterwards. */
export const avatarConsents = sqliteTable(
  'avatar_consents',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    avatarId: text('avatar_id').references(() => avatars.id, { onDelete: 'set null' }),
    /** The job that the statement came with. */
    generationId: text('generation_id').notNull().unique(),
    kind: text('kind', { enum: CONSENT_KINDS }).notNull(),
    policyVersion: text('policy_version').notNull(),
    /** SHA-256 in hex of the statement as it was shown. */
    statementSha256: text('statement_sha256').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [
    oneOf('avatar_consents_kind', t.kind, CONSENT_KINDS),
    index('avatar_consents_by_avatar').on(t.avatarId),
    index('avatar_consents_by_user').on(t.userId, t.id),
  ],
)

/** Somebody says that an avatar, or a picture of it, must not be there. */
export const avatarReports = sqliteTable(
  'avatar_reports',
  {
    id: text('id').primaryKey(),
    avatarId: text('avatar_id').references(() => avatars.id, { onDelete: 'set null' }),
    /** What was reported: the id of an avatar or of a picture. */
    subject: text('subject').notNull(),
    reason: text('reason', { enum: REPORT_REASONS }).notNull(),
    details: text('details').notNull(),
    /** Where the reporter can be answered. */
    contact: text('contact').notNull(),
    status: text('status', { enum: REPORT_STATUSES }).notNull().default('open'),
    note: text('note').notNull().default(''),
    decidedBy: text('decided_by'),
    createdAt: timestampMs('created_at').notNull(),
    decidedAt: timestampMs('decided_at'),
  },
  (t) => [
    oneOf('avatar_reports_reason', t.reason, REPORT_REASONS),
    oneOf('avatar_reports_status', t.status, REPORT_STATUSES),
    index('avatar_reports_by_status').on(t.status, t.id),
    index('avatar_reports_by_avatar').on(t.avatarId).where(sql`${t.avatarId} is not null`),
  ],
)

/** What the deletion of an avatar is to remove and has removed: written before the first byte goes, so a crash is gone on with. */
export const avatarDeletions = sqliteTable(
  'avatar_deletions',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** It is gone: no reference. */
    avatarId: text('avatar_id').notNull(),
    reason: text('reason', { enum: DELETION_REASONS }).notNull(),
    /** Keys and prefixes (ending in a slash) of R2 whose objects go. */
    targets: text('targets', { mode: 'json' }).$type<string[]>().notNull(),
    /** Pictures of shoots that went with it. */
    picturesDeleted: integer('pictures_deleted').notNull(),
    /** Generations that are kept without it. */
    generationsKept: integer('generations_kept').notNull(),
    objectsDeleted: integer('objects_deleted').notNull().default(0),
    createdAt: timestampMs('created_at').notNull(),
    /** Null: not all objects are gone yet. */
    endedAt: timestampMs('ended_at'),
  },
  (t) => [
    oneOf('avatar_deletions_reason', t.reason, DELETION_REASONS),
    holds('avatar_deletions_targets', sql`json_type(${t.targets}) = 'array'`),
    index('avatar_deletions_by_user').on(t.userId, t.createdAt, t.id),
    index('avatar_deletions_open').on(t.createdAt).where(sql`${t.endedAt} is null`),
  ],
)
