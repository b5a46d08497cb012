import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { CollectionPlaceParams, MembershipSchema, removeFromCollection } from '../people/collection-items'

const route = defineRoute({
  operationId: 'removeFromCollection',
  method: 'delete',
  path: '/api/v1/apps/pose-generator/collections/{id}/poses/{poseId}',
  tags: ['Collections'],
  summary: 'Take a pose out of a collection',
  ...access('user', 'collection'),
  request: { params: CollectionPlaceParams },
  responses: { 200: json(MembershipSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerRemoveFromCollection = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id: collectionId, poseId } = c.req.valid('param')
    return c.json(await removeFromCollection(ctx.db, { userId: caller.userId, collectionId, poseId }, ctx.now()), 200)
  })
