import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { addToCollection, CollectionPlaceParams, MembershipSchema } from '../people/collection-items'

const route = defineRoute({
  operationId: 'addToCollection',
  method: 'put',
  path: '/api/v1/apps/pose-generator/collections/{id}/poses/{poseId}',
  tags: ['Collections'],
  summary: "Put a pose of the library or one of the caller's own into a collection; at most 500",
  ...access('user', 'collection'),
  request: { params: CollectionPlaceParams },
  responses: {
    200: json(MembershipSchema),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerAddToCollection = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id: collectionId, poseId } = c.req.valid('param')
    return c.json(await addToCollection(ctx.db, { userId: caller.userId, collectionId, poseId }, ctx.now()), 200)
  })
