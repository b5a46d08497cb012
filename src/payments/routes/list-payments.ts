import { and, desc, eq, lt } from 'drizzle-orm'
import { payments } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { PaymentSchema, toPayment } from '../views'

const route = defineRoute({
  operationId: 'listPayments',
  method: 'get',
  path: '/api/v1/payments',
  summary: "The caller's payments, newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(PaymentSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListPayments = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const mine = eq(payments.userId, c.var.caller.userId)
    const rows = await c.var.ctx.db
      .select()
      .from(payments)
      .where(cursor ? and(mine, lt(payments.id, cursor)) : mine)
      .orderBy(desc(payments.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toPayment), page }, 200)
  })
