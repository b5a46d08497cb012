import { z } from 'zod'
import { idPattern } from '../../kernel/ids'
import type { Log } from '../../kernel/log'
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
import { type DuitkuScheme, inquiryText, schemeOf, signDuitku, statusText } from './duitku-signature'
import { noticeKeys, type SigningKeys } from './keys'
import { claimsOf, formOf } from './notice-body'
import { paymentPage } from './payment-page'
import { RUPIAH_TEXT, rupiahOf } from './rupiah'

export type DuitkuSettings = {
  merchantCode: string
  keys: SigningKeys
  /** Origin, no trailing slash. */
  url: string
  /** Code of the channel, which v2 wants with every order: SP = QRIS. */
  paymentMethod: string
  /** The merchant is still on MD5: our requests are signed with it, and callbacks may be. */
  legacyMd5: boolean
  timeoutMs?: number
  log: Log
  now: () => number
}

const Callback = z.object({
  merchantCode: z.string(),
  amount: z.string().regex(RUPIAH_TEXT),
  merchantOrderId: z.string().max(50),
  signature: z.string(),
  resultCode: z.string().optional(),
})
const Inquiry = z.object({
  statusCode: z.string(),
  statusMessage: z.string().optional(),
  reference: z.string().optional(),
  paymentUrl: z.string().optional(),
})
const Transaction = z.object({
  merchantOrderId: z.string(),
  reference: z.string().optional(),
  amount: z.union([z.string(), z.int().transform(String)]).optional(),
  statusCode: z.string(),
  statusMessage: z.string().optional(),
})
const Problem = z.object({ Message: z.string() })

/** Duitku API v2: inquiry, callback, transactionStatus. It knows no refunds; a payment undone is a `02` after a `00`. */
export const duitkuGateway = (settings: DuitkuSettings): Gateway => ({
  id: 'duitku',
  create: (order) => createInvoice(settings, order),
  readNotice: async (raw) => readCallback(settings, raw),
  status: (paymentId) => readStatus(settings, paymentId),
})

async function createInvoice(settings: DuitkuSettings, order: Order) {
  const { merchantCode, url } = settings
  const { httpStatus, json } = await post(settings, 'v2/inquiry', {
    merchantCode,
    paymentAmount: order.amountRupiah,
    merchantOrderId: order.paymentId,
    productDetails: order.productName.slice(0, 255),
    // Integrators saw longer addresses refused, and the order with them.
    ...(order.customer.email.length <= 50 ? { email: order.customer.email } : {}),
    paymentMethod: settings.paymentMethod,
    customerVaName: order.customer.name.slice(0, 20),
    itemDetails: [{ name: order.productName.slice(0, 50), price: order.amountRupiah, quantity: 1 }],
    callbackUrl: order.callbackUrl,
    returnUrl: order.returnUrl,
    expiryPeriod: order.expiryMinutes,
    signature: sign(settings, inquiryText(merchantCode, order.paymentId, order.amountRupiah)),
  })
  if (httpStatus >= 400) throw new GatewayRefused('duitku', `HTTP ${httpStatus} ${messageOf(json)}`.trim())
  const read = Inquiry.safeParse(json)
  if (!read.success) throw new GatewayUnavailable('duitku', 'inquiry answer has another shape')
  const { statusCode, statusMessage = '', reference, paymentUrl } = read.data
  if (statusCode !== '00') throw new GatewayRefused('duitku', `${statusCode} ${statusMessage}`.slice(0, 200))
  const redirectUrl = paymentPage(paymentUrl, url)
  if (redirectUrl === null) throw new GatewayUnavailable('duitku', 'inquiry answer has no payment page')
  return { redirectUrl, reference: reference ?? null }
}

function readCallback(settings: DuitkuSettings, raw: RawNotice): NoticeRead {
  const read = Callback.safeParse(formOf(raw, Object.keys(Callback.shape)))
  const amountRupiah = read.success ? rupiahOf(read.data.amount) : null
  if (!read.success || amountRupiah === null) return { ok: false, code: 'UNREADABLE' }
  const { merchantCode, merchantOrderId, resultCode } = read.data
  const schemes: DuitkuScheme[] = settings.legacyMd5 ? ['hmac-sha256', 'md5'] : ['hmac-sha256']
  const scheme = schemeOf(read.data, noticeKeys(settings.keys, settings.now()), schemes)
  // Nothing stands between the signed values, so digits of the amount could be read as the order's: ours start with a
  // letter and have one length.
  if (scheme === null || merchantCode !== settings.merchantCode || !idPattern('payment').test(merchantOrderId))
    return { ok: false, code: 'FORGED' }
  settings.log('info', 'duitku_callback_signature', { scheme, paymentId: merchantOrderId })
  return { ok: true, paymentId: merchantOrderId, amountRupiah, claims: claimsOf([resultCode]) }
}

async function readStatus(settings: DuitkuSettings, paymentId: string): Promise<GatewayStatus> {
  const { merchantCode } = settings
  const { httpStatus, json } = await post(settings, 'transactionStatus', {
    merchantCode,
    merchantOrderId: paymentId,
    signature: sign(settings, statusText(merchantCode, paymentId)),
  })
  // A 404 in Duitku's own words; the 404 of a wrong address is no answer.
  if (httpStatus === 404 && messageOf(json) !== '') return UNKNOWN_ORDER
  if (httpStatus >= 400) throw new GatewayUnavailable('duitku', `status HTTP ${httpStatus} ${messageOf(json)}`.trim())
  const read = Transaction.safeParse(json)
  if (!read.success || read.data.merchantOrderId !== paymentId)
    throw new GatewayUnavailable('duitku', 'status answer has another shape or order')
  const { statusCode, statusMessage = '', amount = '', reference = null } = read.data
  const amountRupiah = rupiahOf(amount)
  const state = stateOf(statusCode, statusMessage)
  if (state === null || (state === 'paid' && amountRupiah === null))
    throw new GatewayUnavailable('duitku', `status ${statusCode.slice(0, 10)} cannot be read`)
  return { state, amountRupiah, refundedRupiah: 0, currency: 'IDR', reference }
}

/** 00 paid, 01 pending, 02 failed or expired, which only the message tells apart. Null for a code nobody documented. */
function stateOf(statusCode: string, statusMessage: string): GatewayStatus['state'] | null {
  if (statusCode === '00') return 'paid'
  if (statusCode === '01') return 'pending'
  if (statusCode === '02') return /expire/i.test(statusMessage) ? 'expired' : 'failed'
  return null
}

const sign = ({ legacyMd5, keys }: DuitkuSettings, text: string): string =>
  signDuitku(legacyMd5 ? 'md5' : 'hmac-sha256', keys.current, text)

const post = ({ url, timeoutMs = GATEWAY_TIMEOUT_MS }: DuitkuSettings, path: string, json: object) =>
  askGateway({
    gateway: 'duitku',
    method: 'POST',
    url: `${url}/webapi/api/merchant/${path}`,
    headers: {},
    json,
    timeoutMs,
  })

const messageOf = (json: unknown): string => Problem.safeParse(json).data?.Message.slice(0, 200) ?? ''
