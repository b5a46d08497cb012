import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { BackgroundJobSchema, toBackgroundJob } from '../views'

const route = defineRoute({
  operationId: 'cancelBackgroundJob',
  method: 'post',
  path: '/api/v1/apps/pose-generator/backgrounds/{id}/cancellation',
  summary: 'Cancel what is not being made yet; its credits return at once',
  ...access('user', 'change of backgrounds'),
  request: { params: idParam('backgroundJob') },
  responses: {
    200: json(z.object({ job: BackgroundJobSchema }), 'Cancelled, now or before'),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerCancelBackgroundJob = (app: App) =>
  app.openapi(route, async (c) => {
    const { userId, sessionId } = c.var.caller
    const { code, job } = await userObject(c.env, userId).cancel(c.req.valid('param').id, sessionId)
    if (code === 'revoked') throw fail('UNAUTHENTICATED')
    if (!job) throw fail('NOT_FOUND')
    if (code === 'ended') throw fail('CONFLICT', { reason: 'the change has ended', status: job.status })
    return c.json({ job: toBackgroundJob(job) }, 200)
  })
