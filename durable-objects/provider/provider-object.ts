import { DurableObject } from 'cloudflare:workers'
import type { Limits } from '../../src/providers/contract'
import { migrate } from '../user/schema'
import { admit } from './admit'
import { closeCircuit } from './reset'
import { STEPS } from './schema'
import { settle } from './settle'
import { status } from './status'
import type { AdmitAnswer, AdmitAsk, ProviderStatus, SettleAnswer, SettleAsk } from './types'

/**
 * Guards one model of one provider: who may call it now, and what it costs. Every method is synchronous and one
 * transaction. Nothing lives in memory and nothing needs an alarm: leases, places in line, pauses and the circuit all end
 * by a time that is written down and compared when somebody asks.
 */
export class ProviderObject extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    migrate(ctx.storage, STEPS)
  }

  admit(ask: AdmitAsk): AdmitAnswer {
    return this.#command((sql, now) => admit(sql, ask, now))
  }

  settle(ask: SettleAsk): SettleAnswer {
    return this.#command((sql, now) => settle(sql, ask, now))
  }

  status(limits: Limits): ProviderStatus {
    return this.#command((sql, now) => status(sql, limits, now))
  }

  /** Closes the circuit by an admin's word. Calls that are still out say nothing about it any more. */
  reset(): void {
    this.#command((sql, now) => closeCircuit(sql, now))
  }

  #command<T>(work: (sql: SqlStorage, now: number) => T): T {
    const { storage } = this.ctx
    return storage.transactionSync(() => work(storage.sql, Date.now()))
  }
}
