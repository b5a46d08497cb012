import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt } from 'drizzle-orm'
import { NOTICE_STATES, paymentNotices } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { PaymentNoticeSchema, toNotice } from '../views'

const route = defineRoute({
  operationId: 'listPaymentNotices',
  method: 'get',
  path: '/api/v1/admin/payment-notices',
  summary: 'What gateways told us, newest first; quarantined ones wait for a person',
  ...access('admin'),
  request: { query: PageQuery.extend({ state: z.enum(NOTICE_STATES).optional() }) },
  responses: {
    200: json(pageOf(PaymentNoticeSchema)),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED'),
  },
})

export const registerListPaymentNotices = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor, state } = c.req.valid('query')
    const rows = await c.var.ctx.db
      .select()
      .from(paymentNotices)
      .where(
        and(state ? eq(paymentNotices.state, state) : undefined, cursor ? lt(paymentNotices.id, cursor) : undefined),
      )
      .orderBy(desc(paymentNotices.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toNotice), page }, 200)
  })
