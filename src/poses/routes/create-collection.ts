import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { CollectionBody, CollectionSchema, createCollection } from '../people/collections'

const route = defineRoute({
  operationId: 'createCollection',
  method: 'post',
  path: '/api/v1/apps/pose-generator/collections',
  tags: ['Collections'],
  summary: 'A list of poses to keep under a name; at most 100',
  ...accessWithJson('user'),
  request: { body: jsonBody(CollectionBody) },
  responses: {
    201: json(CollectionSchema, 'Created'),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'CONFLICT', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerCreateCollection = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    return c.json(await createCollection(ctx.db, caller.userId, c.req.valid('json').name, ctx.now()), 201)
  })
