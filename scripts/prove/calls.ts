/**
 * A command with its choices made: what is asked of the core and of the model alike. Both answer in the same few words,
 * which must be equal. Times are in ms, credits whole.
 */
export type Calls = {
  grant: { key: string; source: 'welcome' | 'promo' | 'plan' | 'topup' | 'adjustment'; paid: boolean } & {
    credits: number
    expiresAt: number | null
  }
  start: StartCall
  /** Two requests at the same time: the second begins before the first is answered. */
  race: { asks: [StartCall, StartCall] }
  /** `after`: the attempt that the message continues; null for one that does not say. */
  claim: TaskName & { leaseMs: number; pollLeaseMs: number; after: number | null }
  /** `run`: what the runner knows by then; null when it says nothing of it. */
  finish: TaskName & { attempt: number; outcome: OutcomeName; run: string | null }
  keepRun: TaskName & { attempt: number; run: string }
  forgetRun: TaskName
  failTask: TaskName
  cancel: { jobId: string }
  alarm: Record<never, never>
  beginCheck: { orderId: string; leaseMs: number }
  converge: { orderId: string; keptRupiah: number; checkNo: number }
  endCheck: { orderId: string; checkNo: number }
  adjust: { key: string; credits: number; expiresAt: number | null }
  refund: { key: string; jobId: string; credits: number }
  freePlan: Record<never, never>
  cancelPlan: { productId: string }
  quote: { id: string; poses: number; background: boolean; byCredits: boolean }
}

/** `free retry` is no try; `waiting` is for a job upstream or a turn, and `down` is waiting because nobody works. */
export type OutcomeName = 'done' | 'background failed' | 'failed' | 'retry' | 'free retry' | 'waiting' | 'down'

export type TaskName = { jobId: string; position: number }

/** A change of backgrounds costs credits and no pose, the files of pictures cost nothing; neither touches a quota. */
export type StartCall = {
  app: 'pose-generator' | 'backgrounds' | 'exports'
  jobId: string
  key: string
  fingerprint: string
  poses: number
  background: boolean
  quoteId: string | null
  byCredits: boolean
  /** What a pose costs on the day of the request; a quote keeps the price of its own day. */
  poseCredits: number
}

export type CallName = keyof Calls
export type Call = { [K in CallName]: { name: K } & Calls[K] }[CallName]

export type Answer = { [word: string]: string | number | boolean | null | Answer[] | [string, number, string][] }

export const POSE_CREDITS = 30
export const BACKGROUND_CREDITS = 10
export const FREE_PLAN = { productId: 'plan_free', dailyQuota: 5 } as const

/** What can be bought here: small, and with prices that no share of divides evenly. */
const PRODUCTS = [
  { productId: 'pack_175', source: 'topup', credits: 175, dailyQuota: 0, cycleMonths: 0, amountRupiah: 29_900 },
  { productId: 'monthly_230', source: 'plan', credits: 230, dailyQuota: 0, cycleMonths: 1, amountRupiah: 33_331 },
  { productId: 'plan_basic', source: 'plan', credits: 0, dailyQuota: 9, cycleMonths: 1, amountRupiah: 99_000 },
  { productId: 'pack_90', source: 'topup', credits: 90, dailyQuota: 0, cycleMonths: 0, amountRupiah: 17_001 },
  { productId: 'plan_pro', source: 'plan', credits: 0, dailyQuota: 14, cycleMonths: 12, amountRupiah: 299_000 },
] as const

/** An order's number is the last two digits of its id; it says what was bought. */
export const productOf = (orderId: string) => PRODUCTS[Number(orderId.slice(-2)) % PRODUCTS.length]!

export const PLAN_IDS = [FREE_PLAN.productId, 'plan_basic', 'plan_pro', 'monthly_230'] as const

/** The words that say which request a quote is for. */
export const requestPrint = (poses: number, background: boolean): string => `${poses} ${background ? 'with' : 'plain'}`
