import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { CreditsSchema, toCredits } from '../credits-view'

const route = defineRoute({
  operationId: 'showCredits',
  method: 'get',
  path: '/api/v1/credits',
  summary: "The caller's credits, and today's quota in the unlimited tier",
  ...access('user'),
  responses: { 200: json(CreditsSchema), ...errors('UNAUTHENTICATED') },
})

export const registerShowCredits = (app: App) =>
  app.openapi(route, async (c) => {
    return c.json(toCredits(await userObject(c.env, c.var.caller.userId).credits()), 200)
  })
