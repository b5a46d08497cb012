import { z } from '@hono/zod-openapi'
import { desc, lt } from 'drizzle-orm'
import { deadLetters } from '../../db/tables/operations'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'

const DeadLetter = z
  .object({
    id: z.string(),
    queue: z.string(),
    messageId: z.string(),
    body: z.string(),
    error: z.string(),
    attempts: z.number().int(),
    createdAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('DeadLetter')

const route = defineRoute({
  operationId: 'listDeadLetters',
  method: 'get',
  path: '/api/v1/admin/dead-letters',
  summary: 'Messages that nobody could handle, newest first; their tasks failed and their credits are back',
  ...access('admin'),
  request: { query: PageQuery },
  responses: {
    200: json(pageOf(DeadLetter)),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED'),
  },
})

export const registerListDeadLetters = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await c.var.ctx.db
      .select()
      .from(deadLetters)
      .where(cursor ? lt(deadLetters.id, cursor) : undefined)
      .orderBy(desc(deadLetters.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    const shown = items.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }))
    return c.json({ items: shown, page }, 200)
  })
