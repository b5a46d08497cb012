import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { admit } from '../../../durable-objects/provider/admit'
import { settle } from '../../../durable-objects/provider/settle'
import { status } from '../../../durable-objects/provider/status'
import type { AdmitAnswer, AdmitAsk, SettleAnswer, SettleAsk } from '../../../durable-objects/provider/types'
import { providerObject } from '../../../src/objects'
import type { Limits } from '../../../src/providers/contract'
import { RULES } from '../../../src/providers/errors'

/** A moment of no importance: 2027-01-15 08:00 UTC. */
export const T0 = 1_800_000_000_000
export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const LEASE_MS = 3 * MINUTE_MS

/** Enough of everything, unless the test says otherwise. */
export const LIMITS: Limits = { slots: 4, perMinute: 10_000, dailyMicroUsd: 1_000_000_000 }

/** The object of a provider that nobody has asked before. */
export const newProvider = () => providerObject(env, { id: 'test', model: crypto.randomUUID() })

/** A provider's storage, where `now` is whatever the test says. */
export const withProvider = <R>(work: (provider: Provider) => R | Promise<R>): Promise<R> =>
  runInDurableObject(newProvider(), (_object, state) => work(providerOf(state.storage.sql)))

export type Provider = ReturnType<typeof providerOf>

/** The commands over one storage, with what most tests do not care about filled in. */
export const providerOf = (sql: SqlStorage) => ({
  sql,
  admit: (leaseId: string, ask: Partial<AdmitAsk>, now: number): AdmitAnswer => admit(sql, admitAsk(leaseId, ask), now),
  settle: (leaseId: string, outcome: SettleAsk['outcome'], now: number, ask: Partial<SettleAsk> = {}): SettleAnswer =>
    settle(sql, settleAsk(leaseId, outcome, ask), now),
  status: (now: number, limits: Limits = LIMITS) => status(sql, limits, now),
})

export const admitAsk = (leaseId: string, ask: Partial<AdmitAsk> = {}): AdmitAsk => ({
  ...{ leaseId, owner: 'sari', weight: 1, leaseMs: LEASE_MS, estimateMicroUsd: 0, limits: LIMITS },
  ...ask,
})

export const settleAsk = (leaseId: string, outcome: SettleAsk['outcome'], ask: Partial<SettleAsk> = {}): SettleAsk => ({
  ...{ leaseId, outcome, vote: outcome === 'ok' ? ('ok' as const) : RULES[outcome].breaker },
  ...{ tookMs: outcome === 'ok' ? 8_000 : null, costMicroUsd: 0, retryAfterMs: null, detail: '' },
  ...ask,
})

/** One call that is let through and ends at once; what the provider said to it. */
export function callOnce(provider: Provider, leaseId: string, outcome: SettleAsk['outcome'], now: number): AdmitAnswer {
  const answer = provider.admit(leaseId, {}, now)
  if (answer.go) provider.settle(leaseId, outcome, now)
  return answer
}
