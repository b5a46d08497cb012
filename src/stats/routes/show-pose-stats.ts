import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { PoseIdParam } from '../../poses/pose-id'
import { PoseFiguresSchema, readPoseFigures } from '../pose-figures'

const route = defineRoute({
  operationId: 'showPoseStats',
  method: 'get',
  path: '/api/v1/admin/library/{id}/stats',
  tags: ['Library admin'],
  summary: 'How a pose of the library is used, liked and rated',
  ...access('admin'),
  request: { params: PoseIdParam },
  responses: {
    200: json(PoseFiguresSchema),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowPoseStats = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    c.header('cache-control', 'private, no-store')
    return c.json(await readPoseFigures(ctx.db, c.req.valid('param').id, ctx.now()), 200)
  })
