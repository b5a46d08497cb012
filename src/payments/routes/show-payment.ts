import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { checkForCustomer } from '../check-for-customer'
import { findPayment } from '../find-payment'
import { PaymentSchema, toPayment } from '../views'

const route = defineRoute({
  operationId: 'showPayment',
  method: 'get',
  path: '/api/v1/payments/{id}',
  summary: 'A payment and whether it was paid; while it is pending the gateway is asked, at most every 30 seconds',
  ...access('user', 'payment'),
  request: { params: idParam('payment') },
  responses: { 200: json(PaymentSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowPayment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const payment = await findPayment(ctx.db, caller.userId, c.req.valid('param').id)
    if (!payment) throw fail('NOT_FOUND')
    return c.json(toPayment(await checkForCustomer(ctx, payment)), 200)
  })
