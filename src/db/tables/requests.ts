import { sql } from 'drizzle-orm'
import { primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { holds, oneOf, timestampMs } from './columns'
import { poseCategories, poses } from './poses'
import { users } from './users'

export const REQUEST_STATUSES = ['pending', 'approved', 'in_progress', 'completed', 'rejected'] as const
export const USE_CASES = ['e-commerce', 'professional', 'social'] as const

/** A pose the community asks for. Votes are rows, so the count cannot be forged by repeating a request. */
export const poseRequests = sqliteTable(
  'pose_requests',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull(),
    categorySlug: text('category_slug').references(() => poseCategories.slug, { onDelete: 'set null' }),
    useCase: text('use_case', { enum: USE_CASES }).notNull(),
    status: text('status', { enum: REQUEST_STATUSES }).notNull().default('pending'),
    adminNotes: text('admin_notes'),
    completedPoseId: text('completed_pose_id').references(() => poses.id, { onDelete: 'set null' }),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [
    oneOf('pose_requests_status', t.status, REQUEST_STATUSES),
    oneOf('pose_requests_use_case', t.useCase, USE_CASES),
    holds('pose_requests_name', sql`length(${t.name}) between 1 and 100`),
  ],
)

export const poseRequestVotes = sqliteTable(
  'pose_request_votes',
  {
    requestId: text('request_id')
      .notNull()
      .references(() => poseRequests.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.requestId, t.userId] })],
)
