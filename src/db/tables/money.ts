import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { holds, oneOf, timestampMs } from './columns'
import { users } from './users'

export const GATEWAYS = ['simulated'] as const
export const PAYMENT_STATUSES = ['pending', 'paid'] as const
export const ENTRY_KINDS = ['grant', 'hold', 'settle', 'release', 'expire'] as const

/** Mirror of the ledgers in the users' objects, for reports over all users. Never read to decide anything. */
export const creditEntries = sqliteTable(
  'credit_entries',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    kind: text('kind', { enum: ENTRY_KINDS }).notNull(),
    fromAccount: text('from_account').notNull(),
    toAccount: text('to_account').notNull(),
    credits: integer('credits').notNull(),
    reference: text('reference').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.seq] }),
    oneOf('credit_entries_kind', t.kind, ENTRY_KINDS),
    holds('credit_entries_credits', sql`${t.credits} > 0`),
  ],
)

/** An order. What it bought is fixed when it is made; the user's ledger is credited under the payment's id, once. */
export const payments = sqliteTable(
  'payments',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    productId: text('product_id').notNull(),
    gateway: text('gateway', { enum: GATEWAYS }).notNull(),
    amountRupiah: integer('amount_rupiah').notNull(),
    credits: integer('credits').notNull(),
    status: text('status', { enum: PAYMENT_STATUSES }).notNull().default('pending'),
    createdAt: timestampMs('created_at').notNull(),
    paidAt: timestampMs('paid_at'),
  },
  (t) => [
    oneOf('payments_gateway', t.gateway, GATEWAYS),
    oneOf('payments_status', t.status, PAYMENT_STATUSES),
    holds('payments_amount', sql`${t.amountRupiah} > 0 and ${t.credits} > 0`),
    index('payments_by_user').on(t.userId, t.id),
  ],
)
