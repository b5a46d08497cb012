// The payment gateways' side: fake Duitku and Midtrans on loopback, and what their customers do there.
import { controlOf } from '../../test/gateways/control.ts'
import { startGateways } from '../../test/gateways/start.mjs'

/**
 * What a notice may tell besides the order's own state, late, early or for the second time. Duitku's notices know only
 * paid and not paid; an early "not paid" would be the very letters of a later one.
 */
const KINDS = {
  duitku: [undefined, undefined, 'paid'],
  midtrans: [undefined, 'pending', 'paid', 'expired', 'failed', 'cancelled'],
}
const noticeKind = ({ gateway }, telling) => {
  const kind = KINDS[gateway][telling % KINDS[gateway].length]
  return kind ? { kind } : {}
}

/** Both gateways: `vars` is what the server needs to know of them. They outlive every kill, as real ones do. */
export async function startMoney() {
  const servers = await startGateways()
  const { duitku, midtrans } = servers
  const controls = { duitku: controlOf(duitku.url), midtrans: controlOf(midtrans.url) }
  return {
    vars: {
      DUITKU_MERCHANT_CODE: duitku.merchantCode,
      DUITKU_API_KEY: duitku.apiKey,
      DUITKU_URL: duitku.url,
      MIDTRANS_MERCHANT_ID: midtrans.merchantId,
      MIDTRANS_SERVER_KEY: midtrans.serverKey,
      MIDTRANS_SNAP_URL: midtrans.url,
      MIDTRANS_API_URL: midtrans.url,
    },
    /** Moves an order at its gateway. */
    put: (order, change) => controls[order.gateway].put(order.id, change),
    /** A notice as its gateway would write it, or as `options` would have it forged; raw, for whoever posts it himself. */
    notice: (order, options) => controls[order.gateway].notice(order.id, options),
    /** Has the gateway itself post a notice to `origin`; answers the status, or null when nobody took it. */
    async send(origin, order, telling = 0) {
      const to = `${origin}/api/v1/payments/callback/${order.gateway}`
      try {
        return (await controls[order.gateway].send(order.id, to, noticeKind(order, telling))).status
      } catch {
        return null
      }
    },
    stop: () => servers.stop(),
  }
}

/** What was paid for an order and not given back, as its gateway has it. */
export const keptRupiah = ({ state, amountRupiah, refundedRupiah }) =>
  state === 'paid' || state === 'partially_refunded' ? amountRupiah - refundedRupiah : 0

/** Credits that an order must have brought by now: the kept share of them, rounded down. */
export const dueCredits = (order) => Math.floor((order.credits * keptRupiah(order)) / order.amountRupiah)
