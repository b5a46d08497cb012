import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { FavoriteSchema, removeFavorite } from '../people/favorites'
import { PoseIdParam } from '../pose-id'

const route = defineRoute({
  operationId: 'removePoseFavorite',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/library/{id}/favorite',
  tags: ['Pose library'],
  summary: "Take a pose out of the caller's favourites",
  ...access('user'),
  request: { params: PoseIdParam },
  responses: { 200: json(FavoriteSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerRemovePoseFavorite = (app: App) =>
  app.openapi(route, async (c) => {
    return c.json(await removeFavorite(c.var.ctx.db, c.var.caller.userId, c.req.valid('param').id), 200)
  })
