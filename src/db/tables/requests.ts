import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { holds, oneOf, timestampMs } from './columns'
import { poseCategories, poses } from './poses'
import { uploads } from './uploads'
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
    /** What it should look like; only the requester and admins see it before the request is approved. */
    referenceUploadId: text('reference_upload_id').references(() => uploads.id, { onDelete: 'set null' }),
    /** Counted by triggers on pose_request_votes. */
    votesCount: integer('votes_count').notNull().default(0),
    /** Whom the finished pose thanks; null for nobody. */
    creditName: text('credit_name'),
    status: text('status', { enum: REQUEST_STATUSES }).notNull().default('pending'),
    adminNotes: text('admin_notes'),
    completedPoseId: text('completed_pose_id').references(() => poses.id, { onDelete: 'set null' }),
    createdAt: timestampMs('created_at').notNull(),
    /** When its status last changed; 0: never. */
    updatedAt: timestampMs('updated_at').notNull().default(0),
    /** When requester and voters had been told of its end. */
    announcedAt: timestampMs('announced_at'),
    /** Not before that the net begins again to tell of its end; later each time. */
    announceAfter: timestampMs('announce_after').notNull().default(0),
  },
  (t) => [
    index('pose_requests_by_votes').on(t.votesCount, t.id),
    index('pose_requests_by_user').on(t.userId, t.id),
    index('pose_requests_by_category').on(t.categorySlug),
    index('pose_requests_by_upload').on(t.referenceUploadId),
    index('pose_requests_to_announce')
      .on(t.id)
      .where(sql`${t.status} in ('completed', 'rejected') and ${t.announcedAt} is null`),
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
