import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { answerInCallersLanguage } from '../caller-language'
import { checkOpenPose } from '../openpose/check'
import { readOpenPose } from '../openpose/parse'
import { allowSimilar, OwnPoseCard, ownPoseWords } from '../own/fields'
import { liftByLibrary } from '../own/lift-by-library'
import { toOwnCard } from '../own/own-card'
import { saveOwnPose, takeOwnPoseSlot } from '../own/save-own-pose'

const route = defineRoute({
  operationId: 'importPose',
  method: 'post',
  path: '/api/v1/apps/pose-generator/poses/import',
  tags: ['Own poses'],
  summary: 'A private pose from OpenPose JSON, with hands and face',
  ...accessWithJson('user'),
  request: {
    body: jsonBody(
      z.strictObject({
        ...ownPoseWords,
        openpose: z
          .union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown())).max(1)], {
            error: 'must be the JSON of the file itself: an object, or a list of one frame',
          })
          .openapi({
            description:
              'What openpose-editor, sd-webui-controlnet, ComfyUI, DWPose or OpenPose (BODY_25, COCO-18) saved; one or two people',
          }),
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

export const registerImportPose = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { openpose, ...words } = c.req.valid('json')
    await takeOwnPoseSlot(ctx, caller.userId)
    const reading = readOpenPose(openpose)
    const issues = reading.ok ? checkOpenPose(reading.people, reading.fields) : reading.issues
    if (!reading.ok || issues.length > 0) throw fail('VALIDATION_FAILED', { issues })
    const { name, description, tags } = words
    await refuseUnsafe(ctx, caller, { name, description, tags: tags?.join(', ') })
    const lifted = await liftByLibrary(ctx.db, reading.people)
    if (!lifted) throw fail('UNAVAILABLE')
    const { geometry, like } = lifted
    const pose = await saveOwnPose(ctx, caller, {
      ...words,
      ...{ source: 'import', geometry, like, props: [], promptHint: `${name}, ${like.stance}` },
    })
    return c.json(await toOwnCard(ctx, pose, answerInCallersLanguage(c)), 201)
  })
