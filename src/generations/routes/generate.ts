import { poseGenerator } from '../../apps/pose-generator/app'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { planGeneration } from '../plan-generation'
import { startGeneration } from '../start-generation'
import { StartedSchema, selfPath, toStarted } from '../started'

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
      ...([
        'INVALID_JSON',
        'INVALID_HEADER',
        'UNAUTHENTICATED',
        'INSUFFICIENT_CREDITS',
        'NOT_FOUND',
        'TOO_LARGE',
      ] as const),
      ...([
        'UNSUPPORTED_TYPE',
        'VALIDATION_FAILED',
        'IDEMPOTENCY_KEY_REUSED',
        'RATE_LIMITED',
        'QUOTA_EXCEEDED',
        'QUOTE_USED',
        'QUOTE_EXPIRED',
      ] as const),
    ),
  },
})

export const registerGenerate = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    const plan = await planGeneration(ctx, caller, body, languageOf(c.req.header('accept-language')))
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
    })
    return c.json(toStarted(job), 202, { ...headers, location: selfPath(job) })
  })
