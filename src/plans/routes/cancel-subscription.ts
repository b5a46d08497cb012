import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { findProduct } from '../../payments/products'
import { recordPlans } from '../record-plans'
import { ProductId, SubscriptionSchema, toSubscription } from '../views'

const route = defineRoute({
  operationId: 'cancelSubscription',
  method: 'post',
  path: '/api/v1/subscriptions/{productId}/cancellation',
  summary: 'End a plan with what is paid of it, without grace; one that costs nothing ends now',
  ...access('user'),
  request: {
    params: z.object({ productId: ProductId.openapi({ param: { name: 'productId', in: 'path' } }) }),
  },
  responses: {
    200: json(SubscriptionSchema, 'Cancelled'),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerCancelSubscription = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { productId } = c.req.valid('param')
    const { userId, sessionId } = caller
    const user = userObject(ctx.env, userId)
    const answer = await user.cancelPlan({ productId, sessionId })
    if (answer.ok) {
      await recordPlans(ctx, userId, answer.plans)
      return c.json(toSubscription(answer.plans.find((plan) => plan.productId === productId)!), 200)
    }
    if (answer.code === 'SESSION_REVOKED') throw fail('UNAUTHENTICATED')
    // It may have been cancelled by a request that died before D1 had it: asking again brings that up to date.
    const plans = await user.plans()
    await recordPlans(ctx, userId, plans)
    const isKnown = plans.some((plan) => plan.productId === productId) || (await findProduct(ctx.db, productId))
    throw isKnown ? fail('CONFLICT', { reason: 'no such plan is running' }) : fail('NOT_FOUND')
  })
