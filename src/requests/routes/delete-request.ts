import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { withdrawRequest } from '../change-request'

const route = defineRoute({
  operationId: 'deletePoseRequest',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/requests/{id}',
  tags: ['Pose requests'],
  summary: "Take back a request of the caller's own before an admin has decided on it",
  ...access('user', 'request'),
  request: { params: idParam('request') },
  responses: {
    204: { description: 'Gone, with its votes' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'ALREADY_DECIDED', 'VALIDATION_FAILED'),
  },
})

export const registerDeleteRequest = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await withdrawRequest(ctx, caller, c.req.valid('param').id)
    return c.body(null, 204)
  })
