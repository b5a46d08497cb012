import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { paymentNotices, payments } from '../db/tables/money'
import { describeError } from '../kernel/log'
import type { PaymentMessage } from '../messages'
import { MAX_NOTICE_TRIES, MAX_SWEPT, NOTICE_RETRY_AFTER_MS, SWEPT_AT_ONCE } from './limits'
import { logQuarantine } from './quarantine'
import { settlePayment } from './settle-payment'

/**
 * Every minute: asks about orders that are due (their callback was lost, or we died on the way), and sends waiting
 * notices to the queue again. Each in its own try: one order never keeps another from its credits.
 */
export async function sweepPayments(ctx: Ctx): Promise<void> {
  const sweeps = { settleDue, sendWaiting, giveUpNotices }
  for (const [step, sweep] of Object.entries(sweeps))
    try {
      await sweep(ctx)
    } catch (error) {
      ctx.log('error', 'payment_sweep_failed', { step, error: describeError(error) })
    }
}

async function settleDue(ctx: Ctx): Promise<void> {
  const due = await ctx.db
    .select({ id: payments.id })
    .from(payments)
    .where(lte(payments.nextCheckAt, ctx.now()))
    .orderBy(asc(payments.nextCheckAt))
    .limit(MAX_SWEPT)
  for (let from = 0; from < due.length; from += SWEPT_AT_ONCE)
    // What went wrong is in the log, and the order is due again later.
    await Promise.allSettled(due.slice(from, from + SWEPT_AT_ONCE).map(({ id }) => settlePayment(ctx, id)))
}

const isOpen = inArray(paymentNotices.state, ['received', 'failed'])
/** A minute after it came, then at twice that, ever later. */
const isDue = (now: number) =>
  sql`${paymentNotices.receivedAt} + (${NOTICE_RETRY_AFTER_MS} << ${paymentNotices.attempts}) <= ${now}`

/** Counted before they are sent: a tick that dies in between tries once less, not for ever. */
async function sendWaiting(ctx: Ctx): Promise<void> {
  const { db } = ctx
  const waiting = await db
    .select({ id: paymentNotices.id, paymentId: paymentNotices.paymentId })
    .from(paymentNotices)
    .where(and(isOpen, lte(paymentNotices.attempts, MAX_NOTICE_TRIES - 1), isDue(ctx.now())))
    .limit(MAX_SWEPT)
  if (waiting.length === 0) return
  const ids = waiting.map(({ id }) => id)
  await db
    .update(paymentNotices)
    .set({ attempts: sql`${paymentNotices.attempts} + 1` })
    .where(inArray(paymentNotices.id, ids))
  const messages = [...new Set(waiting.map(({ paymentId }) => paymentId))].map(
    (paymentId): MessageSendRequest<PaymentMessage> => ({
      body: { type: 'payment', paymentId, requestId: ctx.requestId },
    }),
  )
  await ctx.env.GENERATION_QUEUE.sendBatch(messages)
}

/** After three days of trying a person must look: most likely nobody here ever made that order. */
async function giveUpNotices(ctx: Ctx): Promise<void> {
  const { db } = ctx
  const hopeless = await db
    .select({ id: paymentNotices.id, paymentId: paymentNotices.paymentId, gateway: paymentNotices.gateway })
    .from(paymentNotices)
    .where(and(isOpen, sql`${paymentNotices.attempts} >= ${MAX_NOTICE_TRIES}`, isDue(ctx.now())))
    .limit(MAX_SWEPT)
  for (const { id, ...notice } of hopeless) {
    const reason = 'GIVEN_UP'
    await db.update(paymentNotices).set({ state: 'quarantined', reason }).where(eq(paymentNotices.id, id))
    logQuarantine(ctx, { ...notice, reason })
  }
}
