import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { poseText } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { answerInCallersLanguage } from '../caller-language'
import { draftPoses, MAX_DRAFTS } from '../draft/draft-poses'
import { loadPoses } from '../load-pose'
import { allowSimilar, OwnPoseCard, ownPoseWords } from '../own/fields'
import { toOwnCard } from '../own/own-card'
import { saveOwnPose, takeOwnPoseSlot } from '../own/save-own-pose'
import { nearestPoses } from '../shape/nearest-poses'

const route = defineRoute({
  operationId: 'savePose',
  method: 'post',
  path: '/api/v1/apps/pose-generator/poses',
  tags: ['Own poses'],
  summary: 'Keep a draft of POST /poses/draft as a private pose',
  ...accessWithJson('user'),
  request: {
    body: jsonBody(
      z.strictObject({
        ...ownPoseWords,
        text: poseText(),
        seed: z.number().int().min(0).max(0xffffffff).openapi({ description: 'That of the answer with the drafts' }),
        draft: z
          .number()
          .int()
          .min(0)
          .max(MAX_DRAFTS - 1)
          .openapi({ description: 'Which of its drafts, from 0' }),
        allowSimilar,
      }),
    ),
  },
  responses: {
    201: json(OwnPoseCard, 'Created'),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'PREMIUM_POSE', 'CONFLICT', 'POSE_TOO_NEAR', 'TOO_LARGE'),
    ...errors(
      'UNSUPPORTED_TYPE',
      'VALIDATION_FAILED',
      'PROMPT_REJECTED',
      'RATE_LIMITED',
      'QUOTA_EXCEEDED',
      'UNAVAILABLE',
    ),
  },
})

export const registerSavePose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { userId } = caller
    const { text, seed, draft, ...words } = c.req.valid('json')
    await takeOwnPoseSlot(ctx, userId)
    const { name, description, tags } = words
    await refuseUnsafe(ctx, caller, { name, description, tags: tags?.join(', '), text })
    const drafts = await draftPoses(ctx, { userId, text, count: MAX_DRAFTS, seed })
    const chosen = drafts[draft]
    if (!chosen) throw invalidField('draft', `these words and this seed make ${drafts.length} drafts`)
    const { geometry, props, promptHint } = chosen
    const [nearest] = await nearestPoses(ctx.db, geometry.people, { ownerId: userId, limit: 1 })
    const likeId = chosen.startPoseId ?? nearest?.poseId
    const like = likeId && (await loadPoses(ctx.db, [likeId])).get(likeId)
    if (!like) throw fail('UNAVAILABLE')
    const pose = await saveOwnPose(ctx, caller, { ...words, source: 'draft', geometry, like, props, promptHint })
    return c.json(await toOwnCard(ctx, pose, answerInCallersLanguage(c)), 201)
  })
