import { and, desc, eq, lt } from 'drizzle-orm'
import { pictureJobs } from '../../db/tables/pictures'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { ListedExportSchema, toListedExport } from '../export-view'

const route = defineRoute({
  operationId: 'listExports',
  method: 'get',
  path: '/api/v1/apps/pose-generator/exports',
  summary: "The caller's exports, newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(ListedExportSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListExports = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const mine = [eq(pictureJobs.userId, c.var.caller.userId), eq(pictureJobs.app, 'exports')]
    if (cursor) mine.push(lt(pictureJobs.id, cursor))
    const rows = await c.var.ctx.db
      .select()
      .from(pictureJobs)
      .where(and(...mine))
      .orderBy(desc(pictureJobs.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toListedExport), page }, 200)
  })
