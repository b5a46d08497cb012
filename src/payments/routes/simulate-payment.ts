import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { creditPayment, findPayment } from '../credit-payment'
import { PaymentSchema, toPayment } from '../views'

const route = defineRoute({
  operationId: 'simulatePayment',
  method: 'post',
  path: '/api/v1/payments/{id}/simulation',
  summary: 'Play the customer who pays, on a laptop; refused in production',
  ...access('user', 'payment'),
  request: { params: idParam('payment') },
  responses: { 200: json(PaymentSchema), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerSimulatePayment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    if (ctx.config.ENVIRONMENT === 'production') throw fail('FORBIDDEN')
    // Money sees a session's end at once, not when its token runs out.
    if (!(await userObject(ctx.env, caller.userId).isSessionAlive(caller.sessionId))) throw fail('UNAUTHENTICATED')
    const payment = await findPayment(ctx, caller.userId, c.req.valid('param').id)
    if (!payment) throw fail('NOT_FOUND')
    return c.json(toPayment(await creditPayment(ctx, payment)), 200)
  })
