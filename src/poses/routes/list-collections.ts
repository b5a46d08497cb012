import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { CollectionSchema, listCollections, toCollection } from '../people/collections'

const route = defineRoute({
  operationId: 'listCollections',
  method: 'get',
  path: '/api/v1/apps/pose-generator/collections',
  tags: ['Collections'],
  summary: "The caller's collections of poses, newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(CollectionSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListCollections = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listCollections(c.var.ctx.db, c.var.caller.userId, cursor, limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toCollection), page }, 200)
  })
