import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { holds, oneOf, timestampMs } from './columns'
import { TIERS, users } from './users'

export const GATEWAYS = ['simulated', 'duitku', 'midtrans'] as const
export const PAYMENT_STATUSES = [
  ...(['pending', 'paid', 'expired', 'failed', 'cancelled'] as const),
  ...(['partially_refunded', 'refunded', 'charged_back'] as const),
] as const
export const ENTRY_KINDS = [
  ...(['grant', 'hold', 'settle', 'release', 'expire'] as const),
  ...(['refund', 'reversal', 'recovery'] as const),
] as const
export const PRODUCT_KINDS = ['pack', 'credit_plan', 'quota_plan'] as const
export const SUBSCRIPTION_STATUSES = ['active', 'cancelled', 'grace_period', 'expired'] as const
export const NOTICE_STATES = ['received', 'done', 'failed', 'quarantined'] as const
export const ADJUSTMENT_STATES = ['awaiting_approval', 'approved', 'applied', 'refused'] as const

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

/**
 * What an app's action costs, in credits. Append-only: a new price is a new version, in force from `effectiveAt`.
 * The row with the highest version in force counts.
 */
export const prices = sqliteTable(
  'prices',
  {
    app: text('app').notNull(),
    action: text('action').notNull(),
    version: integer('version').notNull(),
    credits: integer('credits').notNull(),
    effectiveAt: timestampMs('effective_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.app, t.action, t.version] }),
    holds('prices_credits', sql`${t.credits} >= 0 and ${t.version} > 0`),
  ],
)

/** What rupiah buy. A payment keeps what it bought, so a changed product changes no order. */
export const products = sqliteTable(
  'products',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: PRODUCT_KINDS }).notNull(),
    name: text('name').notNull(),
    amountRupiah: integer('amount_rupiah').notNull(),
    /** Granted by every payment; they do not expire. */
    credits: integer('credits').notNull().default(0),
    /** Pictures per WIB day without credits. */
    dailyQuota: integer('daily_quota').notNull().default(0),
    /** Length of a period; 0 for a pack. */
    cycleMonths: integer('cycle_months').notNull().default(0),
    tier: text('tier', { enum: TIERS }),
    /** The best models that the plan may use. */
    modelTier: text('model_tier', { enum: TIERS }),
    isPopular: integer('is_popular', { mode: 'boolean' }).notNull().default(false),
    isOnSale: integer('is_on_sale', { mode: 'boolean' }).notNull().default(true),
    position: integer('position').notNull().default(0),
  },
  (t) => [
    oneOf('products_kind', t.kind, PRODUCT_KINDS),
    oneOf('products_tier', t.tier, TIERS),
    oneOf('products_model_tier', t.modelTier, TIERS),
    holds('products_amounts', sql`${t.amountRupiah} >= 0 and ${t.credits} >= 0 and ${t.dailyQuota} >= 0`),
    holds('products_buys', sql`${t.credits} > 0 or ${t.dailyQuota} > 0`),
    holds('products_cycle', sql`(${t.cycleMonths} > 0) = (${t.kind} <> 'pack')`),
  ],
)

/**
 * An order. What it bought is fixed when it is made; how much of it the user's ledger has, the ledger knows (its
 * `purchase` row of this id): these columns follow it. `nextCheckAt` says when the sweep asks the gateway again.
 */
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
    dailyQuota: integer('daily_quota').notNull().default(0),
    cycleMonths: integer('cycle_months').notNull().default(0),
    status: text('status', { enum: PAYMENT_STATUSES }).notNull().default('pending'),
    /** Where the customer pays; null until the gateway has answered the order. */
    redirectUrl: text('redirect_url'),
    gatewayReference: text('gateway_reference'),
    refundedRupiah: integer('refunded_rupiah').notNull().default(0),
    /** What the order has credited by now, refunds taken off. */
    creditedCredits: integer('credited_credits').notNull().default(0),
    /** Number of the check these columns come from; an older check never overwrites a newer one. */
    checkNo: integer('check_no').notNull().default(0),
    /** Checks in a row that got no answer, for the sweep's patience. */
    checks: integer('checks').notNull().default(0),
    nextCheckAt: timestampMs('next_check_at'),
    createdAt: timestampMs('created_at').notNull(),
    paidAt: timestampMs('paid_at'),
  },
  (t) => [
    oneOf('payments_gateway', t.gateway, GATEWAYS),
    oneOf('payments_status', t.status, PAYMENT_STATUSES),
    holds('payments_amount', sql`${t.amountRupiah} > 0 and ${t.credits} >= 0 and ${t.dailyQuota} >= 0`),
    holds('payments_buys', sql`${t.credits} > 0 or ${t.dailyQuota} > 0`),
    holds('payments_refunded', sql`${t.refundedRupiah} between 0 and ${t.amountRupiah}`),
    index('payments_by_user').on(t.userId, t.id),
    index('payments_to_check').on(t.nextCheckAt).where(sql`${t.nextCheckAt} is not null`),
  ],
)

/**
 * What gateways told us, kept before anything is done about it: history and a to-do list, not a gate. Twice the same
 * body is one row. No foreign key: a notice may be for an order that we do not have yet, or never had.
 */
export const paymentNotices = sqliteTable(
  'payment_notices',
  {
    id: text('id').primaryKey(),
    gateway: text('gateway', { enum: GATEWAYS }).notNull(),
    paymentId: text('payment_id').notNull(),
    bodyHash: text('body_hash').notNull(),
    body: text('body').notNull(),
    state: text('state', { enum: NOTICE_STATES }).notNull().default('received'),
    /** Why it failed or was quarantined; a code, never a secret. */
    reason: text('reason'),
    attempts: integer('attempts').notNull().default(0),
    receivedAt: timestampMs('received_at').notNull(),
    doneAt: timestampMs('done_at'),
  },
  (t) => [
    oneOf('payment_notices_gateway', t.gateway, GATEWAYS),
    oneOf('payment_notices_state', t.state, NOTICE_STATES),
    unique('payment_notices_once').on(t.gateway, t.paymentId, t.bodyHash),
    index('payment_notices_by_state').on(t.state, t.id),
  ],
)

/** The outside world of the simulated gateway: what its customer did. Never on a production server. */
export const simulatedOrders = sqliteTable(
  'simulated_orders',
  {
    paymentId: text('payment_id')
      .primaryKey()
      .references(() => payments.id, { onDelete: 'cascade' }),
    status: text('status', { enum: PAYMENT_STATUSES }).notNull(),
    refundedRupiah: integer('refunded_rupiah').notNull().default(0),
  },
  (t) => [oneOf('simulated_orders_status', t.status, PAYMENT_STATUSES)],
)

/** Read model of the plan periods in the users' objects: what lists show and the cron looks through. */
export const subscriptions = sqliteTable(
  'subscriptions',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    productId: text('product_id')
      .notNull()
      .references(() => products.id),
    status: text('status', { enum: SUBSCRIPTION_STATUSES }).notNull(),
    startedAt: timestampMs('started_at').notNull(),
    periodEndsAt: timestampMs('period_ends_at').notNull(),
    graceUntil: timestampMs('grace_until').notNull(),
    cancelledAt: timestampMs('cancelled_at'),
    /** When the status is to be looked at next; null once it has ended. */
    nextChangeAt: timestampMs('next_change_at'),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.productId] }),
    oneOf('subscriptions_status', t.status, SUBSCRIPTION_STATUSES),
    index('subscriptions_to_change').on(t.nextChangeAt).where(sql`${t.nextChangeAt} is not null`),
    index('subscriptions_by_product').on(t.productId),
  ],
)

/** An admin's change of somebody's credits. Above the cap of one pair of eyes it waits for a second admin. */
export const creditAdjustments = sqliteTable(
  'credit_adjustments',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Negative takes away. */
    credits: integer('credits').notNull(),
    reason: text('reason').notNull(),
    /** When added credits expire; null: never. */
    expiresAt: timestampMs('expires_at'),
    state: text('state', { enum: ADJUSTMENT_STATES }).notNull(),
    requestedBy: text('requested_by').notNull(),
    approvedBy: text('approved_by'),
    createdAt: timestampMs('created_at').notNull(),
    decidedAt: timestampMs('decided_at'),
  },
  (t) => [
    oneOf('credit_adjustments_state', t.state, ADJUSTMENT_STATES),
    holds('credit_adjustments_credits', sql`${t.credits} <> 0`),
    holds('credit_adjustments_expiry', sql`${t.expiresAt} is null or ${t.credits} > 0`),
    holds('credit_adjustments_two_people', sql`${t.approvedBy} is null or ${t.approvedBy} <> ${t.requestedBy}`),
    index('credit_adjustments_by_user').on(t.userId, t.id),
    index('credit_adjustments_by_state').on(t.state, t.id),
  ],
)
