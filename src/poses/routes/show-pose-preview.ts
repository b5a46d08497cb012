import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { loadLibraryPose } from '../load-pose'
import { file, isUnchanged } from '../pictures/file-response'
import { previewImage, shippedPreview } from '../pictures/preview-image'
import { previewVersion } from '../pictures/preview-image-version'
import { PoseIdParam } from '../pose-id'

/** A day, then the ETag is asked about: a preview may be drawn anew while its pose stays as it is. */
const A_DAY = 'public, max-age=86400'
const FOR_EVER = 'public, max-age=31536000, immutable'

const PreviewQuery = z.object({
  size: z.enum(['320', '768']).default('320').openapi({ description: 'Width and height in pixels.' }),
  mirror: z.enum(['true', 'false']).default('false').openapi({ description: 'true: as in a mirror.' }),
  v: z.string().max(64).optional().openapi({
    description: 'As in previewLargeUrl: caches then keep the picture for ever.',
  }),
})

const route = defineRoute({
  operationId: 'showPosePreview',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library/{id}/preview',
  tags: ['Pose library'],
  summary: 'Preview of a pose, 320 or 768 pixels wide',
  ...access('public'),
  request: { params: PoseIdParam, query: PreviewQuery },
  responses: { 200: file('image/webp'), ...errors('NOT_FOUND', 'VALIDATION_FAILED', 'UNAVAILABLE') },
})

export const registerShowPosePreview = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const query = c.req.valid('query')
    const pose = await loadLibraryPose(ctx.db, c.req.valid('param').id)
    const mirror = query.mirror === 'true'
    const shipped = query.size === '320' ? await shippedPreview(ctx, pose, mirror) : null
    const preview = shipped ?? (await previewImage(ctx, pose, { sidePx: query.size === '320' ? 320 : 768, mirror }))
    const isKnown = isUnchanged(c.req.header('if-none-match'), preview.etag)
    const body = isKnown ? null : await preview.body()
    // After the drawing: headers set before a throw would go out with the error.
    c.header('cache-control', !shipped && query.v === previewVersion(pose) ? FOR_EVER : A_DAY)
    c.header('etag', preview.etag)
    if (!body) return c.body(null, 304)
    c.header('content-type', 'image/webp')
    return c.body(body, 200)
  })
