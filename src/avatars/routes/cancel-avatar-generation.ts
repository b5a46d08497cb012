import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { AVATAR_PATH } from '../fields'
import { RunningAvatarGenerationSchema, toRunningAvatarGeneration } from '../generation-views'

const route = defineRoute({
  operationId: 'cancelAvatarGeneration',
  method: 'post',
  path: `${AVATAR_PATH}/generations/{id}/cancellation`,
  tags: ['Avatars'],
  summary: 'Cancel what is not being made yet; its credits return at once',
  ...access('user', 'generation of avatars'),
  request: { params: idParam('avatarGeneration') },
  responses: {
    200: json(z.object({ generation: RunningAvatarGenerationSchema }), 'Cancelled, now or before'),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerCancelAvatarGeneration = (app: App) =>
  app.openapi(route, async (c) => {
    const { userId, sessionId } = c.var.caller
    const { code, job } = await userObject(c.env, userId).cancel(c.req.valid('param').id, sessionId)
    if (code === 'revoked') throw fail('UNAUTHENTICATED')
    if (!job) throw fail('NOT_FOUND')
    if (code === 'ended') throw fail('CONFLICT', { reason: 'the generation has ended', status: job.status })
    return c.json({ generation: toRunningAvatarGeneration(job) }, 200)
  })
