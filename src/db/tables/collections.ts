import { sql } from 'drizzle-orm'
import { index, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { holds, timestampMs } from './columns'
import { poses } from './poses'
import { users } from './users'

/** A list of poses that somebody keeps under a name, e.g. for one shop or one season. */
export const poseCollections = sqliteTable(
  'pose_collections',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [
    index('pose_collections_by_user').on(t.userId, t.id),
    holds('pose_collections_name', sql`length(${t.name}) between 1 and 100`),
  ],
)

export const poseCollectionItems = sqliteTable(
  'pose_collection_items',
  {
    collectionId: text('collection_id')
      .notNull()
      .references(() => poseCollections.id, { onDelete: 'cascade' }),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
    addedAt: timestampMs('added_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.collectionId, t.poseId] })],
)
