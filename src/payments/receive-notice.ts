import { and, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { paymentNotices, payments } from '../db/tables/money'
import { sha256Hex } from '../kernel/hash'
import { newId } from '../kernel/ids'
import { describeError } from '../kernel/log'
import type { PaymentMessage } from '../messages'
import type { PaymentRow } from './find-payment'
import { type GatewayId, GatewayUnavailable, type NoticeRead, type RawNotice } from './gateways/contract'
import { gatewaysOf } from './gateways/registry'
import { FLOOD_CHECK_AFTER_MS, MAX_NOTICES_PER_ORDER, NOTICE_MESSAGE_DELAY_SECONDS } from './limits'
import { markDue } from './mark-due'
import { logQuarantine } from './quarantine'
import { settlePayment } from './settle-payment'

export type Reception = { ok: true } | { ok: false; code: 'UNREADABLE' | 'FORGED' | 'FLOOD' | 'NOT_YET' }

/** What makes a notice the same as one before. */
const ONCE = [paymentNotices.gateway, paymentNotices.paymentId, paymentNotices.bodyHash]

type Read = Extract<NoticeRead, { ok: true }>
type Notice = { gateway: GatewayId; paymentId: string; bodyHash: string }

/**
 * A gateway's word about an order: verified, kept, and then the gateway is asked itself. `ok` once nothing can be lost
 * any more; `NOT_YET` when it could not be handled and the gateway should send it again, which the queue and the sweep
 * do not wait for. Nothing is written for what is not verified.
 */
export async function receiveNotice(ctx: Ctx, gatewayId: GatewayId, raw: RawNotice): Promise<Reception> {
  const gateway = gatewaysOf(ctx).get(gatewayId)
  // Switched off by a wrong setting, perhaps: the gateway's next try may find it mended.
  if (!gateway) return { ok: false, code: 'NOT_YET' }
  const read = await gateway.readNotice(raw)
  if (!read.ok) {
    ctx.log('warn', 'payment_notice_refused', { gateway: gatewayId, code: read.code })
    return read
  }
  const notice = { gateway: gatewayId, paymentId: read.paymentId, bodyHash: await sha256Hex(raw.body) }
  try {
    return await keepAndSettle(ctx, notice, read, raw.body)
  } catch (error) {
    await comeBack(ctx, notice, error)
    return { ok: false, code: 'NOT_YET' }
  }
}

async function keepAndSettle(ctx: Ctx, notice: Notice, read: Read, body: string): Promise<Reception> {
  const { db } = ctx
  const { payment, earlier, notices, othersDoneAt } = await lookUp(ctx, notice)
  // The very letters that we heard last. After they came the gateway was asked, so they are no news, and a captured
  // notice does not make us poll. Older letters may be: a chargeback that was lost and then won looks like the first. And
  // while the order waits for money they may have come before the gateway's own status knew.
  const isLast = earlier?.state === 'done' && (earlier.doneAt ?? 0) > othersDoneAt
  if ((isLast && payment?.status !== 'pending') || earlier?.state === 'quarantined') return { ok: true }
  if (!earlier && notices >= MAX_NOTICES_PER_ORDER) {
    await lookLater(ctx, notice)
    return { ok: false, code: 'FLOOD' }
  }
  const mismatch = payment ? mismatchOf(notice, read, payment) : null
  const row = { id: newId('notice'), ...notice, body, receivedAt: ctx.now() }
  if (mismatch !== null) {
    logQuarantine(ctx, { paymentId: notice.paymentId, gateway: notice.gateway, reason: mismatch })
    await db
      .insert(paymentNotices)
      .values({ ...row, state: 'quarantined', reason: mismatch })
      .onConflictDoUpdate({ target: ONCE, set: { state: 'quarantined', reason: mismatch } })
    return { ok: true }
  }
  ctx.log('info', 'payment_notice', { ...notice, claims: read.claims })
  // The order is due from here on: whatever happens to this request, the sweep finds it within a minute.
  await db.batch([
    db
      .insert(paymentNotices)
      .values(row)
      .onConflictDoUpdate({
        target: ONCE,
        set: { state: 'received' },
        setWhere: eq(paymentNotices.state, 'done'),
      }),
    markDue(db, notice.paymentId, ctx.now()),
  ])
  const { outcome } = await settlePayment(ctx, notice.paymentId, { newsExpected: true })
  // Not ours, or its row is not written yet: kept, and looked at again.
  return outcome === 'unknown' ? { ok: false, code: 'NOT_YET' } : { ok: true }
}

/** The order, what became of the same notice before, how many the order has, and when the last of the others was done. */
async function lookUp(ctx: Ctx, { gateway, paymentId, bodyHash }: Notice) {
  const ofOrder = and(eq(paymentNotices.gateway, gateway), eq(paymentNotices.paymentId, paymentId))
  const isOther = sql`${paymentNotices.bodyHash} <> ${bodyHash}`
  const [[payment], [earlier], [counted]] = await ctx.db.batch([
    ctx.db.select().from(payments).where(eq(payments.id, paymentId)),
    ctx.db
      .select({ state: paymentNotices.state, doneAt: paymentNotices.doneAt })
      .from(paymentNotices)
      .where(and(ofOrder, eq(paymentNotices.bodyHash, bodyHash))),
    ctx.db
      .select({
        notices: sql<number>`count(*)`,
        othersDoneAt: sql<number>`coalesce(max(iif(${isOther}, ${paymentNotices.doneAt}, 0)), 0)`,
      })
      .from(paymentNotices)
      .where(ofOrder),
  ])
  return { payment, earlier, notices: counted?.notices ?? 0, othersDoneAt: counted?.othersDoneAt ?? 0 }
}

/**
 * Among the noise may be true news, a chargeback that nobody is to hear of: the order is asked about within the hour,
 * once, however much comes.
 */
async function lookLater({ db, now }: Ctx, { gateway, paymentId }: Notice): Promise<void> {
  const nextCheckAt = now() + FLOOD_CHECK_AFTER_MS
  const isLater = or(isNull(payments.nextCheckAt), gt(payments.nextCheckAt, nextCheckAt))
  await db
    .update(payments)
    .set({ nextCheckAt })
    .where(and(eq(payments.id, paymentId), eq(payments.gateway, gateway), isLater))
}

/** Signed by the gateway and yet not about the order that we made: for an admin to look at. */
function mismatchOf({ gateway }: Notice, { amountRupiah }: Read, payment: PaymentRow): string | null {
  if (payment.gateway !== gateway) return 'GATEWAY_MISMATCH'
  return payment.amountRupiah === amountRupiah ? null : 'AMOUNT_MISMATCH'
}

/** Marks the notice failed and has the queue try again. When even that fails, the gateway's own retry is left. */
async function comeBack(ctx: Ctx, { gateway, paymentId, bodyHash }: Notice, error: unknown): Promise<void> {
  const reason = error instanceof GatewayUnavailable ? 'GATEWAY_UNAVAILABLE' : 'INTERNAL'
  ctx.log('warn', 'payment_notice_failed', { gateway, paymentId, reason, error: describeError(error) })
  const message: PaymentMessage = { type: 'payment', paymentId, requestId: ctx.requestId }
  const done = await Promise.allSettled([
    ctx.db
      .update(paymentNotices)
      .set({ state: 'failed', reason, attempts: sql`${paymentNotices.attempts} + 1` })
      .where(
        and(
          ...[eq(paymentNotices.gateway, gateway), eq(paymentNotices.paymentId, paymentId)],
          ...[eq(paymentNotices.bodyHash, bodyHash), inArray(paymentNotices.state, ['received', 'failed'])],
        ),
      ),
    ctx.env.GENERATION_QUEUE.send(message, { delaySeconds: NOTICE_MESSAGE_DELAY_SECONDS }),
  ])
  for (const result of done)
    if (result.status === 'rejected')
      ctx.log('warn', 'payment_notice_retry_failed', { paymentId, error: describeError(result.reason) })
}
