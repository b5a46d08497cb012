import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { RatingSchema, removeRating } from '../people/ratings'
import { PoseIdParam } from '../pose-id'

const route = defineRoute({
  operationId: 'removePoseRating',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/library/{id}/rating',
  tags: ['Pose library'],
  summary: "Take the caller's rating of a pose back",
  ...access('user'),
  request: { params: PoseIdParam },
  responses: { 200: json(RatingSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerRemovePoseRating = (app: App) =>
  app.openapi(route, async (c) => {
    return c.json(await removeRating(c.var.ctx.db, c.var.caller.userId, c.req.valid('param').id), 200)
  })
