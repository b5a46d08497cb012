import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { deleteCollection } from '../people/collections'

const route = defineRoute({
  operationId: 'deleteCollection',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/collections/{id}',
  tags: ['Collections'],
  summary: 'Delete a collection; its poses stay where they are',
  ...access('user', 'collection'),
  request: { params: idParam('collection') },
  responses: { 204: { description: 'Deleted' }, ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerDeleteCollection = (app: App) =>
  app.openapi(route, async (c) => {
    const wasThere = await deleteCollection(c.var.ctx.db, c.var.caller.userId, c.req.valid('param').id)
    if (!wasThere) throw fail('NOT_FOUND')
    return c.body(null, 204)
  })
