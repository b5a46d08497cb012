import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { describeError } from '../../kernel/log'
import { replayDeadLetter } from '../../recovery/replay-dead-letter'
import { requireLiveAdmin } from '../require-live-admin'

const Replayed = z.object({
  id: z.string(),
  queue: z.string(),
  kind: z.enum(['pose', 'variants', 'payment', 'erasure', 'request']),
  replayedAt: z.string().openapi({ format: 'date-time' }),
})

const route = defineRoute({
  operationId: 'replayDeadLetter',
  method: 'post',
  path: '/api/v1/admin/dead-letters/{id}/replay',
  summary: 'Send a message again; a picture that has ended is a 409 that names the way out for its seller',
  ...access('admin'),
  request: { params: idParam('deadLetter') },
  responses: {
    200: json(z.object({ replayed: Replayed }), 'Sent and off the list; `Idempotent-Replayed: true` when sent before'),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED', 'UNAVAILABLE'),
  },
})

export const registerReplayDeadLetter = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { id } = c.req.valid('param')
    const answer = await replayDeadLetter(ctx, caller.userId, id).catch((error: unknown) => {
      ctx.log('warn', 'dead_letter_not_replayed', { id, error: describeError(error) })
      throw fail('UNAVAILABLE')
    })
    if (!answer.ok) throw fail(answer.code, 'details' in answer ? answer.details : undefined)
    if (answer.isAgain) c.header('idempotent-replayed', 'true')
    const { replayedAt, ...replayed } = answer.replayed
    return c.json({ replayed: { ...replayed, replayedAt: new Date(replayedAt).toISOString() } }, 200)
  })
