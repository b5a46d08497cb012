import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt } from 'drizzle-orm'
import { GENERATION_STATUSES, generations } from '../../db/tables/generations'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idField } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { GenerationSchema, toGeneration } from '../views'

const route = defineRoute({
  operationId: 'listGenerations',
  method: 'get',
  path: '/api/v1/apps/pose-generator/generations',
  summary: "The caller's generations, newest first",
  ...access('user'),
  request: {
    query: PageQuery.extend({
      projectId: idField('project').optional(),
      status: z.enum(GENERATION_STATUSES).optional(),
    }),
  },
  responses: { 200: json(pageOf(GenerationSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListGenerations = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor, projectId, status } = c.req.valid('query')
    const mine = [eq(generations.userId, c.var.caller.userId)]
    if (projectId) mine.push(eq(generations.projectId, projectId))
    if (status) mine.push(eq(generations.status, status))
    if (cursor) mine.push(lt(generations.id, cursor))
    const rows = await c.var.ctx.db
      .select()
      .from(generations)
      .where(and(...mine))
      .orderBy(desc(generations.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toListed), page }, 200)
  })

const toListed = (row: typeof generations.$inferSelect) =>
  toGeneration({
    ...row,
    total: row.posesTotal,
    completed: row.posesCompleted,
    failed: row.posesFailed,
    cancelled: row.posesCancelled,
  })
