import { z } from '@hono/zod-openapi'
import { findUser } from '../../auth/users'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { freeText, idParam } from '../../http/fields'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { idPattern, newId } from '../../kernel/ids'
import { userObject } from '../../objects'
import { MAX_ADJUSTMENT_CREDITS, MAX_ALONE_CREDITS_PER_DAY, MAX_REASON, MIN_REASON } from '../limits'
import { recordAudit } from '../record-audit'
import { REFUNDED, refundedToday } from '../refunded-today'
import { requireLiveAdmin } from '../require-live-admin'

const Refund = z.object({
  id: z.string(),
  generationId: z.string(),
  credits: z.number().int(),
  reason: z.string(),
  refundable: z.number().int().openapi({ description: 'What of the charge could still be refunded' }),
})

/** Whatever somebody was charged for: a shoot, a change of backgrounds, or avatars. */
const CHARGED_ID = new RegExp(
  (['generation', 'backgroundJob', 'avatarGeneration'] as const).map((kind) => idPattern(kind).source).join('|'),
)

const route = defineRoute({
  operationId: 'refundGeneration',
  method: 'post',
  path: '/api/v1/admin/users/{id}/generations/{generationId}/refunds',
  summary:
    'Give back part of what a generation, a change of backgrounds or avatars were charged, never more than that in all',
  ...accessWithJson('admin'),
  request: {
    params: idParam('user').extend({
      generationId: z
        .string()
        .regex(CHARGED_ID, 'must be the id of a generation (gen_, avg_) or of a change of backgrounds (bgj_)')
        .openapi({ param: { name: 'generationId', in: 'path' } }),
    }),
    headers: IdempotencyHeader,
    body: jsonBody(
      z.strictObject({
        credits: z.number().int().min(1).max(MAX_ADJUSTMENT_CREDITS),
        reason: freeText(MIN_REASON, MAX_REASON),
      }),
    ),
  },
  responses: {
    201: json(z.object({ refund: Refund }), 'Refunded, now or before under this key'),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'FORBIDDEN', 'OTHER_ADMIN_NEEDED'] as const),
      ...(['NOT_FOUND', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'] as const),
      'EXCEEDS_CHARGE',
    ),
  },
})

export const registerRefundGeneration = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id: userId, generationId } = c.req.valid('param')
    const body = c.req.valid('json')
    await requireLiveAdmin(ctx, caller)
    if (userId === caller.userId) throw fail('OTHER_ADMIN_NEEDED')
    if (!(await findUser(ctx.db, userId))) throw fail('NOT_FOUND')
    // The refund's id is that of its row in the audit log: fixed under the key, so that a retry writes both once.
    const order = await userObject(ctx.env, caller.userId).remember(
      {
        route: 'refunds',
        key: c.req.valid('header')['idempotency-key'],
        fingerprint: await fingerprint('POST', `/admin/users/${userId}/generations/${generationId}/refunds`, body),
      },
      newId('audit'),
      caller.sessionId,
    )
    if (!order.ok) throw fail(order.code === 'SESSION_REVOKED' ? 'UNAUTHENTICATED' : 'IDEMPOTENCY_KEY_REUSED')
    const { credits, reason } = body
    const soFar = await refundedToday(ctx, caller.userId, order.answer)
    if (soFar + credits > MAX_ALONE_CREDITS_PER_DAY) throw fail('OTHER_ADMIN_NEEDED')
    const memo = { actor: `admin:${caller.userId}`, requestId: ctx.requestId, reason }
    const answer = await userObject(ctx.env, userId).refund({ key: order.answer, jobId: generationId, credits, memo })
    if (!answer.ok && answer.code === 'UNKNOWN_JOB') throw fail('NOT_FOUND')
    if (!answer.ok) throw fail('EXCEEDS_CHARGE', { refundable: answer.refundable })
    await recordAudit(ctx, caller.userId, REFUNDED, userId, { generationId, credits, reason }, order.answer)
    if (order.replayed) c.header('idempotent-replayed', 'true')
    const { refundable } = answer
    return c.json({ refund: { id: order.answer, generationId, credits, reason, refundable } }, 201)
  })
