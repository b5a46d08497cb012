import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt } from 'drizzle-orm'
import { auditLog } from '../../db/tables/operations'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'

const AuditRecord = z
  .object({
    id: z.string(),
    actorId: z.string(),
    action: z.string(),
    subject: z.string(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string(),
    createdAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('AuditRecord')

const route = defineRoute({
  operationId: 'listAuditRecords',
  method: 'get',
  path: '/api/v1/admin/audit',
  summary: 'What admins and operators did, newest first; with `subject` only what was done to that',
  ...access('admin'),
  request: {
    query: PageQuery.extend({
      subject: z
        .string()
        .regex(/^[A-Za-z0-9_:-]{1,80}$/, 'must be an id')
        .optional(),
    }),
  },
  responses: { 200: json(pageOf(AuditRecord)), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED') },
})

export const registerListAudit = (app: App) =>
  app.openapi(route, async (c) => {
    const { subject, limit, cursor } = c.req.valid('query')
    const rows = await c.var.ctx.db
      .select()
      .from(auditLog)
      .where(and(subject ? eq(auditLog.subject, subject) : undefined, cursor ? lt(auditLog.id, cursor) : undefined))
      .orderBy(desc(auditLog.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toShown), page }, 200)
  })

const toShown = (row: typeof auditLog.$inferSelect): z.infer<typeof AuditRecord> => ({
  ...row,
  details: JSON.parse(row.details) as Record<string, unknown>,
  createdAt: new Date(row.createdAt).toISOString(),
})
