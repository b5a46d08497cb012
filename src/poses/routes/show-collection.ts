import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../caller-language'
import { CollectedPoseSchema, collectedPoses } from '../people/collection-items'
import { CollectionSchema, findCollection, toCollection } from '../people/collections'
import { cursorOf, MomentCursor, momentOf } from '../people/recent'
import { toVisibleCard } from '../people/visible-card'

const route = defineRoute({
  operationId: 'showCollection',
  method: 'get',
  path: '/api/v1/apps/pose-generator/collections/{id}',
  tags: ['Collections'],
  summary: 'A collection and its poses, last added first',
  ...access('user', 'collection'),
  request: { params: idParam('collection'), query: PageQuery.extend({ cursor: MomentCursor.optional() }) },
  responses: {
    200: json(z.object({ collection: CollectionSchema }).extend(pageOf(CollectedPoseSchema).shape)),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowCollection = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { userId } = c.var.caller
    const { id } = c.req.valid('param')
    const { limit, cursor } = c.req.valid('query')
    const collection = await findCollection(ctx.db, userId, id)
    if (!collection) throw fail('NOT_FOUND')
    const language = answerInCallersLanguage(c)
    const after = cursor === undefined ? null : momentOf(cursor)
    const rows = await collectedPoses(ctx.db, { userId, collectionId: id }, after, limit + 1)
    const { items, page } = toPage(rows, limit, (row) => cursorOf({ at: row.addedAt, poseId: row.id }))
    const shown = await Promise.all(
      items.map(async (row) => ({
        ...(await toVisibleCard(ctx, row, language, row.isFavorite)),
        addedAt: new Date(row.addedAt).toISOString(),
      })),
    )
    return c.json({ collection: toCollection(collection), items: shown, page }, 200)
  })
