import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { readStanding } from '../../providers/status'
import { ProviderSchema, toProvider } from '../provider-view'

const route = defineRoute({
  operationId: 'listProviders',
  method: 'get',
  path: '/api/v1/admin/providers',
  summary: 'Who makes the pictures, in the order in which they are asked, and how each does now',
  ...access('admin'),
  responses: { 200: json(z.object({ items: z.array(ProviderSchema) })), ...errors('UNAUTHENTICATED', 'FORBIDDEN') },
})

/** Read anew each time: an admin who has just closed a circuit wants to see it closed. */
export const registerListProviders = (app: App) =>
  app.openapi(route, async (c) => c.json({ items: (await readStanding(c.var.ctx)).map(toProvider) }, 200))
