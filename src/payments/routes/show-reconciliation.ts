import { z } from '@hono/zod-openapi'
import { GATEWAYS } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { queryInteger } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { reconcile } from '../reconcile'

const MAX_DAYS = 92

const instant = z.string().openapi({ format: 'date-time' })
const whole = z.number().int()
const Sums = z.object({
  gateway: z.enum(GATEWAYS),
  ...{ orders: whole, paidOrders: whole, keptRupiah: whole, refundedRupiah: whole },
  ...{ dueCredits: whole, creditedCredits: whole, ledgerCredits: whole },
})
const Reconciliation = z.object({
  ok: z.boolean(),
  from: instant,
  gateways: z.array(Sums),
  uncredited: z.array(z.string()).openapi({ description: 'Paid for a minute, and the credits are not what they buy' }),
  ...{ waitingNotices: whole, quarantinedNotices: whole },
})

const route = defineRoute({
  operationId: 'showReconciliation',
  method: 'get',
  path: '/api/v1/admin/payments/reconciliation',
  summary: 'Rupiah, payments and ledgers of the last days side by side',
  ...access('admin'),
  request: { query: z.object({ days: queryInteger(1, MAX_DAYS, 31) }) },
  responses: { 200: json(Reconciliation), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED') },
})

export const registerShowReconciliation = (app: App) =>
  app.openapi(route, async (c) => {
    const { from, gateways, ...rest } = await reconcile(c.var.ctx, c.req.valid('query').days)
    const body = {
      ...rest,
      from: new Date(from).toISOString(),
      gateways: gateways.map((sums) => Sums.parse(sums)),
    }
    return c.json(body, 200)
  })
