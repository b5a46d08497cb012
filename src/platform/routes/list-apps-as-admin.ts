import { z } from '@hono/zod-openapi'
import { registry } from '../../apps/registry'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { allInForce, readSettings } from '../app-settings'
import { AdminAppSchema, toAdminApp } from '../views'

const route = defineRoute({
  operationId: 'listAppsAsAdmin',
  method: 'get',
  path: '/api/v1/admin/apps',
  tags: ['Apps'],
  summary: 'Every app with what holds of it here, what was changed and what is missing',
  ...access('admin'),
  responses: { 200: json(z.object({ items: z.array(AdminAppSchema) })), ...errors('UNAUTHENTICATED', 'FORBIDDEN') },
})

/** Read anew each time: who has just changed something wants to see it. */
export const registerListAppsAsAdmin = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const rows = await readSettings(ctx.db)
    const items = allInForce(rows).flatMap((each) => {
      const shipped = registry.get(each.id)
      return shipped ? toAdminApp(ctx, shipped, each, rows.get(each.id)) : []
    })
    return c.json({ items }, 200)
  })
