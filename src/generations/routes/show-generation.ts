import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { EstimateSchema } from '../estimate'
import { estimateFor } from '../outlook'
import { TASK_WINDOWS } from '../start-job'
import { GenerationSchema, ProgressSchema, toGeneration, toProgress } from '../views'
import { PREFER_DESCRIPTION, preferredWait, waitForEnd } from '../wait'

const route = defineRoute({
  operationId: 'showGeneration',
  method: 'get',
  path: '/api/v1/apps/pose-generator/generations/{id}',
  summary: 'A generation and how far it is',
  description: PREFER_DESCRIPTION,
  ...access('user', 'generation'),
  request: { params: idParam('generation') },
  responses: {
    200: json(
      z.object({ generation: GenerationSchema, progress: ProgressSchema.extend({ estimate: EstimateSchema }) }),
    ),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

/** Read from the user's object, not from D1: on an event it shows the same or newer. */
export const registerShowGeneration = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const waited = await waitForEnd(ctx, caller.userId, id, preferredWait(c.req.header('prefer')))
    // A stub of its own: the one that waited may have died with its object.
    const user = userObject(ctx.env, caller.userId)
    const job = await user.job(id)
    if (!job) throw fail('NOT_FOUND')
    const estimate = await estimateFor(ctx, job, TASK_WINDOWS[caller.tier], () => user.jobParams(id))
    return c.json({ generation: toGeneration(job), progress: { ...toProgress(job), estimate } }, 200, waited)
  })
