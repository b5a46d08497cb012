import { and, eq, gt, isNotNull, lte, or } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { payments } from '../db/tables/money'
import { describeError } from '../kernel/log'
import { findPayment, type PaymentRow } from './find-payment'
import { NEWS_CHECK_AFTER_MS } from './limits'
import { settlePayment } from './settle-payment'

/**
 * Whoever looks at a pending order may just have paid it: the gateway is asked, at most every half minute however often
 * the page asks. Its trouble is not the customer's: then the order is shown as we know it.
 */
export async function checkForCustomer(ctx: Ctx, payment: PaymentRow): Promise<PaymentRow> {
  if (payment.status !== 'pending' || !(await takeTurn(ctx, payment.id))) return payment
  try {
    await settlePayment(ctx, payment.id, { newsExpected: true })
  } catch (error) {
    ctx.log('warn', 'payment_look_failed', { paymentId: payment.id, error: describeError(error) })
  }
  return (await findPayment(ctx.db, payment.userId, payment.id)) ?? payment
}

/**
 * Moves the next check to half a minute from now, unless one is planned for within that time. One of many gets it. A
 * gateway that did not answer the last one may be blocking us for asking too often: then looking hastens nothing.
 */
async function takeTurn(ctx: Ctx, paymentId: string): Promise<boolean> {
  const now = ctx.now()
  const soon = now + NEWS_CHECK_AFTER_MS
  const taken = await ctx.db
    .update(payments)
    .set({ nextCheckAt: soon })
    .where(
      and(
        ...[eq(payments.id, paymentId), eq(payments.status, 'pending'), isNotNull(payments.nextCheckAt)],
        or(lte(payments.nextCheckAt, now), and(gt(payments.nextCheckAt, soon), eq(payments.checks, 0))),
      ),
    )
    .returning({ id: payments.id })
  return taken.length > 0
}
