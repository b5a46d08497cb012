import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import { recordAudit } from '../../admin/record-audit'
import { requireLiveAdmin } from '../../admin/require-live-admin'
import { paymentNotices } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { describeError } from '../../kernel/log'
import { replayNotice } from '../replay-notice'
import { PaymentNoticeSchema, PaymentSchema, toNotice, toPayment } from '../views'

const Replayed = z.object({
  outcome: z.enum(['settled', 'busy', 'quarantined', 'unknown']).openapi({
    description: 'busy: somebody is asking already; unknown: there is no such payment here',
  }),
  notice: PaymentNoticeSchema,
  payment: PaymentSchema.nullable(),
})

const route = defineRoute({
  operationId: 'replayPaymentNotice',
  method: 'post',
  path: '/api/v1/admin/payment-notices/{id}/replay',
  summary: 'Ask the gateway about this payment again, and bring credits and plans to what it says',
  ...access('admin'),
  request: { params: idParam('notice') },
  responses: {
    200: json(Replayed),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED', 'UNAVAILABLE'),
  },
})

export const registerReplayPaymentNotice = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { id } = c.req.valid('param')
    const find = () => ctx.db.select().from(paymentNotices).where(eq(paymentNotices.id, id))
    const [notice] = await find()
    if (!notice) throw fail('NOT_FOUND')
    // Before the deed: what was tried is on record even when it fails.
    await recordAudit(ctx, caller.userId, 'payment.replay', notice.paymentId, { noticeId: id, state: notice.state })
    const { outcome, payment } = await replayNotice(ctx, notice, caller.userId).catch((error: unknown) => {
      ctx.log('warn', 'payment_replay_failed', { noticeId: id, error: describeError(error) })
      throw fail('UNAVAILABLE')
    })
    const [after = notice] = await find()
    return c.json({ outcome, notice: toNotice(after), payment: payment && toPayment(payment) }, 200)
  })
