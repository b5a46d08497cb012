import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { findUpload } from '../find-upload'
import { toUpload, UploadSchema } from '../views'

const route = defineRoute({
  operationId: 'showUpload',
  method: 'get',
  path: '/api/v1/uploads/{id}',
  summary: 'An upload, with a fresh URL',
  ...access('user', 'upload'),
  request: { params: idParam('upload') },
  responses: { 200: json(UploadSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowUpload = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const upload = await findUpload(ctx.db, caller.userId, c.req.valid('param').id)
    if (!upload) throw fail('NOT_FOUND')
    return c.json(await toUpload(ctx.config.MEDIA_SIGNING_SECRET, upload, ctx.now()), 200)
  })
