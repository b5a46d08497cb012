import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { approveAdjustment } from '../adjustments'
import { refuse } from '../refuse'
import { requireLiveAdmin } from '../require-live-admin'
import { AdjustmentSchema, toAdjustment } from '../views'

const route = defineRoute({
  operationId: 'approveCreditAdjustment',
  method: 'post',
  path: '/api/v1/admin/credit-adjustments/{id}/approval',
  summary: 'Apply an adjustment that another admin asked for; again to finish one that was cut off',
  ...access('admin'),
  request: { params: idParam('adjustment') },
  responses: {
    200: json(z.object({ adjustment: AdjustmentSchema }), 'Applied, now or before'),
    ...errors(
      ...(['UNAUTHENTICATED', 'FORBIDDEN', 'OTHER_ADMIN_NEEDED', 'NOT_FOUND'] as const),
      ...(['EXCEEDS_AVAILABLE', 'ALREADY_DECIDED', 'VALIDATION_FAILED'] as const),
    ),
  },
})

export const registerApproveAdjustment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const answer = await approveAdjustment(ctx, caller.userId, c.req.valid('param').id)
    if (!answer.ok) throw refuse(answer)
    return c.json({ adjustment: toAdjustment(answer.adjustment) }, 200)
  })
