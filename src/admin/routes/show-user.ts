import { z } from '@hono/zod-openapi'
import { UserView } from '../../auth/fields'
import { findUser, userView } from '../../auth/users'
import { CreditsSchema, toCredits } from '../../credits/credits-view'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { SubscriptionSchema, toSubscription } from '../../plans/views'

const route = defineRoute({
  operationId: 'showUser',
  method: 'get',
  path: '/api/v1/admin/users/{id}',
  summary: 'An account with its credits and plans',
  ...access('admin'),
  request: { params: idParam('user') },
  responses: {
    200: json(
      z.object({
        user: UserView.extend({ createdAt: z.string().openapi({ format: 'date-time' }) }),
        credits: CreditsSchema,
        plans: z.array(SubscriptionSchema),
      }),
    ),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowUser = (app: App) =>
  app.openapi(route, async (c) => {
    const user = await findUser(c.var.ctx.db, c.req.valid('param').id)
    if (!user) throw fail('NOT_FOUND')
    const object = userObject(c.env, user.id)
    const [credits, plans] = await Promise.all([object.credits(), object.plans()])
    const shown = { ...userView(user), createdAt: new Date(user.createdAt).toISOString() }
    return c.json({ user: shown, credits: toCredits(credits), plans: plans.map(toSubscription) }, 200)
  })
