import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt } from 'drizzle-orm'
import { moderationViolations } from '../../db/tables/operations'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idField } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'

const ModerationViolation = z
  .object({
    id: z.string(),
    userId: z.string(),
    field: z.string(),
    termId: z.string().openapi({ description: 'Of data/moderation/terms.json' }),
    category: z.string(),
    listVersion: z.string(),
    textHash: z.string().openapi({ description: 'Equal for equal texts; the words themselves are not kept' }),
    requestId: z.string(),
    createdAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('ModerationViolation')

const route = defineRoute({
  operationId: 'listModerationViolations',
  method: 'get',
  path: '/api/v1/admin/moderation-violations',
  summary: 'Words that were refused, newest first, without the words; with `userId` only those of one user',
  ...access('admin'),
  request: { query: PageQuery.extend({ userId: idField('user').optional() }) },
  responses: { 200: json(pageOf(ModerationViolation)), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED') },
})

export const registerListViolations = (app: App) =>
  app.openapi(route, async (c) => {
    const { userId, limit, cursor } = c.req.valid('query')
    const { id, userId: owner } = moderationViolations
    const rows = await c.var.ctx.db
      .select()
      .from(moderationViolations)
      .where(and(userId ? eq(owner, userId) : undefined, cursor ? lt(id, cursor) : undefined))
      .orderBy(desc(id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    const shown = items.map((row) => ({ ...row, createdAt: new Date(row.createdAt).toISOString() }))
    return c.json({ items: shown, page }, 200)
  })
