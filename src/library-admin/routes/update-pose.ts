import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { PoseIdParam } from '../../poses/pose-id'
import { PoseChanges } from '../pose-fields'
import { showCuratedPose } from '../show-curated-pose'
import { updatePose } from '../update-pose'
import { CuratedPoseDetail } from '../views'

const route = defineRoute({
  operationId: 'updateLibraryPose',
  method: 'patch',
  path: '/api/v1/admin/library/{id}',
  tags: ['Library admin'],
  summary: 'Change a pose of the library, publish or hide it; a pose that another admin changed since is a 409',
  ...accessWithJson('admin'),
  request: { params: PoseIdParam, body: jsonBody(PoseChanges) },
  responses: {
    200: json(CuratedPoseDetail, 'As it is now'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'POSE_TOO_NEAR'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerUpdateLibraryPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { id } = c.req.valid('param')
    await updatePose(ctx, caller.userId, id, c.req.valid('json'))
    return c.json(await showCuratedPose(ctx.db, id), 200)
  })
