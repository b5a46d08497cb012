import { z } from '@hono/zod-openapi'
import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { generatedPoses } from '../../db/tables/generations'
import { findPictures, type PictureRow } from '../../generations/find-pictures'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { fingerprint, IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { MAX_PICTURES_PER_EXPORT } from '../../kernel/limits'
import { refuseUnsafe } from '../../moderation/refuse-unsafe'
import { requireUpload } from '../../uploads/find-upload'
import { startChange } from '../start-change'
import { StartedBackgroundsSchema, startHeaders, toStartedBackgrounds } from '../views'
import { BackgroundsBody, wishOf } from '../wish'

const route = defineRoute({
  operationId: 'changeBackgrounds',
  method: 'post',
  path: '/api/v1/apps/pose-generator/backgrounds',
  summary: 'Give many finished pictures the same other background, in one job',
  ...accessWithJson('user', 'picture'),
  request: { headers: IdempotencyHeader, body: jsonBody(BackgroundsBody) },
  responses: {
    200: json(
      z.object({ shownImageIds: z.array(z.string()), creditCharged: z.literal(0) }),
      'All of them were made before, and are shown again',
    ),
    202: json(StartedBackgroundsSchema, 'Accepted; `Idempotent-Replayed: true` when this key was answered before'),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'INSUFFICIENT_CREDITS', 'NOT_FOUND'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'PROMPT_REJECTED'] as const),
      ...(['IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerChangeBackgrounds = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const body = c.req.valid('json')
    const wish = wishOf(body)
    await refuseUnsafe(ctx, caller, { backgroundPrompt: wish.prompt })
    const pictures = body.imageIds
      ? await named(ctx, caller.userId, body.imageIds)
      : await ofGeneration(ctx, caller.userId, body.generationId!)
    if (wish.uploadId) await requireUpload(ctx.db, caller.userId, wish.uploadId, 'backgroundImageId')
    const started = await startChange(ctx, caller, {
      ...{ route: 'changeBackgrounds', idempotencyKey: c.req.valid('header')['idempotency-key'] },
      fingerprint: await fingerprint('POST', '/backgrounds', body),
      ...{ pictures, wish },
    })
    const headers = startHeaders(started)
    if (started.job) return c.json(toStartedBackgrounds(started.job, started.shownIds), 202, headers)
    return c.json({ shownImageIds: started.shownIds, creditCharged: 0 as const }, 200, headers)
  })

/** All of them, in their order, or 404: half a change would be a surprise. */
async function named(ctx: Ctx, userId: string, ids: string[]): Promise<PictureRow[]> {
  const found = await findPictures(ctx, userId, ids)
  const missing = ids.findIndex((id) => !found.has(id))
  if (missing >= 0) throw fail('NOT_FOUND', { field: `imageIds.${missing}` })
  return ids.map((id) => found.get(id)!)
}

async function ofGeneration(ctx: Ctx, userId: string, generationId: string): Promise<PictureRow[]> {
  const rows = await ctx.db
    .select({ id: generatedPoses.id })
    .from(generatedPoses)
    .where(and(eq(generatedPoses.generationId, generationId), eq(generatedPoses.userId, userId)))
    .orderBy(generatedPoses.position)
    .limit(MAX_PICTURES_PER_EXPORT)
  const ids = rows.map(({ id }) => id)
  const found = await findPictures(ctx, userId, ids)
  const pictures = ids.flatMap((id) => found.get(id) ?? [])
  if (pictures.length === 0) throw fail('NOT_FOUND', { field: 'generationId' })
  return pictures
}
