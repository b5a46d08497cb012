/** `promo` burns before `paid` of the same priority and expiry. */
export type GrantCategory = 'promo' | 'paid'

/** Lower burns first. */
export const GRANT_PRIORITY = { welcome: 40, promo: 40, plan: 50, topup: 60, adjustment: 60 } as const
export type GrantSource = keyof typeof GRANT_PRIORITY

/** An addition of credits. `key` makes it happen once: `welcome`, `payment:<id>`. */
export type GrantAsk = {
  key: string
  source: GrantSource
  category: GrantCategory
  credits: number
  expiresAt: number | null
}

export type Account = 'available' | 'held' | 'spent' | 'expired' | `source:${GrantSource}`
export type EntryKind = 'grant' | 'hold' | 'settle' | 'release' | 'expire'

/** One posting pair of the ledger: `credits` leave `from` and reach `to`. Balances are those right after it. */
export type Entry = {
  seq: number
  key: string
  kind: EntryKind
  from: Account
  to: Account
  credits: number
  grantId: string
  reference: string
  at: number
  availableAfter: number
  heldAfter: number
}

export type Fund = 'credits' | 'unlimited'

/** The unlimited tier as it stands on the WIB day of the answer. */
export type UnlimitedView = {
  active: boolean
  dailyQuota: number
  used: number
  remaining: number
  resetsAt: number
  expiresAt: number | null
}

export type CreditsView = { available: number; held: number; unlimited: UnlimitedView | null }
