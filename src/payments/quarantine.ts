import { eq, inArray } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { paymentNotices, payments } from '../db/tables/money'
import { sha256Hex } from '../kernel/hash'
import { newId } from '../kernel/ids'
import type { PaymentRow } from './find-payment'
import type { GatewayStatus } from './gateways/contract'

/**
 * The gateway's own answer does not fit the order: nothing is credited or taken back, the sweep leaves the order alone,
 * and the answer is kept like a notice, beside those that led to it, until an admin has looked (`replay`).
 */
export async function quarantineStatus(
  ctx: Ctx,
  { payment, noticeIds }: { payment: PaymentRow; noticeIds: string[] },
  reason: string,
  status: GatewayStatus,
): Promise<void> {
  const { id: paymentId, gateway } = payment
  const body = JSON.stringify({ status })
  const { db } = ctx
  logQuarantine(ctx, { paymentId, gateway, reason })
  await db.batch([
    db
      .insert(paymentNotices)
      .values({
        ...{ id: newId('notice'), gateway, paymentId, body, bodyHash: await sha256Hex(body) },
        ...{ state: 'quarantined', reason, receivedAt: ctx.now() },
      })
      .onConflictDoUpdate({
        target: [paymentNotices.gateway, paymentNotices.paymentId, paymentNotices.bodyHash],
        set: { state: 'quarantined', reason, doneAt: null },
      }),
    db.update(paymentNotices).set({ state: 'quarantined', reason }).where(inArray(paymentNotices.id, noticeIds)),
    db.update(payments).set({ nextCheckAt: null }).where(eq(payments.id, paymentId)),
  ])
}

/** One line for the alert; nothing of the customer in it. */
export const logQuarantine = ({ log }: Ctx, what: { paymentId: string; gateway: string; reason: string }): void =>
  log('error', 'payment_quarantined', what)
