import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { CollectionBody, CollectionSchema, findCollection, renameCollection, toCollection } from '../people/collections'

const route = defineRoute({
  operationId: 'updateCollection',
  method: 'patch',
  path: '/api/v1/apps/pose-generator/collections/{id}',
  tags: ['Collections'],
  summary: 'Rename a collection',
  ...accessWithJson('user', 'collection'),
  request: { params: idParam('collection'), body: jsonBody(CollectionBody) },
  responses: {
    200: json(CollectionSchema),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerUpdateCollection = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    await renameCollection(ctx.db, caller.userId, id, c.req.valid('json').name, ctx.now())
    const collection = await findCollection(ctx.db, caller.userId, id)
    if (!collection) throw fail('NOT_FOUND')
    return c.json(toCollection(collection), 200)
  })
