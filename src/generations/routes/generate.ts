import { z } from '@hono/zod-openapi'
import { poseGenerator } from '../../apps/pose-generator/app'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, languageOf } from '../../http/errors'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { findProject } from '../../projects/find-project'
import { findUpload } from '../../uploads/find-upload'
import { choosePoses } from '../choose-poses'
import { startGeneration } from '../start-generation'
import type { JobView } from '../types'
import { GenerationSchema, toGeneration } from '../views'

/** Said for a job when nothing was measured yet. */
const FIRST_GUESS_MS_PER_PICTURE = 1_000

export const StartedSchema = z
  .object({
    generation: GenerationSchema,
    totalPosesExpected: z.number().int(),
    creditCharged: z.number().int().openapi({ description: 'Credits reserved; each picture settles alone' }),
    estimatedCompletionTime: z.string().openapi({ format: 'date-time' }),
    links: z.object({ self: z.string(), results: z.string(), cancel: z.string(), events: z.string() }),
  })
  .openapi('StartedGeneration')

const route = defineRoute({
  operationId: 'generate',
  method: 'post',
  path: '/api/v1/apps/pose-generator/generate',
  summary: 'Start a shoot: a picture for every pose and variation',
  ...accessWithJson('user', 'project'),
  request: { headers: IdempotencyHeader, body: jsonBody(poseGenerator.body) },
  responses: {
    202: json(StartedSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'INSUFFICIENT_CREDITS', 'NOT_FOUND', 'TOO_LARGE'] as const),
      ...([
        'UNSUPPORTED_TYPE',
        'VALIDATION_FAILED',
        'IDEMPOTENCY_KEY_REUSED',
        'RATE_LIMITED',
        'QUOTA_EXCEEDED',
      ] as const),
    ),
  },
})

export const registerGenerate = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    const project = await findProject(ctx.db, caller.userId, body.projectId)
    if (!project) throw fail('NOT_FOUND', { field: 'projectId' })
    if (body.backgroundImageId && !(await findUpload(ctx.db, caller.userId, body.backgroundImageId)))
      throw fail('NOT_FOUND', { field: 'backgroundImageId' })
    const language = languageOf(c.req.header('accept-language'))
    const poses = await choosePoses(ctx.db, body, language)
    const seed = body.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!
    const { job, replayed } = await startGeneration(ctx, caller, poseGenerator, {
      route: 'generate',
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      fingerprint: await fingerprint('POST', '/generate', body),
      projectId: project.id,
      type: body.generationType,
      textPrompt: body.generationType === 'TEXT_DESCRIPTION' ? body.textPrompt : null,
      params: poseGenerator.params(body, project.avatarUploadId),
      tasks: poseGenerator.plan(body, poses, seed),
    })
    if (replayed) c.header('idempotent-replayed', 'true')
    c.header('location', selfPath(job))
    return c.json(toStarted(job), 202)
  })

const selfPath = (job: JobView): string => `/api/v1/apps/pose-generator/generations/${job.id}`

export function toStarted(job: JobView): z.infer<typeof StartedSchema> {
  const self = selfPath(job)
  const leftMs = job.remainingMs ?? (job.total + job.queuePosition) * FIRST_GUESS_MS_PER_PICTURE
  return {
    generation: toGeneration(job),
    totalPosesExpected: job.total,
    creditCharged: job.creditsHeld,
    estimatedCompletionTime: new Date(job.createdAt + leftMs).toISOString(),
    links: { self, results: `${self}/results`, cancel: `${self}/cancellation`, events: '/api/v1/events' },
  }
}
