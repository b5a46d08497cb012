import { HOUR_MS } from '../kernel/limits'

const MINUTE_MS = 60_000

/** The first look at an order nobody told us about; later ones follow at twice its age (Duitku blocks heavy pollers). */
export const FIRST_CHECK_AFTER_MS = 15 * MINUTE_MS
/** An order unpaid for this long is given up. A notice for it is still heard. */
export const PENDING_GIVEN_UP_AFTER_MS = 7 * 24 * HOUR_MS
/** Some banks take a settlement back within five minutes: a paid order is looked at once more. */
export const PAID_CHECK_AFTER_MS = 10 * MINUTE_MS
/** While the customer is back from the gateway, or a notice says more than its status does yet. */
export const NEWS_CHECK_AFTER_MS = 30_000
/** First wait after a check that got no answer; doubles up to the other. */
export const FAILED_CHECK_AFTER_MS = MINUTE_MS
export const FAILED_CHECK_MAX_MS = HOUR_MS

/** How often one call of `settlePayment` asks before it leaves the rest to the sweep. */
export const MAX_CHECK_ROUNDS = 3
/** Orders and notices of one tick; a gateway may take eight seconds for each. */
export const MAX_SWEPT = 40
/** Orders asked about side by side: a Worker has six connections. */
export const SWEPT_AT_ONCE = 4

/** First wait of a notice that could not be handled; doubles with every try: the last comes after about three days. */
export const NOTICE_RETRY_AFTER_MS = MINUTE_MS
export const MAX_NOTICE_TRIES = 12
/** Delay of the queue message after a failed notice. A local queue forgets what waits for ten seconds; then the sweep helps. */
export const NOTICE_MESSAGE_DELAY_SECONDS = 5
/** Notices kept of one order. A gateway sends a handful; more are somebody playing with the unsigned fields. */
export const MAX_NOTICES_PER_ORDER = 50
/** An order of which no more notices are kept is asked about this much later. */
export const FLOOD_CHECK_AFTER_MS = HOUR_MS

/** Orders of one user that wait for money. */
export const MAX_PENDING_ORDERS = 20
/** What a gateway gives the customer to pay. */
export const ORDER_EXPIRY_MINUTES = 24 * 60

/** A paid order must have its credits after this. */
export const CREDIT_DUE_AFTER_MS = MINUTE_MS
