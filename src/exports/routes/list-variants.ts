import { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import { findPicture, type PictureRow } from '../../generations/find-pictures'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { estimatePicture } from '../estimate-picture'
import { OptionsQuery, optionsOf } from '../fields'
import { FORMATS } from '../formats'
import { FORMAT_IDS, type FormatId } from '../types'
import { promiseOf, toVariant, VariantSchema } from '../variant-view'
import { findVariants, type StoredVariant } from '../variants'

const Unbuilt = VariantSchema.pick({ format: true, width: true, height: true, dpi: true, isEnlarged: true })
  .extend({
    contentType: z.string().nullable().openapi({ description: 'Null for the original: what the stored file is' }),
    isBuilt: z.literal(false),
    estimatedBytes: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'With `estimate=true`, and with the fill `sampled`' }),
  })
  .openapi('UnbuiltPictureFile')

const Query = OptionsQuery.extend({
  estimate: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: '`true`: measures how large the files that are not there would be; counts as making one' }),
})

const route = defineRoute({
  operationId: 'listPictureFiles',
  method: 'get',
  path: '/api/v1/apps/pose-generator/poses/{id}/exports',
  summary: 'Every shape a picture can be had in: what is there, and about how large the others would be',
  ...access('user', 'picture'),
  request: { params: idParam('image'), query: Query },
  responses: {
    200: json(z.object({ items: z.array(z.union([VariantSchema.extend({ isBuilt: z.literal(true) }), Unbuilt])) })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED', 'INVALID_IMAGE', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
})

export const registerListVariants = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const query = c.req.valid('query')
    const picture = await findPicture(ctx, caller.userId, c.req.valid('param').id)
    if (!picture) throw fail('NOT_FOUND')
    const ask = { picture, backgroundId: picture.backgroundId, formats: FORMAT_IDS, options: optionsOf(query) }
    const [found = new Map<FormatId, StoredVariant>()] = await findVariants(ctx.db, [ask])
    const missing = FORMAT_IDS.filter((format) => !found.has(format))
    const sizes = await estimatePicture(ctx, picture, query.estimate === 'true' ? missing : [])
    const items = await Promise.all(
      FORMAT_IDS.map((format) => itemOf(ctx, picture, format, found.get(format) ?? sizes.get(format) ?? null)),
    )
    return c.json({ items }, 200)
  })

/** `known`: the file, or how large it would be, or null. */
async function itemOf(ctx: Ctx, picture: PictureRow, format: FormatId, known: StoredVariant | number | null) {
  if (known !== null && typeof known === 'object')
    return { ...(await toVariant(ctx, picture, known)), isBuilt: true as const }
  const { widthPx, heightPx, type } = FORMATS[format]
  return {
    ...{ format, isBuilt: false as const, width: widthPx ?? picture.widthPx, height: heightPx ?? picture.heightPx },
    ...{ contentType: format === 'original' ? null : type, ...promiseOf(format, picture), estimatedBytes: known },
  }
}
