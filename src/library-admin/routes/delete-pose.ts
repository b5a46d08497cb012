import { requireLiveAdmin } from '../../admin/require-live-admin'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { PoseIdParam } from '../../poses/pose-id'
import { deletePose } from '../retire-pose'

const route = defineRoute({
  operationId: 'deleteLibraryPose',
  method: 'delete',
  path: '/api/v1/admin/library/{id}',
  tags: ['Library admin'],
  summary: 'Take a pose out of the library; pictures and history keep it, and it can be restored',
  ...access('admin'),
  request: { params: PoseIdParam },
  responses: {
    204: { description: 'Deleted, now or before' },
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerDeleteLibraryPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    await deletePose(ctx, caller.userId, c.req.valid('param').id)
    return c.body(null, 204)
  })
