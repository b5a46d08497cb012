import { z } from '@hono/zod-openapi'
import type { Ctx } from '../ctx'
import { access } from '../http/access'
import type { App } from '../http/app-env'
import { defineRoute } from '../http/define-route'
import { json } from '../http/responses'
import { MissingPart } from '../kernel/missing-part'

const route = defineRoute({
  operationId: 'showHealth',
  method: 'get',
  path: '/health',
  summary: 'The Worker answers; it asks nobody else',
  ...access('public'),
  responses: { 200: json(z.object({ status: z.literal('ok'), environment: z.string() })) },
})

export const registerShowHealth = (app: App) =>
  app.openapi(route, (c) => c.json({ status: 'ok' as const, environment: environmentOf(c.var.ctx) }, 200))

/** Balancers ask here whether there is a Worker: there is one, whatever it lacks. */
function environmentOf({ config }: Ctx): string {
  try {
    return config.ENVIRONMENT
  } catch (error) {
    if (error instanceof MissingPart) return 'unknown'
    throw error
  }
}
