import { z } from '@hono/zod-openapi'
import { access } from '../http/access'
import type { App } from '../http/app-env'
import { defineRoute } from '../http/define-route'
import { fail } from '../http/errors'
import { errors, json } from '../http/responses'
import { lookAround } from './look'
import { Health, PartsHealth } from './views'

const RETRY_SECONDS = 5

const DeepHealth = z
  .object({
    status: Health,
    parts: PartsHealth,
    banner: z
      .object({ en: z.string(), id: z.string() })
      .nullable()
      .openapi({ description: 'To be shown to sellers as it is; null when all is well' }),
  })
  .openapi('DeepHealth')

const route = defineRoute({
  operationId: 'showDeepHealth',
  method: 'get',
  path: '/api/v1/health/deep',
  summary: 'What works now, at most 5 seconds old; 503 only when nothing does, with the same in its details',
  ...access('public'),
  responses: { 200: json(DeepHealth), ...errors('UNAVAILABLE') },
})

export const registerShowDeepHealth = (app: App) =>
  app.openapi(route, async (c) => {
    const look = await lookAround(c.var.ctx)
    c.header('cache-control', 'no-store')
    if (look.status === 'down') throw fail('UNAVAILABLE', look, RETRY_SECONDS)
    return c.json(look, 200)
  })
