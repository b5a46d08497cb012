import { z } from '@hono/zod-openapi'
import { findPicture } from '../../generations/find-pictures'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { requireUpload } from '../../uploads/find-upload'
import { startChange } from '../start-change'
import { findVersion } from '../versions'
import { BackgroundSchema, StartedBackgroundsSchema, startHeaders, toBackground, toStartedBackgrounds } from '../views'
import { BackgroundBody, wishHash, wishOf } from '../wish'

const route = defineRoute({
  operationId: 'changeBackground',
  method: 'post',
  path: '/api/v1/apps/pose-generator/poses/{id}/background',
  summary: 'Give a finished picture another background; the original is kept',
  description:
    'Each background of a picture is charged once: asked for again it is shown again at once, and free. The last one that ' +
    'finishes is shown.',
  ...accessWithJson('user', 'picture'),
  request: { params: idParam('image'), headers: IdempotencyHeader, body: jsonBody(BackgroundBody) },
  responses: {
    200: json(
      z.object({ background: BackgroundSchema, creditCharged: z.literal(0) }),
      'It was made before, and is shown again',
    ),
    202: json(StartedBackgroundsSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'INSUFFICIENT_CREDITS', 'NOT_FOUND'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'PROMPT_REJECTED'] as const),
      ...(['IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerChangeBackground = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const body = c.req.valid('json')
    const wish = wishOf(body)
    await refuseUnsafe(ctx, caller, { backgroundPrompt: wish.prompt })
    const picture = await findPicture(ctx, caller.userId, id)
    if (!picture) throw fail('NOT_FOUND')
    if (wish.uploadId) await requireUpload(ctx.db, caller.userId, wish.uploadId, 'backgroundImageId')
    const started = await startChange(ctx, caller, {
      ...{ route: 'changeBackground', idempotencyKey: c.req.valid('header')['idempotency-key'] },
      fingerprint: await fingerprint('POST', `/poses/${id}/background`, body),
      ...{ pictures: [picture], wish },
    })
    const headers = startHeaders(started)
    if (started.job) return c.json(toStartedBackgrounds(started.job, []), 202, headers)
    const version = await findVersion(ctx.db, id, await wishHash(wish))
    if (!version) throw fail('NOT_FOUND')
    const background = await toBackground(ctx.config.MEDIA_SIGNING_SECRET, version, version.id, ctx.now())
    return c.json({ background, creditCharged: 0 as const }, 200, headers)
  })
