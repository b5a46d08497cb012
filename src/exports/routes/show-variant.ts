import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { ensureVariant } from '../ensure-variant'
import { formatName, OptionsQuery, optionsOf } from '../fields'
import { toVariant, VariantSchema } from '../variant-view'

const route = defineRoute({
  operationId: 'showPictureFile',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/exports/{format}',
  summary: 'A file of a picture in the shape that a shop or a network wants; made when it is asked for first',
  ...access('user', 'picture'),
  request: {
    params: idParam('image').extend({ format: formatName().openapi({ param: { name: 'format', in: 'path' } }) }),
    query: OptionsQuery,
  },
  responses: {
    200: json(VariantSchema.extend({ wasBuilt: z.boolean().openapi({ description: 'It was made for this request' }) })),
    ...errors(
      ...(['UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED', 'INVALID_IMAGE', 'RATE_LIMITED'] as const),
      'UNAVAILABLE',
    ),
  },
})

export const registerShowVariant = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id, format } = c.req.valid('param')
    const options = optionsOf(c.req.valid('query'))
    const { picture, variant, wasBuilt } = await ensureVariant(ctx, caller.userId, id, format, options)
    return c.json({ ...(await toVariant(ctx, picture, variant)), wasBuilt }, 200)
  })
