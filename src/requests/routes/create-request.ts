import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { PoseCard } from '../../poses/pose-card'
import { createRequest, takeRequestSlot } from '../create-request'
import { NewRequest } from '../fields'
import { findRequest } from '../find-requests'
import { similarPoses } from '../similar-poses'
import { RequestSchema, toRequest } from '../views'

const route = defineRoute({
  operationId: 'createPoseRequest',
  method: 'post',
  path: '/api/v1/apps/pose-generator/requests',
  tags: ['Pose requests'],
  summary: 'Ask for a pose that the library does not have; others vote for it',
  ...accessWithJson('user'),
  request: { body: jsonBody(NewRequest) },
  responses: {
    201: json(
      z.object({ request: RequestSchema, similar: z.array(PoseCard) }),
      'Asked; `similar` are poses that are there',
    ),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'PROMPT_REJECTED', 'RATE_LIMITED'] as const),
    ),
  },
})

export const registerCreateRequest = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    const language = answerInCallersLanguage(c)
    await takeRequestSlot(ctx, caller.userId)
    // Before the request is there: a search that fails must not make somebody ask twice.
    const similar = await similarPoses(ctx, body.name, language)
    const id = await createRequest(ctx, caller, body)
    const row = (await findRequest(ctx.db, caller.userId, id))!
    return c.json({ request: await toRequest(ctx, caller, row), similar }, 201)
  })
