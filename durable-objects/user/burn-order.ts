/** A grant as those who take from it read it. */
export type Grant = { id: string; available: number; expires_at: number | null }

/** Which grant gives first: priority, soonest expiry, promo before paid, oldest. */
export const BURN_ORDER = `priority, expires_at IS NULL, expires_at, category = 'paid', created_at, id`
