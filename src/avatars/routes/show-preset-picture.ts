import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { file, isUnchanged } from '../../poses/pictures/file-response'
import { loadPreset } from '../presets/load-presets'
import { PresetIdParam } from '../presets/preset-filter'
import { pictureVersion, presetPicture } from '../presets/preset-picture'
import { PRESETS_PATH } from '../presets/preset-view'

/** A day, then the ETag is asked about: the preset may be drawn otherwise by then. */
const A_DAY = 'public, max-age=86400'
const FOR_EVER = 'public, max-age=31536000, immutable'

const PictureQuery = z.object({
  size: z.enum(['thumbnail', 'portrait', 'full']).default('portrait').openapi({
    description: 'The face (320 x 320), head and shoulders (512 x 640), or the whole body (640 x 960).',
  }),
  v: z.string().max(64).optional().openapi({
    description: 'As in the URLs of the preset: caches then keep the picture for ever.',
  }),
})

const route = defineRoute({
  operationId: 'showAvatarPresetPicture',
  method: 'get',
  path: `${PRESETS_PATH}/{id}/picture`,
  tags: ['Avatars'],
  summary: 'A preset as the built-in renderer draws it',
  ...access('public'),
  request: { params: PresetIdParam, query: PictureQuery },
  responses: {
    200: file('image/jpeg'),
    ...errors('NOT_FOUND', 'VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
})

export const registerShowPresetPicture = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { size, v } = c.req.valid('query')
    const preset = await loadPreset(ctx, c.req.valid('param').id)
    const picture = await presetPicture(ctx, preset, size, c.req.header('cf-connecting-ip'))
    const isKnown = isUnchanged(c.req.header('if-none-match'), picture.etag)
    const body = isKnown ? null : await picture.body()
    // After the drawing: headers set before a throw would go out with the error.
    c.header('cache-control', v === pictureVersion(preset) ? FOR_EVER : A_DAY)
    c.header('etag', picture.etag)
    if (!body) return c.body(null, 304)
    c.header('content-type', 'image/jpeg')
    return c.body(body, 200)
  })
