import type { GATEWAYS, PAYMENT_STATUSES } from '../../db/tables/money'

export type GatewayId = (typeof GATEWAYS)[number]

/** What a gateway is asked to collect. Amounts are whole rupiah; `paymentId` is the order id at the gateway too. */
export type Order = {
  paymentId: string
  amountRupiah: number
  productName: string
  customer: { email: string; name: string }
  /** Where the gateway tells us of changes. */
  callbackUrl: string
  /** Where the customer's browser goes afterwards; it proves nothing. */
  returnUrl: string
  expiryMinutes: number
}

/** A request as it came, body unparsed: signatures are over the gateway's own letters. */
export type RawNotice = { contentType: string | null | undefined; body: string }

/**
 * A notice that names an order, or why it is none: UNREADABLE = 400, FORGED = 401. `claims` are the gateway's words for
 * the outcome; neither gateway signs them, so they are for the record and decide nothing.
 */
export type NoticeRead =
  | { ok: true; paymentId: string; amountRupiah: number; claims: string }
  | { ok: false; code: 'UNREADABLE' | 'FORGED' }

/**
 * What the gateway says now. `amountRupiah` and `reference` are null when it does not know the order (yet), which is
 * `pending` too: whoever knows the order as paid must not take that for a refund.
 */
export type GatewayStatus = {
  state: (typeof PAYMENT_STATUSES)[number]
  amountRupiah: number | null
  refundedRupiah: number
  currency: string
  reference: string | null
}

/** Status of an order that the gateway does not know. */
export const UNKNOWN_ORDER: GatewayStatus = {
  state: 'pending',
  amountRupiah: null,
  refundedRupiah: 0,
  currency: 'IDR',
  reference: null,
}

/** One payment gateway. Both calls make one attempt; doing `create` again with the same order makes no second one. */
export interface Gateway {
  readonly id: GatewayId
  /** Throws GatewayUnavailable (the order may exist: ask again) or GatewayRefused (asking again will not help). */
  create(order: Order): Promise<{ redirectUrl: string; reference: string | null }>
  /** Only a verified notice leaves it. Never throws for what somebody sent. */
  readNotice(raw: RawNotice): Promise<NoticeRead>
  /** Throws GatewayUnavailable. */
  status(paymentId: string): Promise<GatewayStatus>
}

/** Nobody answered, or nothing that can be understood. `detail` holds no secret and nothing of the customer. */
export class GatewayUnavailable extends Error {
  override name = 'GatewayUnavailable'
  constructor(
    readonly gateway: GatewayId,
    readonly detail: string,
  ) {
    super(`${gateway}: ${detail}`)
  }
}

/** The gateway said no. `detail` is its own reason, cut short, for the log. */
export class GatewayRefused extends Error {
  override name = 'GatewayRefused'
  constructor(
    readonly gateway: GatewayId,
    readonly detail: string,
  ) {
    super(`${gateway}: ${detail}`)
  }
}

/** Rupiah of an order that are ours to keep: what was paid and not given back. 0 for everything unpaid or undone. */
export const keptRupiah = ({ state, amountRupiah, refundedRupiah }: GatewayStatus): number =>
  state === 'paid' || state === 'partially_refunded' ? (amountRupiah ?? 0) - refundedRupiah : 0
