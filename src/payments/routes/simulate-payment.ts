import { z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { PAYMENT_STATUSES } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App, AppEnv } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { idParam } from '../../http/fields'
import { requireJson } from '../../http/headers'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { findPayment } from '../find-payment'
import { playCustomer } from '../gateways/simulated'
import { markDue } from '../mark-due'
import { settlePayment } from '../settle-payment'
import { PaymentSchema, toPayment } from '../views'

const Deed = z.strictObject({
  status: z.enum(PAYMENT_STATUSES).default('paid').openapi({ description: 'What the gateway says from now on' }),
  refundedRupiah: z.number().int().min(1).optional().openapi({ description: 'With partially_refunded, and only then' }),
})

/** No body at all is somebody who pays. */
const jsonIfAny: MiddlewareHandler<AppEnv> = async function jsonIfAny(c, next) {
  const isEmpty = c.req.raw.body === null || c.req.header('content-length') === '0'
  if (isEmpty && c.req.header('content-type') === undefined) return next()
  return requireJson(c, next)
}

const route = defineRoute({
  operationId: 'simulatePayment',
  method: 'post',
  path: '/api/v1/payments/{id}/simulation',
  summary: 'Play the customer who pays, or the bank that takes it back, on a laptop; refused in production',
  ...access('user', 'payment'),
  middleware: [...access('user', 'payment').middleware, jsonIfAny],
  request: { params: idParam('payment'), body: { content: { 'application/json': { schema: Deed } } } },
  responses: {
    200: json(PaymentSchema),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'] as const),
    ),
  },
})

export const registerSimulatePayment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    if (ctx.config.ENVIRONMENT === 'production') throw fail('FORBIDDEN')
    // Money sees a session's end at once, not when its token runs out.
    if (!(await userObject(ctx.env, caller.userId).isSessionAlive(caller.sessionId))) throw fail('UNAUTHENTICATED')
    const payment = await findPayment(ctx.db, caller.userId, c.req.valid('param').id)
    if (!payment) throw fail('NOT_FOUND')
    // An order at a real gateway is paid there.
    if (payment.gateway !== 'simulated') throw fail('CONFLICT')
    const { status = 'paid', refundedRupiah } = c.req.valid('json') ?? {}
    if ((status === 'partially_refunded') !== (refundedRupiah !== undefined))
      throw invalidField('refundedRupiah', 'goes with partially_refunded')
    if (refundedRupiah !== undefined && refundedRupiah >= payment.amountRupiah)
      throw invalidField('refundedRupiah', `must be less than ${payment.amountRupiah}`)
    await playCustomer(ctx.db, payment.id, { status, ...(refundedRupiah !== undefined && { refundedRupiah }) })
    await markDue(ctx.db, payment.id, ctx.now())
    const settled = await settlePayment(ctx, payment.id)
    return c.json(toPayment(settled.payment ?? payment), 200)
  })
