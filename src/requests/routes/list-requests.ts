import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { pageOf } from '../../http/page'
import { errors, json } from '../../http/responses'
import { listRequests, RequestQuery } from '../find-requests'
import { RequestSchema, toRequest } from '../views'

const route = defineRoute({
  operationId: 'listPoseRequests',
  method: 'get',
  path: '/api/v1/apps/pose-generator/requests',
  tags: ['Pose requests'],
  summary: 'Poses that people ask for, most votes first or newest first',
  ...access('user'),
  request: {
    query: RequestQuery.extend({
      mine: z.enum(['true', 'false']).default('false').openapi({ description: "`true`: only the caller's own" }),
    }),
  },
  responses: {
    200: json(pageOf(RequestSchema)),
    ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED'),
  },
})

export const registerListRequests = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { mine, ...query } = c.req.valid('query')
    const { items, page } = await listRequests(ctx.db, caller.userId, { ...query, isMine: mine === 'true' })
    return c.json({ items: await Promise.all(items.map((row) => toRequest(ctx, caller, row))), page }, 200)
  })
