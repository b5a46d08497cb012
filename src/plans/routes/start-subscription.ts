import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { userObject } from '../../objects'
import { findProduct } from '../../payments/products'
import { recordPlans } from '../record-plans'
import { ProductId, SubscriptionSchema, toSubscription } from '../views'

const route = defineRoute({
  operationId: 'startSubscription',
  method: 'post',
  path: '/api/v1/subscriptions',
  summary: 'Start a plan that costs nothing; all others are bought and renewed with POST /payments',
  ...accessWithJson('user'),
  request: { body: jsonBody(z.strictObject({ productId: ProductId })) },
  responses: {
    201: json(SubscriptionSchema, 'Runs, since now or before'),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerStartSubscription = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const product = await findProduct(ctx.db, c.req.valid('json').productId)
    if (!product) throw invalidField('productId', 'there is no such product')
    if (product.amountRupiah > 0) throw invalidField('productId', 'this product is bought with POST /payments')
    const { id: productId, dailyQuota } = product
    const { userId, sessionId } = caller
    const answer = await userObject(ctx.env, userId).startFreePlan({ productId, dailyQuota, sessionId })
    if (!answer.ok) throw fail('UNAUTHENTICATED')
    await recordPlans(ctx, userId, answer.plans)
    return c.json(toSubscription(answer.plans.find((plan) => plan.productId === productId)!), 201)
  })
