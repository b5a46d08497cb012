import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt } from 'drizzle-orm'
import { ADJUSTMENT_STATES, creditAdjustments } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { AdjustmentSchema, toAdjustment } from '../views'

const route = defineRoute({
  operationId: 'listCreditAdjustments',
  method: 'get',
  path: '/api/v1/admin/credit-adjustments',
  summary: 'Adjustments of all users, newest first; with `state=awaiting_approval` those that wait for another admin',
  ...access('admin'),
  request: { query: PageQuery.extend({ state: z.enum(ADJUSTMENT_STATES).optional() }) },
  responses: { 200: json(pageOf(AdjustmentSchema)), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED') },
})

export const registerListAdjustments = (app: App) =>
  app.openapi(route, async (c) => {
    const { state, limit, cursor } = c.req.valid('query')
    const { id } = creditAdjustments
    const rows = await c.var.ctx.db
      .select()
      .from(creditAdjustments)
      .where(and(state ? eq(creditAdjustments.state, state) : undefined, cursor ? lt(id, cursor) : undefined))
      .orderBy(desc(id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toAdjustment), page }, 200)
  })
