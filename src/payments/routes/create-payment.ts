import { z } from '@hono/zod-openapi'
import { GATEWAYS } from '../../db/tables/money'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { userObject } from '../../objects'
import { gatewaysOf } from '../gateways/registry'
import { MAX_PENDING_ORDERS } from '../limits'
import { findOrdered, originOf, type Placed, placeOrder } from '../place-order'
import { PaymentSchema, toPayment } from '../views'

/** When a client whose gateway did not answer should ask again, with the same key. */
const RETRY_AFTER_SECONDS = 5
const PENDING_RETRY_AFTER_SECONDS = 3_600

const productId = z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the id of a product')

const route = defineRoute({
  operationId: 'createPayment',
  method: 'post',
  path: '/api/v1/payments',
  summary: 'Order a pack or a plan; the customer pays at redirectUrl. The simulated gateway is refused in production',
  ...accessWithJson('user'),
  request: {
    headers: IdempotencyHeader,
    body: jsonBody(z.strictObject({ productId, gateway: z.enum(GATEWAYS) })),
  },
  responses: {
    201: json(z.object({ payment: PaymentSchema, redirectUrl: z.string() }), 'Created, or made before under this key'),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'FORBIDDEN', 'TOO_LARGE', 'UNSUPPORTED_TYPE'] as const),
      ...(['VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED', 'GATEWAY_REFUSED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerCreatePayment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { productId, gateway: gatewayId } = c.req.valid('json')
    const gateway = gatewaysOf(ctx).get(gatewayId)
    if (!gateway && gatewayId === 'simulated') throw fail('FORBIDDEN')
    if (!gateway) throw invalidField('gateway', 'takes no payment here')
    const product = await findOrdered(ctx.db, productId)
    if (!product) throw invalidField('productId', 'must be the id of a product')
    if (product.amountRupiah === 0) throw invalidField('productId', 'costs nothing: start it with POST /subscriptions')
    // The id is fixed under the key before the row exists: a retry after a crash makes the same order.
    const order = await userObject(ctx.env, caller.userId).remember(
      {
        route: 'payments',
        key: c.req.valid('header')['idempotency-key'],
        fingerprint: await fingerprint('POST', '/payments', { productId, gateway: gatewayId }),
      },
      newId('payment'),
      caller.sessionId,
    )
    if (!order.ok) throw fail(order.code === 'SESSION_REVOKED' ? 'UNAUTHENTICATED' : 'IDEMPOTENCY_KEY_REUSED')
    const origin = originOf(ctx.config.PUBLIC_URL, c.req.raw)
    const placed = await placeOrder(ctx, { paymentId: order.answer, userId: caller.userId, product, gateway, origin })
    if (!placed.ok) throw refusal(placed.code)
    if (order.replayed) c.header('idempotent-replayed', 'true')
    return c.json({ payment: toPayment(placed.payment), redirectUrl: placed.redirectUrl }, 201)
  })

function refusal(code: Extract<Placed, { ok: false }>['code']) {
  switch (code) {
    case 'NOT_ON_SALE':
      return invalidField('productId', 'is not on sale')
    case 'TOO_MANY_PENDING':
      return fail('RATE_LIMITED', { maxPendingOrders: MAX_PENDING_ORDERS }, PENDING_RETRY_AFTER_SECONDS)
    case 'GATEWAY_UNAVAILABLE':
      return fail('UNAVAILABLE', undefined, RETRY_AFTER_SECONDS)
    case 'GATEWAY_REFUSED':
      return fail('GATEWAY_REFUSED')
  }
}
