// A fake Midtrans on loopback: Snap, status, signed notifications. It shares no code with the product.
import { createHash } from 'node:crypto'
import { serve } from './http.mjs'
import { makeWorld } from './world.mjs'

/** Our word -> transaction_status, status_code. */
const WORDS = {
  pending: ['pending', '201'],
  authorized: ['authorize', '200'],
  challenged: ['capture', '201'],
  paid: ['settlement', '200'],
  captured: ['capture', '200'],
  reversed: ['deny', '202'],
  expired: ['expire', '407'],
  failed: ['deny', '202'],
  cancelled: ['cancel', '200'],
  partially_refunded: ['partial_refund', '200'],
  refunded: ['refund', '200'],
  partially_charged_back: ['partial_chargeback', '200'],
  charged_back: ['chargeback', '200'],
}

/** Starts it; Snap and the status API share one address here. */
export async function startMidtrans({ port = 0, merchantId, serverKey }) {
  const world = makeWorld({
    noticeOf: (order, options) => notificationOf(order, { merchantId, serverKey, ...options }),
  })

  const server = await serve(async (request) => {
    const controlled = await world.control(request)
    if (controlled) return controlled
    const isAllowed = request.headers.authorization === `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`
    if (request.method === 'POST' && request.path === '/snap/v1/transactions') {
      const ask = JSON.parse(request.body)
      const id = ask.transaction_details?.order_id
      return world.meet('create', id, () =>
        isAllowed ? snap(ask, request.headers) : snapRefuses(401, 'Access denied'),
      )
    }
    const id = /^\/v2\/([^/]+)\/status$/.exec(request.path)?.[1]
    if (request.method === 'GET' && id) return world.meet('status', id, () => status(id, isAllowed))
    return { status: 404, text: '<html>not found</html>', headers: { 'content-type': 'text/html' } }
  }, port)

  function snap(ask, headers) {
    const { order_id, gross_amount } = ask.transaction_details
    if (!/^[A-Za-z0-9\-_~.]{1,50}$/.test(order_id ?? ''))
      return snapRefuses(400, 'transaction_details.order_id is wrong')
    if (!Number.isInteger(gross_amount) || gross_amount < 1)
      return snapRefuses(400, 'transaction_details.gross_amount is not a number')
    const items = ask.item_details
    if (items && items.reduce((sum, item) => sum + item.price * item.quantity, 0) !== gross_amount)
      return snapRefuses(400, 'transaction_details.gross_amount is not equal to the sum of item_details')
    if (items?.some((item) => item.name.length > 50)) return snapRefuses(400, 'item_details name is too long')
    if ((headers['x-override-notification'] ?? '').split(',').length > 3) return snapRefuses(400, 'too many URLs')
    const known = world.order(order_id)
    if (known && (known.state !== 'created' || known.amountRupiah !== gross_amount))
      return snapRefuses(400, 'transaction_details.order_id has already been taken')
    const token = known?.token ?? uuidOf(`token ${order_id}`)
    // Known to the status API only when the customer has chosen how to pay.
    if (!known)
      world.put(order_id, {
        state: 'created',
        amountRupiah: gross_amount,
        token,
        asked: { ...ask, notifyUrl: headers['x-override-notification'] },
      })
    return { status: 201, json: { token, redirect_url: `${server.url}/snap/v4/redirection/${token}` } }
  }

  function status(id, isAllowed) {
    if (!isAllowed)
      return { status: 401, json: { status_code: '401', status_message: 'Access denied', id: uuidOf(id) } }
    const order = world.order(id)
    if (!order || order.state === 'created')
      return { status: 404, json: { status_code: '404', status_message: "Transaction doesn't exist.", id: uuidOf(id) } }
    return { status: 200, json: transactionOf(order, { merchantId, serverKey }) }
  }

  return { ...server, merchantId, serverKey }
}

const snapRefuses = (status, why) => ({ status, json: { error_messages: [why] } })

const uuidOf = (text) =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 32)
    .replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const rupiah = (amount) => `${amount}.00`

/** `amount` in letters, `merchant` and `key` are what it is made with. An order's `raw` fields come before the signature. */
function transactionOf(order, { merchantId, serverKey, key = serverKey, merchant = merchantId, amount }) {
  const [transaction_status, status_code] = WORDS[order.state] ?? WORDS.pending
  const isCard = ['captured', 'challenged', 'authorized'].includes(order.state)
  const transaction = {
    status_code,
    transaction_id: uuidOf(`transaction ${order.id}`),
    gross_amount: amount ?? rupiah(order.amountRupiah),
    currency: order.currency ?? 'IDR',
    order_id: order.id,
    payment_type: order.paymentType ?? (isCard ? 'credit_card' : 'qris'),
    transaction_status,
    ...(order.fraud === null
      ? {}
      : { fraud_status: order.fraud ?? (order.state === 'challenged' ? 'challenge' : 'accept') }),
    ...refundOf(order),
    status_message: 'Success, transaction is found',
    merchant_id: merchant,
    transaction_time: '2026-11-21 09:00:00',
    expiry_time: '2026-11-22 09:00:00',
    ...order.raw,
  }
  const signed = `${transaction.order_id}${transaction.status_code}${transaction.gross_amount}${key}`
  return { ...transaction, signature_key: createHash('sha512').update(signed).digest('hex') }
}

function refundOf(order) {
  const isPart = order.state === 'partially_refunded' || order.state === 'partially_charged_back'
  if (!isPart && order.state !== 'refunded') return {}
  const refund_amount = rupiah(isPart ? order.refundedRupiah : order.amountRupiah)
  return { refund_amount, refunds: [{ refund_chargeback_id: 1, refund_amount, refund_key: 'r1' }] }
}

/** The notification of an order, rightly signed unless told otherwise. */
function notificationOf(order, options) {
  const body = { ...transactionOf(order, options), status_message: 'midtrans payment notification' }
  return { contentType: 'application/json', body: JSON.stringify(body) }
}
