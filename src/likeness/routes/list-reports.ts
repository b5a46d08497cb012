import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt } from 'drizzle-orm'
import { avatarReports, REPORT_STATUSES } from '../../db/tables/likeness'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { ReportSchema, toReport } from '../report-view'

const route = defineRoute({
  operationId: 'listAvatarReports',
  method: 'get',
  path: '/api/v1/admin/avatar-reports',
  tags: ['Avatars: likeness'],
  summary: 'Reports of avatars and pictures, newest first; with `status=open` those that wait for an admin',
  ...access('admin'),
  request: { query: PageQuery.extend({ status: z.enum(REPORT_STATUSES).optional() }) },
  responses: { 200: json(pageOf(ReportSchema)), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED') },
})

export const registerListAvatarReports = (app: App) =>
  app.openapi(route, async (c) => {
    const { status, limit, cursor } = c.req.valid('query')
    const { id } = avatarReports
    const rows = await c.var.ctx.db
      .select()
      .from(avatarReports)
      .where(and(status ? eq(avatarReports.status, status) : undefined, cursor ? lt(id, cursor) : undefined))
      .orderBy(desc(id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toReport), page }, 200)
  })
