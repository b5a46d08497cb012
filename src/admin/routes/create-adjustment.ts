import { z } from '@hono/zod-openapi'
import { findUser } from '../../auth/users'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { freeText, idParam } from '../../http/fields'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { userObject } from '../../objects'
import { requestAdjustment } from '../adjustments'
import { MAX_ADJUSTMENT_CREDITS, MAX_EXPIRY_MS, MAX_REASON, MIN_REASON } from '../limits'
import { refuse } from '../refuse'
import { requireLiveAdmin } from '../require-live-admin'
import { AdjustmentSchema, toAdjustment } from '../views'

const Credits = z
  .number()
  .int()
  .min(-MAX_ADJUSTMENT_CREDITS)
  .max(MAX_ADJUSTMENT_CREDITS)
  .refine((credits) => credits !== 0, 'must not be zero')

const AdjustmentBody = z
  .strictObject({
    credits: Credits,
    reason: freeText(MIN_REASON, MAX_REASON),
    expiresAt: z.iso.datetime().optional().openapi({ description: 'When added credits expire; never if left out' }),
  })
  .refine(({ credits, expiresAt }) => credits > 0 || expiresAt === undefined, {
    path: ['expiresAt'],
    message: 'is for credits that are added',
  })

const route = defineRoute({
  operationId: 'createCreditAdjustment',
  method: 'post',
  path: '/api/v1/admin/users/{id}/credit-adjustments',
  summary: 'Give somebody credits or take some; large ones, many and one’s own wait for another admin',
  ...accessWithJson('admin'),
  request: {
    params: idParam('user'),
    headers: IdempotencyHeader,
    body: jsonBody(AdjustmentBody),
  },
  responses: {
    201: json(z.object({ adjustment: AdjustmentSchema }), 'Applied, now or before under this key'),
    202: json(z.object({ adjustment: AdjustmentSchema }), 'Waits for another admin'),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'] as const),
      ...(['EXCEEDS_AVAILABLE', 'ALREADY_DECIDED'] as const),
    ),
  },
})

export const registerCreateAdjustment = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    await requireLiveAdmin(ctx, caller)
    const expiresAt = body.expiresAt === undefined ? null : Date.parse(body.expiresAt)
    const user = await findUser(ctx.db, c.req.valid('param').id)
    if (!user) throw fail('NOT_FOUND')
    if (expiresAt !== null && !(expiresAt > ctx.now() && expiresAt < ctx.now() + MAX_EXPIRY_MS))
      throw invalidField('expiresAt', 'must lie in the next five years')
    // The id is fixed under the key before the row exists: a retry after a crash makes the same adjustment.
    const order = await userObject(ctx.env, caller.userId).remember(
      {
        route: 'credit-adjustments',
        key: c.req.valid('header')['idempotency-key'],
        fingerprint: await fingerprint('POST', `/admin/users/${user.id}/credit-adjustments`, body),
      },
      newId('adjustment'),
      caller.sessionId,
    )
    if (!order.ok) throw fail(order.code === 'SESSION_REVOKED' ? 'UNAUTHENTICATED' : 'IDEMPOTENCY_KEY_REUSED')
    const asked = { id: order.answer, userId: user.id, ...body, expiresAt, requestedBy: caller.userId }
    const answer = await requestAdjustment(ctx, asked)
    if (!answer.ok) throw refuse(answer)
    if (order.replayed) c.header('idempotent-replayed', 'true')
    const shown = { adjustment: toAdjustment(answer.adjustment) }
    return answer.adjustment.state === 'applied' ? c.json(shown, 201) : c.json(shown, 202)
  })
