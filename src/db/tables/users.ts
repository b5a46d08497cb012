import { sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { oneOf, timestampMs } from './columns'

export const ROLES = ['user', 'admin'] as const
export const TIERS = ['free', 'basic', 'pro', 'enterprise'] as const

/** Identity. Sessions, credits and quota live in the user's object, never here. */
export const users = sqliteTable(
  'users',
  {
    id: text('id').primaryKey(),
    /** NFKC, lower case, trimmed: the form that is compared. */
    email: text('email').notNull().unique(),
    name: text('name').notNull(),
    /** PHC string; rehashed on login when the parameters moved on. */
    passwordHash: text('password_hash').notNull(),
    role: text('role', { enum: ROLES }).notNull().default('user'),
    tier: text('tier', { enum: TIERS }).notNull().default('free'),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [oneOf('users_role', t.role, ROLES), oneOf('users_tier', t.tier, TIERS)],
)
