import { z } from 'zod'
import { idPattern } from '../../kernel/ids'
import { askGateway, GATEWAY_TIMEOUT_MS } from './ask'
import {
  type Gateway,
  GatewayRefused,
  type GatewayStatus,
  GatewayUnavailable,
  type NoticeRead,
  type Order,
  type RawNotice,
  UNKNOWN_ORDER,
} from './contract'
import { noticeKeys, type SigningKeys } from './keys'
import { isSignedByMidtrans } from './midtrans-signature'
import { refundedRupiahOf, stateOf, Transaction } from './midtrans-state'
import { claimsOf, jsonOf } from './notice-body'
import { paymentPage } from './payment-page'
import { RUPIAH_TEXT, rupiahOf } from './rupiah'

export type MidtransSettings = {
  merchantId: string
  keys: SigningKeys
  /** Origins, no trailing slash. */
  snapUrl: string
  apiUrl: string
  timeoutMs?: number
  now: () => number
}

const Notification = z.object({
  order_id: z.string().max(50),
  status_code: z.string().regex(/^\d{3}$/),
  gross_amount: z.string().regex(RUPIAH_TEXT),
  signature_key: z.string(),
  // Refund notifications come without it.
  merchant_id: z.string().nullish(),
  transaction_status: z.string().nullish(),
  fraud_status: z.string().nullish(),
})
const SnapPage = z.object({ token: z.string(), redirect_url: z.string() })
const SnapProblem = z.object({ error_messages: z.array(z.string()) })
const Outcome = z.object({ status_code: z.string() })

/** Midtrans: Snap's payment page, HTTP notification, status API. */
export const midtransGateway = (settings: MidtransSettings): Gateway => ({
  id: 'midtrans',
  create: (order) => createPage(settings, order),
  readNotice: async (raw) => readNotification(settings, raw),
  status: (paymentId) => readStatus(settings, paymentId),
})

async function createPage(settings: MidtransSettings, order: Order) {
  const { httpStatus, json } = await askGateway({
    gateway: 'midtrans',
    method: 'POST',
    url: `${settings.snapUrl}/snap/v1/transactions`,
    headers: { ...authorization(settings), 'x-override-notification': order.callbackUrl },
    json: {
      transaction_details: { order_id: order.paymentId, gross_amount: order.amountRupiah },
      item_details: [{ name: order.productName.slice(0, 50), price: order.amountRupiah, quantity: 1 }],
      customer_details: { first_name: order.customer.name.slice(0, 255), email: order.customer.email },
      credit_card: { secure: true },
      callbacks: { finish: order.returnUrl },
      expiry: { unit: 'minutes', duration: order.expiryMinutes },
    },
    timeoutMs: settings.timeoutMs ?? GATEWAY_TIMEOUT_MS,
  })
  if (httpStatus >= 400) {
    const reason = SnapProblem.safeParse(json).data?.error_messages.join(', ') ?? ''
    throw new GatewayRefused('midtrans', `HTTP ${httpStatus} ${reason}`.trim().slice(0, 200))
  }
  const page = SnapPage.safeParse(json)
  const redirectUrl = page.success ? paymentPage(page.data.redirect_url, settings.snapUrl) : null
  if (!page.success || redirectUrl === null) throw new GatewayUnavailable('midtrans', 'Snap answer has no payment page')
  return { redirectUrl, reference: page.data.token }
}

function readNotification(settings: MidtransSettings, raw: RawNotice): NoticeRead {
  const read = Notification.safeParse(jsonOf(raw))
  const amountRupiah = read.success ? rupiahOf(read.data.gross_amount) : null
  if (!read.success || amountRupiah === null) return { ok: false, code: 'UNREADABLE' }
  const { order_id, merchant_id, transaction_status, status_code, fraud_status } = read.data
  const isSigned = isSignedByMidtrans(read.data, noticeKeys(settings.keys, settings.now()))
  const isOurs = merchant_id === undefined || merchant_id === null || merchant_id === settings.merchantId
  // Nothing stands between the signed values; ids of one length leave one way to read them.
  if (!isSigned || !isOurs || !idPattern('payment').test(order_id)) return { ok: false, code: 'FORGED' }
  return {
    ok: true,
    paymentId: order_id,
    amountRupiah,
    claims: claimsOf([transaction_status, status_code, fraud_status]),
  }
}

async function readStatus(settings: MidtransSettings, paymentId: string): Promise<GatewayStatus> {
  const { httpStatus, json } = await askGateway({
    gateway: 'midtrans',
    method: 'GET',
    url: `${settings.apiUrl}/v2/${encodeURIComponent(paymentId)}/status`,
    headers: authorization(settings),
    timeoutMs: settings.timeoutMs ?? GATEWAY_TIMEOUT_MS,
  })
  // The code in the body counts: not found and expired come under HTTP 200 too. A 404 without it is a wrong address.
  if (Outcome.safeParse(json).data?.status_code === '404') return UNKNOWN_ORDER
  const read = Transaction.safeParse(json)
  if (!read.success) throw new GatewayUnavailable('midtrans', `status HTTP ${httpStatus} has another shape`)
  const transaction = read.data
  // DANA and some banks' accounts answer with the transaction's id in place of the order's.
  if (transaction.order_id !== paymentId && transaction.order_id !== transaction.transaction_id)
    throw new GatewayUnavailable('midtrans', 'status answer is about another order')
  const state = stateOf(transaction)
  const amountRupiah = rupiahOf(transaction.gross_amount)
  const refundedRupiah =
    state === null || amountRupiah === null ? null : refundedRupiahOf(transaction, state, amountRupiah)
  if (state === null || refundedRupiah === null)
    throw new GatewayUnavailable('midtrans', `status ${claimsOf([transaction.transaction_status])} cannot be read`)
  const { currency, transaction_id } = transaction
  return { state, amountRupiah, refundedRupiah, currency: currency ?? 'IDR', reference: transaction_id ?? null }
}

/** HTTP Basic with the server key as the name and no password. */
const authorization = ({ keys }: MidtransSettings): Record<string, string> => ({
  authorization: `Basic ${btoa(`${keys.current}:`)}`,
})
