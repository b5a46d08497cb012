import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { decideRequest } from '../decide-request'
import { Decision } from '../fields'
import { findRequest } from '../find-requests'
import { AdminRequestSchema, toAdminRequest } from '../views'

const route = defineRoute({
  operationId: 'decidePoseRequest',
  method: 'patch',
  path: '/api/v1/admin/pose-requests/{id}',
  tags: ['Pose requests'],
  summary: 'Move a request on, refuse it, complete it with a pose of the library, or change the notes on it',
  ...accessWithJson('admin'),
  request: { params: idParam('request'), body: jsonBody(Decision) },
  responses: {
    200: json(AdminRequestSchema),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const),
      ...(['CONFLICT', 'ALREADY_DECIDED', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'] as const),
    ),
  },
})

export const registerDecideRequest = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { id } = c.req.valid('param')
    await decideRequest(ctx, caller.userId, id, c.req.valid('json'))
    const row = await findRequest(ctx.db, caller.userId, id)
    if (!row) throw fail('NOT_FOUND')
    return c.json(await toAdminRequest(ctx, caller, row), 200)
  })
