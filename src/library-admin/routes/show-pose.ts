import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { PoseIdParam } from '../../poses/pose-id'
import { showCuratedPose } from '../show-curated-pose'
import { CuratedPoseDetail } from '../views'

const route = defineRoute({
  operationId: 'showCuratedPose',
  method: 'get',
  path: '/api/v1/admin/library/{id}',
  tags: ['Library admin'],
  summary: 'A pose of the library in both languages, with its geometry and the version that a change must name',
  ...access('admin'),
  request: { params: PoseIdParam },
  responses: {
    200: json(CuratedPoseDetail),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowCuratedPose = (app: App) =>
  app.openapi(route, async (c) => c.json(await showCuratedPose(c.var.ctx.db, c.req.valid('param').id), 200))
