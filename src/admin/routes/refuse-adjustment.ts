import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { refuseAdjustment } from '../adjustments'
import { refuse } from '../refuse'
import { requireLiveAdmin } from '../require-live-admin'
import { AdjustmentSchema, toAdjustment } from '../views'

const route = defineRoute({
  operationId: 'refuseCreditAdjustment',
  method: 'post',
  path: '/api/v1/admin/credit-adjustments/{id}/refusal',
  summary: 'End an adjustment that waits, another admin’s or one’s own',
  ...access('admin'),
  request: { params: idParam('adjustment') },
  responses: {
    200: json(z.object({ adjustment: AdjustmentSchema }), 'Refused, now or before'),
    ...errors(...(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'ALREADY_DECIDED', 'VALIDATION_FAILED'] as const)),
  },
})

export const registerRefuseAdjustment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const answer = await refuseAdjustment(ctx, caller.userId, c.req.valid('param').id)
    if (!answer.ok) throw refuse(answer)
    return c.json({ adjustment: toAdjustment(answer.adjustment) }, 200)
  })
