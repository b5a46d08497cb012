import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { poseText } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { attemptsObject } from '../../objects'
import { answerInCallersLanguage } from '../caller-language'
import { draftPoses, MAX_DRAFTS } from '../draft/draft-poses'
import { draftPreview } from '../draft/draft-preview'

/** Free, but every one draws up to four pictures. An object of the user's own counts: an isolate's memory would not. */
const DRAFTS_PER_MINUTE = { max: 20, windowMs: 60_000 }

const Points = z.array(z.number())

const DraftSchema = z
  .object({
    name: z.string(),
    source: z.enum(['grammar', 'model', 'library']).openapi({
      description: '`library`: the words say nothing of a body, these are poses that fit their other words',
    }),
    understood: z.array(z.string()).openapi({ description: 'What of the text was used' }),
    startPoseId: z.string().nullable().openapi({ description: 'The pose of the library that it is near to, or is' }),
    people: z.array(
      z.object({
        keypoints2d: Points.openapi({ description: '18 x (x, y, visibility), 0..1, as in the library' }),
        handLeft2d: Points.nullable().openapi({ description: '21 x (x, y)' }),
        handRight2d: Points.nullable(),
      }),
    ),
    previewUrl: z.string().openapi({ description: 'Data URL of a PNG, 384 x 384' }),
  })
  .openapi('PoseDraft')

const route = defineRoute({
  operationId: 'draftPoses',
  method: 'post',
  path: '/api/v1/apps/pose-generator/poses/draft',
  tags: ['Own poses'],
  summary: 'Poses that words describe, with previews: free, nothing is kept',
  ...accessWithJson('user'),
  request: {
    body: jsonBody(
      z.strictObject({
        text: poseText(),
        count: z.number().int().min(1).max(MAX_DRAFTS).default(MAX_DRAFTS),
        seed: z
          .number()
          .int()
          .min(0)
          .max(0xffffffff)
          .optional()
          .openapi({ description: 'Another one gives other variations; one is drawn by lot without it' }),
      }),
    ),
  },
  responses: {
    200: json(
      z.object({
        seed: z.number().int().openapi({ description: 'Sent to `POST /generate` with the text, it makes these poses' }),
        drafts: z.array(DraftSchema).openapi({ description: 'The plainest first; empty when no word is known' }),
      }),
    ),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'TOO_LARGE', 'UNSUPPORTED_TYPE'),
    ...errors('VALIDATION_FAILED', 'PROMPT_REJECTED', 'RATE_LIMITED'),
  },
})

export const registerDraftPoses = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { text, count, seed = crypto.getRandomValues(new Uint32Array(1))[0]! } = c.req.valid('json')
    await refuseUnsafe(ctx, caller, { text })
    const slot = await attemptsObject(ctx.env, `drafts:${caller.userId}`).takeSlot(DRAFTS_PER_MINUTE)
    if (!slot.ok) throw fail('RATE_LIMITED', undefined, Math.ceil(slot.retryAfterMs / 1_000))
    const drafts = await draftPoses(ctx, { userId: caller.userId, text, count, seed })
    const language = answerInCallersLanguage(c)
    const shown = drafts.map((draft) => ({
      name: draft.name[language],
      source: draft.source,
      understood: draft.understood,
      startPoseId: draft.startPoseId,
      people: draft.geometry.people.map(({ keypoints2d, handLeft2d, handRight2d }) => ({
        ...{ keypoints2d, handLeft2d, handRight2d },
      })),
      previewUrl: draftPreview(draft, text),
    }))
    return c.json({ seed, drafts: shown }, 200)
  })
