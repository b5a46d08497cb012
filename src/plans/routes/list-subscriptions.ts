import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { SubscriptionSchema, toSubscription } from '../views'

const route = defineRoute({
  operationId: 'listSubscriptions',
  method: 'get',
  path: '/api/v1/subscriptions',
  summary: "The caller's plans, those that have ended too, newest first",
  ...access('user'),
  responses: { 200: json(z.object({ items: z.array(SubscriptionSchema) })), ...errors('UNAUTHENTICATED') },
})

export const registerListSubscriptions = (app: App) =>
  app.openapi(route, async (c) => {
    const plans = await userObject(c.env, c.var.caller.userId).plans()
    return c.json({ items: plans.map(toSubscription) }, 200)
  })
