import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { pageOf } from '../../http/page'
import { errors, json } from '../../http/responses'
import { listRequests, RequestQuery } from '../find-requests'
import { AdminRequestSchema, toAdminRequest } from '../views'

const route = defineRoute({
  operationId: 'listPoseRequestsAsAdmin',
  method: 'get',
  path: '/api/v1/admin/pose-requests',
  tags: ['Pose requests'],
  summary: 'Poses that people ask for, with whose wish each is',
  ...access('admin'),
  request: { query: RequestQuery },
  responses: {
    200: json(pageOf(AdminRequestSchema)),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED'),
  },
})

export const registerListRequestsAsAdmin = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { items, page } = await listRequests(ctx.db, caller.userId, c.req.valid('query'))
    return c.json({ items: await Promise.all(items.map((row) => toAdminRequest(ctx, caller, row))), page }, 200)
  })
