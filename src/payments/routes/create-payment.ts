import { z } from '@hono/zod-openapi'
import { GATEWAYS, payments } from '../../db/tables/money'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { userObject } from '../../objects'
import { findPayment } from '../credit-payment'
import { findProduct, PRODUCT_IDS } from '../products'
import { PaymentSchema, toPayment } from '../views'

const route = defineRoute({
  operationId: 'createPayment',
  method: 'post',
  path: '/api/v1/payments',
  summary: 'Order a credit pack; the simulated gateway is refused in production',
  ...accessWithJson('user'),
  request: {
    headers: IdempotencyHeader,
    body: jsonBody(z.strictObject({ productId: z.enum(PRODUCT_IDS), gateway: z.enum(GATEWAYS) })),
  },
  responses: {
    201: json(z.object({ payment: PaymentSchema, redirectUrl: z.string() }), 'Created, or made before under this key'),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'FORBIDDEN', 'TOO_LARGE', 'UNSUPPORTED_TYPE'] as const),
      ...(['VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'] as const),
    ),
  },
})

export const registerCreatePayment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { productId, gateway } = c.req.valid('json')
    if (ctx.config.ENVIRONMENT === 'production') throw fail('FORBIDDEN')
    const product = findProduct(productId)!
    // The id is fixed under the key before the row exists: a retry after a crash makes the same order.
    const order = await userObject(ctx.env, caller.userId).remember(
      {
        route: 'payments',
        key: c.req.valid('header')['idempotency-key'],
        fingerprint: await fingerprint('POST', '/payments', { productId, gateway }),
      },
      newId('payment'),
      caller.sessionId,
    )
    if (!order.ok) throw fail(order.code === 'SESSION_REVOKED' ? 'UNAUTHENTICATED' : 'IDEMPOTENCY_KEY_REUSED')
    await ctx.db
      .insert(payments)
      .values({
        id: order.answer,
        userId: caller.userId,
        productId,
        gateway,
        amountRupiah: product.amountRupiah,
        credits: product.credits,
        createdAt: ctx.now(),
      })
      .onConflictDoNothing()
    if (order.replayed) c.header('idempotent-replayed', 'true')
    const payment = await findPayment(ctx, caller.userId, order.answer)
    return c.json({ payment: toPayment(payment!), redirectUrl: `/api/v1/payments/${order.answer}/simulation` }, 201)
  })
