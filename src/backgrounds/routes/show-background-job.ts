import { z } from '@hono/zod-openapi'
import { PREFER_DESCRIPTION, preferredWait, waitForEnd } from '../../generations/wait'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { BackgroundJobSchema, toBackgroundJob } from '../views'

const TaskSchema = z.object({
  imageId: z.string(),
  status: z.enum(['pending', 'completed', 'failed', 'cancelled']),
  error: z.string().nullable(),
})

const route = defineRoute({
  operationId: 'showBackgroundJob',
  method: 'get',
  path: '/api/v1/apps/pose-generator/backgrounds/{id}',
  summary: 'A change of backgrounds and how far it is, picture by picture',
  description: PREFER_DESCRIPTION,
  ...access('user', 'change of backgrounds'),
  request: { params: idParam('backgroundJob') },
  responses: {
    200: json(z.object({ job: BackgroundJobSchema, pictures: z.array(TaskSchema) })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

const STATUSES: Record<string, z.infer<typeof TaskSchema>['status']> = {
  ...{ done: 'completed', failed: 'failed', cancelled: 'cancelled' },
}

/** Read from the user's object, not from D1: on an event it shows the same or newer. */
export const registerShowBackgroundJob = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const waited = await waitForEnd(ctx, caller.userId, id, preferredWait(c.req.header('prefer')))
    const found = await userObject(ctx.env, caller.userId).pictureWork(id)
    if (found?.work.app !== 'backgrounds') throw fail('NOT_FOUND')
    const pictures = found.tasks.map(({ imageId, state, errorCode }) => ({
      ...{ imageId, status: STATUSES[state] ?? ('pending' as const) },
      error: state === 'failed' ? errorCode : null,
    }))
    return c.json({ job: toBackgroundJob(found.job), pictures }, 200, waited)
  })
