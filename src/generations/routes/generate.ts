import { poseGenerator } from '../../apps/pose-generator/app'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { userObject } from '../../objects'
import { estimateFor } from '../outlook'
import { planGeneration } from '../plan-generation'
import { startGeneration } from '../start-generation'
import { TASK_WINDOWS } from '../start-job'
import { StartedSchema, selfPath, toStarted } from '../started'
import { PREFER_DESCRIPTION, preferredWait, waitForEnd } from '../wait'

const route = defineRoute({
  operationId: 'generate',
  method: 'post',
  path: '/api/v1/apps/pose-generator/generate',
  summary: 'Start a shoot: a picture for every pose and variation',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'project'),
  request: { headers: IdempotencyHeader, body: jsonBody(poseGenerator.body) },
  responses: {
    202: json(StartedSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...errors(
      ...([
        'INVALID_JSON',
        'INVALID_HEADER',
        'UNAUTHENTICATED',
        'INSUFFICIENT_CREDITS',
        'PREMIUM_POSE',
        'NOT_FOUND',
        'TOO_LARGE',
      ] as const),
      ...([
        'UNSUPPORTED_TYPE',
        'VALIDATION_FAILED',
        'PROMPT_REJECTED',
        'IDEMPOTENCY_KEY_REUSED',
        'RATE_LIMITED',
        'QUOTA_EXCEEDED',
        'QUOTE_USED',
        'QUOTE_EXPIRED',
        'UNAVAILABLE',
      ] as const),
    ),
  },
})

export const registerGenerate = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    const { deadlineSeconds, ...shoot } = body
    const plan = await planGeneration(ctx, caller, shoot, languageOf(c.req.header('accept-language')))
    const { job, headers } = await startGeneration(ctx, caller, poseGenerator, {
      route: 'generate',
      idempotencyKey: c.req.valid('header')['idempotency-key'],
      fingerprint: await fingerprint('POST', '/generate', body),
      projectId: body.projectId,
      type: body.generationType,
      textPrompt: body.generationType === 'TEXT_DESCRIPTION' ? body.textPrompt : null,
      params: plan.params,
      tasks: plan.tasks,
      ...(body.quoteId !== undefined && { quote: { id: body.quoteId, fingerprint: plan.fingerprint } }),
      fund: body.fund,
      deadlineMs: deadlineSeconds === undefined ? undefined : deadlineSeconds * 1_000,
    })
    const waited = await waitForEnd(ctx, caller.userId, job.id, preferredWait(c.req.header('prefer')))
    const isWaited = Object.keys(waited).length > 0
    const shown = isWaited ? ((await userObject(ctx.env, caller.userId).job(job.id)) ?? job) : job
    const estimate = await estimateFor(ctx, shown, TASK_WINDOWS[caller.tier], () => plan.params)
    return c.json(toStarted(shown, estimate, isWaited ? ctx.now() : job.createdAt), 202, {
      ...{ ...headers, ...waited, location: selfPath(job) },
    })
  })
