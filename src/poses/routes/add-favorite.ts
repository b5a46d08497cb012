import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { addFavorite, FavoriteSchema } from '../people/favorites'
import { PoseIdParam } from '../pose-id'

const route = defineRoute({
  operationId: 'addPoseFavorite',
  method: 'post',
  path: '/api/v1/apps/pose-generator/library/{id}/favorite',
  tags: ['Pose library'],
  summary: "Make a pose one of the caller's favourites",
  ...access('user'),
  request: { params: PoseIdParam },
  responses: {
    200: json(FavoriteSchema),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerAddPoseFavorite = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    return c.json(await addFavorite(ctx.db, caller.userId, c.req.valid('param').id, ctx.now()), 200)
  })
