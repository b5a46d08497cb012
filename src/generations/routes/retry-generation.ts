import { poseGenerator } from '../../apps/pose-generator/app'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { userObject } from '../../objects'
import { findProject } from '../../projects/find-project'
import { estimateFor } from '../outlook'
import { startGeneration } from '../start-generation'
import { TASK_WINDOWS } from '../start-job'
import { StartedSchema, selfPath, toStarted } from '../started'
import type { JobParams } from '../types'
import { generationTypeOf } from '../views'

const route = defineRoute({
  operationId: 'retryGeneration',
  method: 'post',
  path: '/api/v1/apps/pose-generator/generations/{id}/retry',
  summary: 'Start the failed pictures of a generation once more, as a generation of their own with a new hold',
  ...access('user', 'generation'),
  request: { params: idParam('generation'), headers: IdempotencyHeader },
  responses: {
    202: json(StartedSchema, 'Accepted'),
    ...errors(
      ...(['INVALID_HEADER', 'UNAUTHENTICATED', 'INSUFFICIENT_CREDITS', 'NOT_FOUND', 'CONFLICT'] as const),
      ...([
        'VALIDATION_FAILED',
        'PROMPT_REJECTED',
        'UNAVAILABLE',
        'IDEMPOTENCY_KEY_REUSED',
        'RATE_LIMITED',
        'QUOTA_EXCEEDED',
      ] as const),
    ),
  },
})

export const registerRetryGeneration = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const failed = await userObject(ctx.env, caller.userId).failedPictures(id)
    if (!failed) throw fail('NOT_FOUND')
    // The object remembers generations of a deleted project; nothing can be made for them any more.
    if (!(await findProject(ctx.db, caller.userId, failed.job.projectId))) throw fail('NOT_FOUND')
    if (failed.job.endedAt === null) throw fail('CONFLICT', { reason: 'the generation is still running' })
    if (failed.tasks.length === 0) throw fail('CONFLICT', { reason: 'no picture of it failed' })
    // Words that pass today: a list that grew since the first start holds for the second as well.
    const params = JSON.parse(failed.params) as JobParams
    await refuseUnsafe(ctx, caller, {
      ...(failed.job.textPrompt === null ? { prompt: params.subject.words } : { textPrompt: failed.job.textPrompt }),
      backgroundPrompt: params.background?.prompt,
    })
    const { job, headers } = await startGeneration(ctx, caller, poseGenerator, {
      route: 'retry',
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      fingerprint: await fingerprint('POST', `/generations/${id}/retry`, null),
      projectId: failed.job.projectId,
      type: generationTypeOf(failed.job),
      textPrompt: failed.job.textPrompt,
      params: { ...params, retryOf: id },
      tasks: failed.tasks.map((task) => ({ ...task, imageId: newId('image') })),
      // Nobody can ask for it here: who left the quota alone, maybe because it is used up, does so again.
      ...(failed.job.fund === 'credits' && { fund: 'credits' as const }),
    })
    const estimate = await estimateFor(ctx, job, TASK_WINDOWS[caller.tier], () => params)
    return c.json(toStarted(job, estimate), 202, { ...headers, location: selfPath(job) })
  })
