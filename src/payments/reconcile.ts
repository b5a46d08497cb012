import { encodeTime } from 'ulid'
import type { Ctx } from '../ctx'
import { HOUR_MS } from '../kernel/limits'
import { CREDIT_DUE_AFTER_MS } from './limits'

const MAX_LISTED = 100

export type GatewaySum = {
  gateway: string
  orders: number
  paidOrders: number
  /** Paid and not given back. */
  keptRupiah: number
  refundedRupiah: number
  /** What the kept rupiah buy, and what the payments' rows and the ledgers say was credited for them. */
  dueCredits: number
  creditedCredits: number
  ledgerCredits: number
}

export type Reconciliation = {
  ok: boolean
  /** Midnight UTC of the first day. */
  from: number
  gateways: GatewaySum[]
  /** Paid orders whose credits are not what they should be, a minute after. */
  uncredited: string[]
  /** Notices older than a minute that wait, and those that a person must look at. */
  waitingNotices: number
  quarantinedNotices: number
}

const KEPT = "iif(status in ('paid', 'partially_refunded'), amount_rupiah - refunded_rupiah, 0)"
const DUE = `(credits * ${KEPT} / amount_rupiah)`
/** Of the mirror of the ledgers, which may be some seconds late. */
const IN_LEDGER = `(SELECT COALESCE(SUM(CASE kind WHEN 'grant' THEN e.credits WHEN 'reversal' THEN -e.credits ELSE 0 END), 0)
  FROM credit_entries e WHERE e.user_id = p.user_id AND e.reference = 'payment:' || p.id)`
/** Ids carry their time, so the days are a range of the primary key. */
const OF_THESE_DAYS = 'p.id >= ?1'

/**
 * Compares rupiah, payments and ledgers over the orders of the last `days`, today among them: every paid order has its credits (I10), and
 * credits are worth the rupiah that were kept (I16). Reads only.
 */
export async function reconcile({ env, now }: Ctx, days: number): Promise<Reconciliation> {
  const dayMs = 24 * HOUR_MS
  const from = (Math.floor(now() / dayMs) - days + 1) * dayMs
  const first = idAt(from)
  const dueBy = now() - CREDIT_DUE_AFTER_MS
  const [sums, uncredited, notices] = await env.DB.batch([
    env.DB.prepare(
      `SELECT gateway, COUNT(*) AS orders, SUM(paid_at IS NOT NULL) AS paidOrders, SUM(${KEPT}) AS keptRupiah,
         SUM(refunded_rupiah) AS refundedRupiah, SUM(${DUE}) AS dueCredits, SUM(credited_credits) AS creditedCredits,
         SUM(${IN_LEDGER}) AS ledgerCredits
       FROM payments p WHERE ${OF_THESE_DAYS} GROUP BY gateway`,
    ).bind(first),
    env.DB.prepare(
      `SELECT id FROM payments p WHERE ${OF_THESE_DAYS} AND paid_at < ?2
         AND (credited_credits <> ${DUE} OR ${IN_LEDGER} <> ${DUE}) ORDER BY id DESC LIMIT ${MAX_LISTED}`,
    ).bind(first, dueBy),
    env.DB.prepare(
      `SELECT state, COUNT(*) AS notices FROM payment_notices
       WHERE state IN ('quarantined', 'received', 'failed') AND (state = 'quarantined' OR received_at < ?1) GROUP BY state`,
    ).bind(dueBy),
  ])
  const count = (states: string[]) =>
    ((notices?.results ?? []) as { state: string; notices: number }[])
      .filter(({ state }) => states.includes(state))
      .reduce((sum, each) => sum + each.notices, 0)
  const late = ((uncredited?.results ?? []) as { id: string }[]).map(({ id }) => id)
  const [waitingNotices, quarantinedNotices] = [count(['received', 'failed']), count(['quarantined'])]
  return {
    ok: late.length === 0 && waitingNotices === 0 && quarantinedNotices === 0,
    ...{ from, gateways: (sums?.results ?? []) as GatewaySum[] },
    ...{ uncredited: late, waitingNotices, quarantinedNotices },
  }
}

/** The first id of a payment made at a moment. */
const idAt = (at: number): string => `pay_${encodeTime(at, 10)}`
