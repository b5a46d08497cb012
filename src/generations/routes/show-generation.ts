import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { GenerationSchema, ProgressSchema, toGeneration, toProgress } from '../views'

const route = defineRoute({
  operationId: 'showGeneration',
  method: 'get',
  path: '/api/v1/apps/pose-generator/generations/{id}',
  summary: 'A generation and how far it is',
  ...access('user', 'generation'),
  request: { params: idParam('generation') },
  responses: {
    200: json(z.object({ generation: GenerationSchema, progress: ProgressSchema })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

/** Read from the user's object, not from D1: on an event it shows the same or newer. */
export const registerShowGeneration = (app: App) =>
  app.openapi(route, async (c) => {
    const job = await userObject(c.env, c.var.caller.userId).job(c.req.valid('param').id)
    if (!job) throw fail('NOT_FOUND')
    return c.json({ generation: toGeneration(job), progress: toProgress(job) }, 200)
  })
