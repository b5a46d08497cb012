import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors } from '../../http/responses'
import { whyForbidden } from '../../media/sign'
import { signedQuery } from '../../media/signed-query'
import { controlMapKey } from '../../render/control-map'
import { loadPoses } from '../load-pose'
import { OwnPoseIdParam } from '../own/fields'
import { CONTROL_SIDE_PX } from '../own/own-pictures'
import { isSignedOwnPicture, OWN_PICTURES } from '../own/sign-picture'
import { controlImage } from '../pictures/control-image'
import { file, isUnchanged } from '../pictures/file-response'
import { previewImage } from '../pictures/preview-image'

const route = defineRoute({
  operationId: 'showOwnPicture',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/picture',
  tags: ['Own poses'],
  summary: 'Preview or control map of a private pose, by a signed URL that lives at most 15 minutes',
  ...access('public'),
  request: {
    params: OwnPoseIdParam,
    query: z.object({
      show: z.enum(OWN_PICTURES).default('preview'),
      ...signedQuery,
    }),
  },
  responses: {
    200: file('image/webp'),
    ...errors('FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED', 'UNAVAILABLE'),
  },
})

export const registerShowOwnPicture = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { id } = c.req.valid('param')
    const { show, exp, sig } = c.req.valid('query')
    if (!(await isSignedOwnPicture(ctx.config.MEDIA_SIGNING_SECRET, { id, show, exp, sig }, ctx.now())))
      throw fail('FORBIDDEN', whyForbidden(exp, ctx.now()))
    const pose = (await loadPoses(ctx.db, [id])).get(id)
    if (!pose?.ownerId || pose.deletedAt !== null) throw fail('NOT_FOUND')
    const { people } = pose.geometry
    const isControl = show === 'control'
    const mapKey = isControl ? await controlMapKey(people, CONTROL_SIDE_PX, CONTROL_SIDE_PX) : ''
    const preview = isControl
      ? null
      : await previewImage(ctx, pose, { sidePx: show === 'preview' ? 320 : 768, mirror: false })
    const etag = preview?.etag ?? `"${mapKey}"`
    const isKnown = isUnchanged(c.req.header('if-none-match'), etag)
    const drawn = preview ?? { body: () => controlImage(c.env.MEDIA, mapKey, people, CONTROL_SIDE_PX, CONTROL_SIDE_PX) }
    const body = isKnown ? null : await drawn.body()
    // After the drawing: headers set before a throw would go out with the error.
    c.header('etag', etag)
    c.header('cache-control', `private, max-age=${Math.max(0, Math.floor((exp - ctx.now()) / 1000))}`)
    if (!body) return c.body(null, 304)
    c.header('content-type', isControl ? 'image/png' : 'image/webp')
    return c.body(body, 200)
  })
