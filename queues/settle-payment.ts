import type { Ctx } from '../src/ctx'
import type { PaymentMessage } from '../src/messages'
import { settlePayment } from '../src/payments/settle-payment'
import type { Verdict } from './run-task'

/** First wait after a gateway, the object or D1 was away; doubles: 10, 20, 40 s ... */
export const PAYMENT_RETRY_SECONDS = 10
export const MAX_PAYMENT_RETRY_SECONDS = 900

/**
 * Asks about an order again after its notice could not be handled. Throws while somebody is away, which brings the
 * message back. An order that nobody knows (yet) is the sweep's: its notice is kept and comes again by itself.
 */
export async function settleAgain(ctx: Ctx, { paymentId }: PaymentMessage): Promise<Verdict> {
  const { outcome } = await settlePayment(ctx, paymentId, { newsExpected: true })
  ctx.log('info', 'payment_asked_again', { paymentId, outcome })
  return null
}
