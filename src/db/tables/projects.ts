import { sql } from 'drizzle-orm'
import { index, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { avatars } from './avatars'
import { holds, oneOf, timestampMs } from './columns'
import { uploads } from './uploads'
import { users } from './users'

export const AVATAR_SOURCES = ['AVATAR_CREATOR', 'UPLOAD'] as const
export const PROJECT_STATUSES = ['active', 'archived'] as const

export const projects = sqliteTable(
  'projects',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    avatarSource: text('avatar_source', { enum: AVATAR_SOURCES }).notNull(),
    /** The avatar's picture when it was uploaded; a deleted upload leaves the project without one. */
    avatarUploadId: text('avatar_upload_id').references(() => uploads.id, { onDelete: 'set null' }),
    /** Of the Avatar Creator; a deleted one leaves the project without. */
    avatarId: text('avatar_id').references(() => avatars.id, { onDelete: 'set null' }),
    status: text('status', { enum: PROJECT_STATUSES }).notNull().default('active'),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [
    oneOf('projects_avatar_source', t.avatarSource, AVATAR_SOURCES),
    oneOf('projects_status', t.status, PROJECT_STATUSES),
    holds('projects_name', sql`length(${t.name}) between 1 and 100`),
    index('projects_by_user').on(t.userId, t.id),
    // Deleting an upload looks for the projects that it was the avatar of.
    index('projects_by_avatar').on(t.avatarUploadId),
    index('projects_by_avatar_id').on(t.avatarId).where(sql`${t.avatarId} is not null`),
  ],
)
