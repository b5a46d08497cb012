import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors } from '../../http/responses'
import { file } from '../file-response'
import { loadLibraryPose } from '../load-pose'
import { PoseIdParam } from '../pose-id'

/** A day, then the ETag is asked about: a preview may be drawn anew while its pose stays as it is. */
const CACHE_CONTROL = 'public, max-age=86400'

const route = defineRoute({
  operationId: 'showPosePreview',
  method: 'get',
  path: '/api/v1/apps/pose-generator/library/{id}/preview',
  tags: ['Pose library'],
  summary: 'Preview of a pose, 320 pixels wide',
  ...access('public'),
  request: { params: PoseIdParam },
  responses: { 200: file('image/webp'), ...errors('NOT_FOUND', 'VALIDATION_FAILED', 'UNAVAILABLE') },
})

export const registerShowPosePreview = (app: App) =>
  app.openapi(route, async (c) => {
    const { id } = await loadLibraryPose(c.var.ctx.db, c.req.valid('param').id)
    const asked = c.req.header('if-none-match')
    const asset = await c.env.ASSETS.fetch(`https://assets.invalid/${id}.webp`, {
      headers: asked === undefined ? {} : { 'if-none-match': asked },
    })
    if (asset.status === 404) throw fail('NOT_FOUND')
    const body = asset.ok ? asset.body : null
    if (!body && asset.status !== 304) throw fail('UNAVAILABLE')
    // After the checks: headers set before a throw would go out with the error.
    c.header('cache-control', CACHE_CONTROL)
    c.header('etag', asset.headers.get('etag') ?? undefined)
    if (!body) return c.body(null, 304)
    c.header('content-type', 'image/webp')
    return c.body(body, 200)
  })
