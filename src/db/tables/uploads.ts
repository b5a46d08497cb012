import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns'
import { users } from './users'

/** A picture that a user sent, already re-encoded as PNG. The bytes are in R2 under `objectKey`. */
export const uploads = sqliteTable(
  'uploads',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    objectKey: text('object_key').notNull(),
    widthPx: integer('width_px').notNull(),
    heightPx: integer('height_px').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    /** 64-bit perceptual hash, 16 hex digits; null for uploads from before it was taken. */
    phash: text('phash'),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [index('uploads_by_user').on(t.userId, t.id)],
)
