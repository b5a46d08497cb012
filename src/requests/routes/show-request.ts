import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { findRequest } from '../find-requests'
import { RequestSchema, toRequest } from '../views'

const route = defineRoute({
  operationId: 'showPoseRequest',
  method: 'get',
  path: '/api/v1/apps/pose-generator/requests/{id}',
  tags: ['Pose requests'],
  summary: 'A pose that somebody asks for',
  ...access('user'),
  request: { params: idParam('request') },
  responses: {
    200: json(RequestSchema),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowRequest = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const row = await findRequest(ctx.db, caller.userId, c.req.valid('param').id)
    if (!row) throw fail('NOT_FOUND')
    return c.json(await toRequest(ctx, caller, row), 200)
  })
