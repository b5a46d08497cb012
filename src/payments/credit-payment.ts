import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { payments } from '../db/tables/money'
import { userObject } from '../objects'

export type PaymentRow = typeof payments.$inferSelect

/**
 * Credits a payment that its gateway calls paid. Ledger first, under the payment's id, then D1: a crash between them
 * is mended by the next call, and any number of calls credit once.
 */
export async function creditPayment(ctx: Ctx, payment: PaymentRow): Promise<PaymentRow> {
  await userObject(ctx.env, payment.userId).grant({
    key: `payment:${payment.id}`,
    source: 'topup',
    category: 'paid',
    credits: payment.credits,
    expiresAt: null,
  })
  await ctx.db
    .update(payments)
    .set({ status: 'paid', paidAt: ctx.now() })
    .where(and(eq(payments.id, payment.id), eq(payments.status, 'pending')))
  return (await findPayment(ctx, payment.userId, payment.id))!
}

/** A payment of this user; undefined for a missing one and for somebody else's alike. */
export async function findPayment(ctx: Ctx, userId: string, id: string): Promise<PaymentRow | undefined> {
  const [row] = await ctx.db
    .select()
    .from(payments)
    .where(and(eq(payments.id, id), eq(payments.userId, userId)))
  return row
}
