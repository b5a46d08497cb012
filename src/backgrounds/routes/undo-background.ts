import { findPicture } from '../../generations/find-pictures'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { showVersion } from '../versions'

const route = defineRoute({
  operationId: 'undoBackground',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/poses/{id}/background',
  summary: 'Show a picture as it was made again; free, and its other backgrounds are kept',
  ...access('user', 'picture'),
  request: { params: idParam('image') },
  responses: {
    204: { description: 'It is shown as it was made' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerUndoBackground = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const picture = await findPicture(ctx, caller.userId, c.req.valid('param').id)
    if (!picture) throw fail('NOT_FOUND')
    await showVersion(ctx.db, picture.id, null)
    return c.body(null, 204)
  })
