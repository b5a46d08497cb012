import { and, desc, eq, lt } from 'drizzle-orm'
import { projects } from '../../db/tables/projects'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { ProjectSchema, toProject } from '../fields'

const route = defineRoute({
  operationId: 'listProjects',
  method: 'get',
  path: '/api/v1/apps/pose-generator/projects',
  summary: "The caller's projects, newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(ProjectSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListProjects = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const mine = eq(projects.userId, c.var.caller.userId)
    const rows = await c.var.ctx.db
      .select()
      .from(projects)
      .where(cursor ? and(mine, lt(projects.id, cursor)) : mine)
      .orderBy(desc(projects.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toProject), page }, 200)
  })
