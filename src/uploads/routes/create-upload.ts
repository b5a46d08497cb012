import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { signMediaPath } from '../../media/sign'
import { withRoomFor } from '../body-room'
import { MAX_DUPLICATE_DISTANCE, MAX_SIMILAR_DISTANCE } from '../perceptual-hash'
import { readFile } from '../read-file'
import { readEarlier, storeUpload, uploadRefused } from '../store-upload'
import { toUpload, UploadSchema } from '../views'

// Plain schemas: the bytes are judged by decodeUpload, not by a validator.
const binary = { schema: { type: 'string', format: 'binary' } } as const
const form = { schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } } as const

const SimilarSchema = z.object({
  id: z.string(),
  url: z.string(),
  distance: z
    .number()
    .int()
    .openapi({ description: `Up to ${MAX_DUPLICATE_DISTANCE}: the same picture, perhaps of another size or quality` }),
  isMirrored: z.boolean(),
})

const NewUpload = UploadSchema.extend({
  colorConverted: z
    .boolean()
    .nullable()
    .openapi({
      description:
        'True: from a wider colour space, such as Display P3, to sRGB. False: its profile is not understood, its colours are ' +
        'taken as they stand. Null: it was sRGB.',
    }),
  similarTo: z.array(SimilarSchema).openapi({
    description: `The caller’s earlier uploads that look like it, at most ${MAX_SIMILAR_DISTANCE} of 64 bits away, nearest first`,
  }),
}).openapi('NewUpload')

const route = defineRoute({
  operationId: 'createUpload',
  method: 'post',
  path: '/api/v1/uploads',
  summary: 'A picture for an avatar or a background: PNG, JPEG or WebP, at most 10 MiB and 8 megapixels',
  ...access('user'),
  request: {
    body: {
      description: 'Raw, or a form with one file',
      content: { 'image/png': binary, 'image/jpeg': binary, 'image/webp': binary, 'multipart/form-data': form },
    },
  },
  responses: {
    201: json(NewUpload, 'Stored as PNG in sRGB, upright and without metadata'),
    ...errors('UNAUTHENTICATED', 'STORAGE_FULL', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'INVALID_IMAGE', 'VALIDATION_FAILED'),
    ...errors('UNAVAILABLE'),
  },
})

export const registerCreateUpload = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    // Before anything is stored: nobody could be shown where it is.
    const secret = ctx.config.MEDIA_SIGNING_SECRET
    const earlier = await readEarlier(ctx, caller.userId)
    const stored = await withRoomFor(c.req.raw, caller.userId, async () =>
      storeUpload(ctx, caller.userId, earlier, await readFile(c.req.raw)),
    )
    if (!stored.ok) throw uploadRefused(stored, languageOf(c.req.header('accept-language')))
    const similarTo = stored.similar.map(async (similar) => ({
      ...similar,
      url: await signMediaPath(secret, similar.id, 'original', ctx.now()),
    }))
    const { colorConverted, row } = stored
    const upload = await toUpload(secret, row, ctx.now())
    return c.json({ ...upload, colorConverted, similarTo: await Promise.all(similarTo) }, 201)
  })
