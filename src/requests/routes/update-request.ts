import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { changeRequest } from '../change-request'
import { ChangedRequest } from '../fields'
import { findRequest } from '../find-requests'
import { RequestSchema, toRequest } from '../views'

const route = defineRoute({
  operationId: 'updatePoseRequest',
  method: 'patch',
  path: '/api/v1/apps/pose-generator/requests/{id}',
  tags: ['Pose requests'],
  summary: "Change a request of the caller's own before an admin has decided on it",
  ...accessWithJson('user', 'request'),
  request: { params: idParam('request'), body: jsonBody(ChangedRequest) },
  responses: {
    200: json(RequestSchema),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'ALREADY_DECIDED'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'PROMPT_REJECTED'] as const),
    ),
  },
})

export const registerUpdateRequest = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    await changeRequest(ctx, caller, id, c.req.valid('json'))
    const row = await findRequest(ctx.db, caller.userId, id)
    if (!row) throw fail('NOT_FOUND')
    return c.json(await toRequest(ctx, caller, row), 200)
  })
