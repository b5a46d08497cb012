import { and, eq, inArray, lt, sql } from 'drizzle-orm'
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import type { Ctx } from '../ctx'
import { paymentNotices, payments } from '../db/tables/money'
import { PAYMENT_CHECK_LEASE_MS } from '../kernel/limits'
import { describeError } from '../kernel/log'
import { userObject } from '../objects'
import { recordPlans } from '../plans/record-plans'
import { findOrder, type PaymentRow } from './find-payment'
import { type GatewayStatus, GatewayUnavailable, keptRupiah } from './gateways/contract'
import { gatewaysOf } from './gateways/registry'
import { MAX_CHECK_ROUNDS, MAX_NOTICES_PER_ORDER, NEWS_CHECK_AFTER_MS } from './limits'
import { checkAfterFailure, isHopeless, nextCheck } from './next-check'
import { quarantineStatus } from './quarantine'

export type Settlement =
  | { outcome: 'settled' | 'busy' | 'quarantined'; payment: PaymentRow }
  | { outcome: 'unknown'; payment: null }

/** `actor` is who wanted it, when it was not the gateway; `newsExpected` asks again soon when there is no news. */
export type Occasion = { actor?: string; newsExpected?: boolean }

/**
 * Asks the gateway what became of an order and brings the ledger, the plans and the order's row to that. What notices,
 * customers and admins say only makes us ask; calling it any number of times, from anywhere, credits once. `busy`:
 * somebody else is asking and was told to ask again. Throws when the gateway, the object or D1 is away; then the sweep
 * comes back to it.
 */
export async function settlePayment(ctx: Ctx, paymentId: string, occasion: Occasion = {}): Promise<Settlement> {
  for (let round = 1; ; round++) {
    const known = await readOrder(ctx, paymentId)
    if (!known) return { outcome: 'unknown', payment: null }
    const checked = await check(ctx, known, occasion)
    if (checked === 'busy') return { outcome: 'busy', payment: known.payment }
    const payment = (await findOrder(ctx.db, paymentId)) ?? known.payment
    // Whoever found us busy made the order due before he went. With `pending` that is the only trace of him.
    const isAsked = checked === 'settled' && payment.nextCheckAt !== null && payment.nextCheckAt <= ctx.now()
    if (round === MAX_CHECK_ROUNDS || !(checked === 'overtaken' || isAsked))
      return { outcome: checked === 'overtaken' ? 'busy' : checked, payment }
  }
}

type Known = { payment: PaymentRow; noticeIds: string[] }

/** The order and the notices that wait for it, before the gateway is asked: later ones want another look. */
async function readOrder(ctx: Ctx, paymentId: string): Promise<Known | null> {
  const isOpen = inArray(paymentNotices.state, ['received', 'failed'])
  const [[payment], notices] = await ctx.db.batch([
    ctx.db.select().from(payments).where(eq(payments.id, paymentId)),
    ctx.db
      .select({ id: paymentNotices.id })
      .from(payments)
      .innerJoin(
        paymentNotices,
        and(eq(paymentNotices.gateway, payments.gateway), eq(paymentNotices.paymentId, payments.id)),
      )
      .where(and(eq(payments.id, paymentId), isOpen))
      // Notices that come at the same moment pass their limit together, and D1 binds a hundred values: the rest is next.
      .limit(MAX_NOTICES_PER_ORDER),
  ])
  return payment ? { payment, noticeIds: notices.map(({ id }) => id) } : null
}

/** One turn. `overtaken`: it took longer than its lease, and somebody asked after us. */
async function check(
  ctx: Ctx,
  known: Known,
  occasion: Occasion,
): Promise<'settled' | 'busy' | 'quarantined' | 'overtaken'> {
  const { payment } = known
  let checkNo: number | null = null
  try {
    const turn = await userObject(ctx.env, payment.userId).beginCheck(payment.id, PAYMENT_CHECK_LEASE_MS)
    if (!turn.go) return 'busy'
    checkNo = turn.checkNo
    const gateway = gatewaysOf(ctx).get(payment.gateway)
    if (!gateway) throw new GatewayUnavailable(payment.gateway, 'not configured here')
    const status = await gateway.status(payment.id)
    const mismatch = mismatchOf(payment, status)
    if (mismatch !== null) {
      await quarantineStatus(ctx, known, mismatch, status)
      await giveTurnBack(ctx, payment, checkNo)
      return 'quarantined'
    }
    return await (status.state === 'pending'
      ? keepWaiting(ctx, known, checkNo, occasion)
      : converge(ctx, known, checkNo, status, occasion))
  } catch (error) {
    await postpone(ctx, payment, checkNo, error)
    throw error
  }
}

/** Why the gateway's answer cannot be about this order as we made it; null when it can. */
function mismatchOf({ amountRupiah }: PaymentRow, status: GatewayStatus): string | null {
  if (status.currency !== 'IDR') return 'CURRENCY_MISMATCH'
  const isMoney = status.state === 'paid' || status.state === 'partially_refunded'
  if (status.amountRupiah === null ? isMoney : status.amountRupiah !== amountRupiah) return 'AMOUNT_MISMATCH'
  if (status.refundedRupiah < 0 || status.refundedRupiah > amountRupiah) return 'REFUND_MISMATCH'
  return null
}

/** `pending` is no news of money: it never undoes a payment that we know of (a gateway's replica may be behind). */
async function keepWaiting(ctx: Ctx, known: Known, checkNo: number, { newsExpected = false }: Occasion) {
  const { payment } = known
  await giveTurnBack(ctx, payment, checkNo)
  // By the row as it is then: between our reading it and our turn somebody may have written that it is paid.
  const learnt = isHopeless(payment, ctx.now())
    ? { status: sql`iif(${payments.status} = 'pending', 'expired', ${payments.status})` }
    : {}
  await write(ctx, known, checkNo, learnt, nextCheck(payment, newsExpected, ctx.now()))
  return 'settled' as const
}

/** Ledger first, then D1: a crash between them is mended by the next check, which posts no difference. */
async function converge(ctx: Ctx, known: Known, checkNo: number, status: GatewayStatus, occasion: Occasion) {
  const { payment } = known
  const { actor, newsExpected = false } = occasion
  const { id: paymentId, productId, gateway, amountRupiah, credits, dailyQuota, cycleMonths } = payment
  const kept = keptRupiah(status)
  const answer = await userObject(ctx.env, payment.userId).converge({
    ...{ paymentId, productId, gateway, amountRupiah, credits, dailyQuota, cycleMonths, checkNo },
    keptRupiah: kept,
    source: cycleMonths > 0 ? 'plan' : 'topup',
    memo: {
      actor: actor ?? `gateway:${gateway}`,
      requestId: ctx.requestId,
      reason: `${gateway} says ${status.state}, ${kept} of ${amountRupiah} rupiah kept`,
    },
  })
  if (answer.stale) return 'overtaken' as const
  if (cycleMonths > 0) await recordPlans(ctx, payment.userId, answer.plans)
  const now = ctx.now()
  const paidAt = payment.paidAt ?? (kept > 0 ? now : null)
  const { state, refundedRupiah, reference } = status
  const planned = nextCheck({ status: state, createdAt: payment.createdAt, paidAt }, false, now)
  // Somebody was told of a change and the status knows of none (yet): a refund's notice may be quicker than it.
  const isBehind = newsExpected && state === payment.status && refundedRupiah === payment.refundedRupiah
  const nextCheckAt = isBehind ? Math.min(planned ?? Number.POSITIVE_INFINITY, now + NEWS_CHECK_AFTER_MS) : planned
  await write(
    ctx,
    known,
    checkNo,
    {
      ...{ status: state, refundedRupiah, creditedCredits: answer.credited },
      paidAt: sql`coalesce(${payments.paidAt}, ${paidAt})`,
      gatewayReference: sql`coalesce(${reference}, ${payments.gatewayReference})`,
    },
    answer.again ? now : nextCheckAt,
  )
  if (answer.owed > 0) ctx.log('warn', 'payment_reversed_after_spending', { paymentId, owedCredits: answer.owed })
  return 'settled' as const
}

type Learnt = Pick<
  SQLiteUpdateSetSource<typeof payments>,
  'status' | 'refundedRupiah' | 'creditedCredits' | 'paidAt' | 'gatewayReference'
>

/**
 * What a check learnt, unless a later check wrote before; and when to look again, unless somebody made the order due
 * meanwhile. The notices that were there before the gateway was asked are answered by it.
 */
async function write(
  ctx: Ctx,
  known: Known,
  checkNo: number,
  learnt: Learnt,
  nextCheckAt: number | null,
): Promise<void> {
  const { db } = ctx
  const { id, nextCheckAt: seen } = known.payment
  await db.batch([
    db
      .update(payments)
      .set({ ...learnt, checkNo, checks: 0 })
      .where(and(eq(payments.id, id), lt(payments.checkNo, checkNo))),
    db
      .update(payments)
      .set({ nextCheckAt })
      .where(and(eq(payments.id, id), sql`${payments.nextCheckAt} is ${seen}`)),
    db
      .update(paymentNotices)
      .set({ state: 'done', doneAt: ctx.now() })
      .where(and(inArray(paymentNotices.id, known.noticeIds), inArray(paymentNotices.state, ['received', 'failed']))),
  ])
}

const giveTurnBack = (ctx: Ctx, { userId, id }: PaymentRow, checkNo: number) =>
  userObject(ctx.env, userId).endCheck(id, checkNo)

/** After a check that came to nothing: the turn goes back and the sweep comes again, ever later. Throws nothing itself. */
async function postpone(ctx: Ctx, payment: PaymentRow, checkNo: number | null, error: unknown): Promise<void> {
  const { id: paymentId, gateway, checks } = payment
  ctx.log('warn', 'payment_check_failed', { paymentId, gateway, checks, error: describeError(error) })
  const nextCheckAt = checkAfterFailure(checks + 1, ctx.now())
  const done = await Promise.allSettled([
    ctx.db
      .update(payments)
      .set({ nextCheckAt, checks: checks + 1 })
      .where(eq(payments.id, paymentId)),
    checkNo === null ? null : giveTurnBack(ctx, payment, checkNo),
  ])
  for (const result of done)
    if (result.status === 'rejected')
      ctx.log('warn', 'payment_postponing_failed', { paymentId, error: describeError(result.reason) })
}
