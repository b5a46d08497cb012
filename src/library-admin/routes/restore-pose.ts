import { requireLiveAdmin } from '../../admin/require-live-admin'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { PoseIdParam } from '../../poses/pose-id'
import { restorePose } from '../retire-pose'
import { showCuratedPose } from '../show-curated-pose'
import { CuratedPoseDetail } from '../views'

const route = defineRoute({
  operationId: 'restoreLibraryPose',
  method: 'post',
  path: '/api/v1/admin/library/{id}/restoration',
  tags: ['Library admin'],
  summary: 'Take a deleted pose back, hidden until it is published',
  ...access('admin'),
  request: { params: PoseIdParam },
  responses: {
    200: json(CuratedPoseDetail, 'Restored, now or before'),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerRestoreLibraryPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { id } = c.req.valid('param')
    await restorePose(ctx, caller.userId, id)
    return c.json(await showCuratedPose(ctx.db, id), 200)
  })
