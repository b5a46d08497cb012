/** `promo` burns before `paid` of the same priority and expiry. */
export type GrantCategory = 'promo' | 'paid'

/** Lower burns first. */
export const GRANT_PRIORITY = { welcome: 40, promo: 40, plan: 50, topup: 60, adjustment: 60 } as const
export type GrantSource = keyof typeof GRANT_PRIORITY

/** Who asked for a change of the books, in which request, and why. Kept in the entry and covered by its hash. */
export type Memo = { actor: string; requestId: string; reason: string }

/** An addition of credits. `key` makes it happen once: `welcome`, `payment:<id>`. `reference` is `key` unless given. */
export type GrantAsk = {
  key: string
  source: GrantSource
  category: GrantCategory
  credits: number
  expiresAt: number | null
  reference?: string
  memo?: Memo
}

/** `receivable` is what the user owes: it goes below zero when a gateway takes back more than is available. */
export type Account = 'available' | 'held' | 'spent' | 'expired' | 'receivable' | `source:${GrantSource}`

/** `refund` gives spent credits back, `reversal` takes granted ones away, `recovery` pays what is owed. */
export type EntryKind = 'grant' | 'hold' | 'settle' | 'release' | 'expire' | 'refund' | 'reversal' | 'recovery'

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
  owedAfter: number
  memo: Memo | null
}

/** Credits by account. `owed` is what `receivable` is below zero. */
export type Balances = { available: number; held: number; owed: number }

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

export type CreditsView = Balances & { unlimited: UnlimitedView | null }

/** A period of a plan as its owner sees it; times in ms, `nextChangeAt` null when it has ended. */
export type PlanView = {
  productId: string
  dailyQuota: number
  status: 'active' | 'cancelled' | 'grace_period' | 'expired'
  startedAt: number
  periodEndsAt: number
  graceUntil: number
  cancelledAt: number | null
  nextChangeAt: number | null
}

/** One promise of the books and whether it holds; `detail` says where it does not. */
export type Check = { id: string; claim: string; ok: boolean; detail: string | null }

/** The whole ledger recomputed: `headHash` is that of the last entry. */
export type Verification = { ok: boolean; entries: number; headHash: string; balances: Balances; checks: Check[] }

/** How many pictures a limit would let through right now; `binds` marks the tightest. */
export type QuoteLimit = {
  limit: 'credits' | 'dailyQuota' | 'posesPerHour' | 'generatesPerMinute' | 'picturesPerDay' | 'picturesPerGeneration'
  allowsPictures: number
  binds: boolean
  resetsAt: number | null
}

export type QuoteView = {
  id: string
  fund: Fund
  pictures: number
  poseCredits: number
  backgroundCredits: number
  credits: number
  available: number
  limits: QuoteLimit[]
  expiresAt: number
}
