import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { NewRating, RatingSchema, ratePose } from '../people/ratings'
import { PoseIdParam } from '../pose-id'

const route = defineRoute({
  operationId: 'ratePose',
  method: 'put',
  path: '/api/v1/apps/pose-generator/library/{id}/rating',
  tags: ['Pose library'],
  summary: "Rate a pose with 1 to 5 stars; takes the place of the caller's earlier rating",
  ...accessWithJson('user'),
  request: { params: PoseIdParam, body: jsonBody(NewRating) },
  responses: {
    200: json(RatingSchema),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerRatePose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { stars } = c.req.valid('json')
    const rated = { userId: caller.userId, poseId: c.req.valid('param').id, stars }
    return c.json(await ratePose(ctx.db, rated, ctx.now()), 200)
  })
