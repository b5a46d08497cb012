// A fake Duitku (API v2) on loopback: inquiry, transactionStatus, signed callbacks. It shares no code with the product.
import { createHash, createHmac } from 'node:crypto'
import { serve } from './http.mjs'
import { makeWorld } from './world.mjs'

const api = '/webapi/api/merchant'

/** Starts it. `scheme` is what the merchant's account is set to: `hmac-sha256`, or `md5` for one not moved yet. */
export async function startDuitku({ port = 0, merchantCode, apiKey, scheme = 'hmac-sha256' }) {
  const sign = (text, { key = apiKey, as = scheme } = {}) =>
    as === 'md5'
      ? createHash('md5')
          .update(text + key)
          .digest('hex')
      : createHmac('sha256', key).update(text).digest('hex')

  const world = makeWorld({
    noticeOf: (order, options) => callbackOf(order, { merchantCode, sign, ...options }),
    // Its status knows 00, 01 and 02; money given back by hand in the dashboard shows nowhere.
    refuseState: (state) =>
      state.includes('refunded') || state.includes('charged') ? 'Duitku tells no refunds' : null,
  })

  const server = await serve(async (request) => {
    const controlled = await world.control(request)
    if (controlled) return controlled
    if (request.method !== 'POST') return { status: 405, json: { Message: 'POST only' } }
    if (!request.headers['content-type']?.startsWith('application/json'))
      return { status: 415, json: { Message: 'JSON only' } }
    const ask = JSON.parse(request.body)
    if (request.path === `${api}/v2/inquiry`) return world.meet('create', ask.merchantOrderId, () => inquiry(ask))
    if (request.path === `${api}/transactionStatus`) return world.meet('status', ask.merchantOrderId, () => status(ask))
    return { status: 404, text: '<html>not found</html>', headers: { 'content-type': 'text/html' } }
  }, port)

  function inquiry(ask) {
    const { paymentAmount, merchantOrderId, paymentMethod, productDetails, callbackUrl, returnUrl, itemDetails } = ask
    if (ask.merchantCode !== merchantCode) return { status: 404, json: { Message: 'Merchant not found' } }
    if (ask.signature !== sign(`${merchantCode}${merchantOrderId}${paymentAmount}`))
      return { status: 401, json: { Message: 'Wrong signature' } }
    const problem = whyWrong()
    if (problem) return { status: 400, json: { Message: problem } }
    if (itemDetails && itemDetails.reduce((sum, item) => sum + item.price, 0) !== paymentAmount)
      return { status: 409, json: { Message: 'Payment amount must be equal to all item price' } }
    const known = world.order(merchantOrderId)
    if (known && (known.amountRupiah !== paymentAmount || !['created', 'pending'].includes(known.state)))
      return {
        status: 200,
        json: { merchantCode, statusCode: '-100', statusMessage: 'Bill already paid or different' },
      }
    const reference =
      known?.reference ?? `DS10001${createHash('sha256').update(merchantOrderId).digest('hex').slice(0, 12)}`
    if (!known) world.put(merchantOrderId, { state: 'pending', amountRupiah: paymentAmount, reference, asked: ask })
    return {
      status: 200,
      json: {
        merchantCode,
        reference,
        paymentUrl: `${server.url}/topup/v2/TopUpQris.aspx?reference=${reference}`,
        vaNumber: '',
        qrString: '00020101',
        amount: String(paymentAmount),
        statusCode: '00',
        statusMessage: 'SUCCESS',
      },
    }

    function whyWrong() {
      if (!Number.isInteger(paymentAmount) || paymentAmount < 10_000) return 'Minimum Payment 10000 IDR'
      if (typeof merchantOrderId !== 'string' || merchantOrderId.length > 50) return 'merchantOrderId is wrong'
      if (!/^\w{2}$/.test(paymentMethod ?? '')) return 'paymentMethod is mandatory'
      if (!productDetails || !callbackUrl || !returnUrl) return 'a mandatory field is missing'
      if (ask.email !== undefined && ask.email.length > 50) return 'email is too long'
      if ((ask.customerVaName ?? '').length > 20) return 'customerVaName is too long'
      return null
    }
  }

  function status({ merchantCode: merchant, merchantOrderId, signature }) {
    if (merchant !== merchantCode) return { status: 404, json: { Message: 'Merchant not found' } }
    if (signature !== sign(`${merchantCode}${merchantOrderId}`))
      return { status: 401, json: { Message: 'Wrong signature' } }
    const order = world.order(merchantOrderId)
    if (!order || order.state === 'created') return { status: 404, json: { Message: 'Transaction not found' } }
    const [statusCode, statusMessage] = codeOf(order.state)
    return {
      status: 200,
      json: {
        merchantOrderId,
        reference: order.reference ?? 'DS10001TEST',
        amount: String(order.amountRupiah),
        fee: '0.00',
        statusCode,
        statusMessage,
        ...order.raw,
      },
    }
  }

  return { ...server, merchantCode, apiKey }
}

function codeOf(state) {
  if (state === 'paid' || state === 'captured') return ['00', 'SUCCESS']
  if (['pending', 'authorized', 'challenged'].includes(state)) return ['01', 'PROCESS']
  return ['02', state === 'expired' ? 'EXPIRED' : 'FAILED']
}

/**
 * The callback of an order, rightly signed unless told otherwise: `key`, `scheme`, `merchant` and `amount` (in letters)
 * are what it is made with, `resultCode` is not signed at all.
 */
function callbackOf(order, { merchantCode, sign, key, scheme, merchant = merchantCode, amount, resultCode }) {
  const paid = codeOf(order.state)[0] === '00'
  const amountText = amount ?? String(order.amountRupiah)
  const signature = sign(`${merchant}${amountText}${order.id}`, { ...(key && { key }), ...(scheme && { as: scheme }) })
  const fields = {
    merchantCode: merchant,
    amount: amountText,
    merchantOrderId: order.id,
    productDetail: 'Lumiku',
    additionalParam: '',
    paymentCode: 'SP',
    resultCode: resultCode ?? (paid ? '00' : '01'),
    merchantUserId: '',
    reference: order.reference ?? 'DS10001TEST',
    signature,
    publisherOrderId: 'MGUHWKJX3M1KMSQN5',
    spUserHash: 'xxxyyyzzz',
    settlementDate: '2026-11-21',
    issuerCode: '93600523',
    customerName: 'Sari',
  }
  return { contentType: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() }
}
