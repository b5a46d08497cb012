import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
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

/** What admins did, to whom and why. Append-only; the ledger has its own memory of it in the entries. */
export const auditLog = sqliteTable(
  'audit_log',
  {
    id: text('id').primaryKey(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    /** What it was done to: an id of ours. */
    subject: text('subject').notNull(),
    /** JSON of what the action was given and what came of it. */
    details: text('details').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [index('audit_log_by_subject').on(t.subject, t.id)],
)

/** Words that moderation refused: which term of which list, never the words themselves. */
export const moderationViolations = sqliteTable(
  'moderation_violations',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    /** Body field that held them, e.g. `textPrompt`. */
    field: text('field').notNull(),
    termId: text('term_id').notNull(),
    category: text('category').notNull(),
    listVersion: text('list_version').notNull(),
    /** Keyed hash of the text: the same text again is recognised, its words are not. */
    textHash: text('text_hash').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [index('moderation_violations_by_user').on(t.userId, t.id)],
)

/** How far a sweep over many things has come; the next run goes on from there. */
export const sweepCursors = sqliteTable('sweep_cursors', {
  name: text('name').primaryKey(),
  cursor: text('cursor').notNull(),
  updatedAt: timestampMs('updated_at').notNull(),
})
