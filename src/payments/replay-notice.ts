import { eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { paymentNotices } from '../db/tables/money'
import { type Settlement, settlePayment } from './settle-payment'
import type { NoticeRow } from './views'

/**
 * An admin has looked at a notice and wants its order asked about once more. What the notice says moves nothing, even
 * now: when the gateway's answer fits the order, that is credited and the notice is done (its reason stays, as history).
 */
export async function replayNotice(ctx: Ctx, notice: NoticeRow, adminId: string): Promise<Settlement> {
  const settlement = await settlePayment(ctx, notice.paymentId, { actor: adminId })
  if (settlement.outcome === 'settled')
    await ctx.db
      .update(paymentNotices)
      .set({ state: 'done', doneAt: ctx.now() })
      .where(eq(paymentNotices.id, notice.id))
  return settlement
}
