import { z } from '@hono/zod-openapi'
import { access } from '../http/access'
import type { App } from '../http/app-env'
import { defineRoute } from '../http/define-route'
import { json } from '../http/responses'

const route = defineRoute({
  operationId: 'showHealth',
  method: 'get',
  path: '/health',
  summary: 'The Worker answers; it asks nobody else',
  ...access('public'),
  responses: { 200: json(z.object({ status: z.literal('ok'), environment: z.string() })) },
})

export const registerShowHealth = (app: App) =>
  app.openapi(route, (c) => c.json({ status: 'ok' as const, environment: c.var.ctx.config.ENVIRONMENT }, 200))
