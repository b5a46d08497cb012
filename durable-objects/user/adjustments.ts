import type { Balances, Memo } from '../../src/credits/types'
import { assert } from '../../src/kernel/assert'
import { lastBalances } from './entries'
import { findJob, touchJob } from './jobs'
import { expireDue, grant, refund } from './ledger'
import { takeBack } from './reversals'
import { first, number } from './rows'
import { tellBalances } from './tell-balances'

/** `credits` below zero takes away; `expiresAt` (ms) is for what is added. */
export type AdjustAsk = { key: string; credits: number; expiresAt?: number | null; memo: Memo }

export type AdjustAnswer =
  | { ok: true; applied: boolean; balances: Balances }
  | { ok: false; code: 'INSUFFICIENT_CREDITS'; available: number }

/**
 * Adds or takes credits on an admin's word, once per key. Takes no more than is available: an adjustment makes nobody
 * owe. Added credits are promo.
 */
export function adjust(sql: SqlStorage, ask: AdjustAsk, now: number): AdjustAnswer {
  assert(Number.isSafeInteger(ask.credits) && ask.credits !== 0, 'an adjustment is a whole number and not zero')
  const reference = `adjustment:${ask.key}`
  if (first(sql, 'SELECT seq FROM entry WHERE key IN (?, ?)', `grant:${reference}`, `reversal:${reference}:0`))
    return { ok: true, applied: false, balances: lastBalances(sql) }
  expireDue(sql, now)
  const { memo } = ask
  if (ask.credits > 0) {
    const { credits, expiresAt = null } = ask
    grant(sql, { key: reference, source: 'adjustment', category: 'promo', credits, expiresAt, memo }, now)
  } else {
    const { available } = lastBalances(sql)
    const credits = -ask.credits
    if (credits > available) return { ok: false, code: 'INSUFFICIENT_CREDITS', available }
    const missing = takeBack(
      sql,
      { key: reference, source: 'adjustment', credits, reference, firstGrants: reference, memo },
      now,
    )
    assert(missing === 0, 'an adjustment takes what is available')
  }
  tellBalances(sql, null, now)
  return { ok: true, applied: true, balances: lastBalances(sql) }
}

export type RefundAnswer =
  | { ok: true; applied: boolean; refundable: number }
  | { ok: false; code: 'UNKNOWN_JOB' | 'EXCEEDS_CHARGE'; refundable: number }

/** Gives back part of what a job was charged, once per key; several refunds together never exceed the charge. */
export function refundJob(
  sql: SqlStorage,
  ask: { key: string; jobId: string; credits: number; memo: Memo },
  now: number,
): RefundAnswer {
  if (!findJob(sql, ask.jobId)) return { ok: false, code: 'UNKNOWN_JOB', refundable: 0 }
  const left = () => number(sql, 'SELECT charged - refunded FROM hold WHERE job_id = ?', ask.jobId)
  if (first(sql, 'SELECT seq FROM entry WHERE key = ?', `refund:${ask.key}:0`))
    return { ok: true, applied: false, refundable: left() }
  const { done, refundable } = refund(sql, ask, now)
  if (!done) return { ok: false, code: 'EXCEEDS_CHARGE', refundable }
  touchJob(sql, ask.jobId, now)
  tellBalances(sql, ask.jobId, now)
  return { ok: true, applied: true, refundable }
}
