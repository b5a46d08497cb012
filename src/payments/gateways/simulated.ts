import { eq } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { payments, simulatedOrders } from '../../db/tables/money'
import { type Gateway, type GatewayStatus, UNKNOWN_ORDER } from './contract'

/**
 * A gateway without an outside world: its orders are rows, and a route plays the customer (`playCustomer`). It sends no
 * notices, so every notice is forged. `create` wants the payment's row to be there.
 */
export const simulatedGateway = (db: Database): Gateway => ({
  id: 'simulated',
  async create({ paymentId }) {
    await db.insert(simulatedOrders).values({ paymentId, status: 'pending' }).onConflictDoNothing()
    return { redirectUrl: `/api/v1/payments/${paymentId}/simulation`, reference: null }
  },
  readNotice: async () => ({ ok: false, code: 'FORGED' }),
  status: (paymentId) => readStatus(db, paymentId),
})

/** What the customer of a simulated order did; the last word counts. `refundedRupiah` of a partial refund. */
export async function playCustomer(
  db: Database,
  paymentId: string,
  deed: { status: GatewayStatus['state']; refundedRupiah?: number },
): Promise<void> {
  const { status, refundedRupiah = 0 } = deed
  await db
    .insert(simulatedOrders)
    .values({ paymentId, status, refundedRupiah })
    .onConflictDoUpdate({ target: simulatedOrders.paymentId, set: { status, refundedRupiah } })
}

async function readStatus(db: Database, paymentId: string): Promise<GatewayStatus> {
  const [order] = await db
    .select({
      state: simulatedOrders.status,
      refundedRupiah: simulatedOrders.refundedRupiah,
      amountRupiah: payments.amountRupiah,
    })
    .from(simulatedOrders)
    .innerJoin(payments, eq(payments.id, simulatedOrders.paymentId))
    .where(eq(simulatedOrders.paymentId, paymentId))
  if (!order) return UNKNOWN_ORDER
  const isAllBack = order.state === 'refunded' || order.state === 'charged_back'
  return {
    ...order,
    refundedRupiah: isAllBack ? order.amountRupiah : order.refundedRupiah,
    currency: 'IDR',
    reference: null,
  }
}
