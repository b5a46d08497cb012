import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns'

/** A queue message that ran out of tries, kept for an admin to look at. Its task has failed and its credits are back. */
export const deadLetters = sqliteTable('dead_letters', {
  id: text('id').primaryKey(),
  queue: text('queue').notNull(),
  messageId: text('message_id').notNull().unique(),
  body: text('body').notNull(),
  error: text('error').notNull(),
  attempts: integer('attempts').notNull(),
  createdAt: timestampMs('created_at').notNull(),
})
