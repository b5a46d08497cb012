import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { createPose } from '../create-pose'
import { PoseBody } from '../pose-fields'
import { refuse } from '../refuse'
import { showCuratedPose } from '../show-curated-pose'
import { CuratedPoseDetail } from '../views'

const route = defineRoute({
  operationId: 'createLibraryPose',
  method: 'post',
  path: '/api/v1/admin/library',
  tags: ['Library admin'],
  summary: 'Add a pose to the library, hidden unless it says `publish`; one that repeats a pose is refused',
  ...accessWithJson('admin'),
  request: { body: jsonBody(PoseBody) },
  responses: {
    201: json(CuratedPoseDetail, 'Added'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'CONFLICT', 'POSE_TOO_NEAR', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerCreateLibraryPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const answer = await createPose(ctx, caller.userId, c.req.valid('json'))
    if (answer.status !== 'created') throw refuse(answer)
    return c.json(await showCuratedPose(ctx.db, answer.id), 201)
  })
