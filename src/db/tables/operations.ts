import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { oneOf, timestampMs } from './columns'

export const DEAD_LETTER_STATUSES = ['parked', 'replayed'] as const

/** A queue message that ran out of tries, kept for replay by an admin. Its task has failed and its credits are back. */
export const deadLetters = sqliteTable(
  'dead_letters',
  {
    id: text('id').primaryKey(),
    queue: text('queue').notNull(),
    messageId: text('message_id').notNull().unique(),
    body: text('body').notNull(),
    error: text('error').notNull(),
    attempts: integer('attempts').notNull(),
    status: text('status', { enum: DEAD_LETTER_STATUSES }).notNull().default('parked'),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [oneOf('dead_letters_status', t.status, DEAD_LETTER_STATUSES)],
)
