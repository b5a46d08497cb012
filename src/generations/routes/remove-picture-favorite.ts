import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { PictureFavoriteSchema, setFavorite } from '../picture-favorite'

const route = defineRoute({
  operationId: 'removePictureFavorite',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/poses/{id}/favorite',
  summary: 'A picture is no favourite any more',
  ...access('user', 'picture'),
  request: { params: idParam('image') },
  responses: { 200: json(PictureFavoriteSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerRemovePictureFavorite = (app: App) =>
  app.openapi(route, async (c) => {
    return c.json(await setFavorite(c.var.ctx, c.var.caller.userId, c.req.valid('param').id, false), 200)
  })
