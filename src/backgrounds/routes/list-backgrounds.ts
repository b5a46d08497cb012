import { z } from '@hono/zod-openapi'
import { chargedOf } from '../../generations/charged-versions'
import { findPicture } from '../../generations/find-pictures'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { listVersions } from '../versions'
import { BackgroundSchema, toBackground } from '../views'

const route = defineRoute({
  operationId: 'listBackgrounds',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/backgrounds',
  summary: 'The backgrounds that were made for a picture, newest first, at most 100',
  ...access('user', 'picture'),
  request: { params: idParam('image') },
  responses: {
    200: json(z.object({ items: z.array(BackgroundSchema) })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerListBackgrounds = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const picture = await findPicture(ctx, caller.userId, c.req.valid('param').id)
    if (!picture) throw fail('NOT_FOUND')
    const rows = await chargedOf(ctx, caller.userId, await listVersions(ctx.db, picture.id))
    const secret = ctx.config.MEDIA_SIGNING_SECRET
    const items = await Promise.all(rows.map((row) => toBackground(secret, row, picture.backgroundId, ctx.now())))
    return c.json({ items }, 200)
  })
