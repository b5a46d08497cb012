import { z } from '@hono/zod-openapi'
import { uploads } from '../../db/tables/uploads'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { type ErrorCode, fail, languageOf } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { MAX_UPLOAD_BYTES } from '../../kernel/limits'
import { signMediaPath } from '../../media/sign'
import { createImageKernel } from '../../render/image/kernel'
import { modules } from '../../render/modules'
import { decodeUpload } from '../decode'
import { readFile } from '../read-file'
import type { Refusal } from '../refusal'

// Plain schemas: the bytes are judged by decodeUpload, not by a validator.
const binary = { schema: { type: 'string', format: 'binary' } } as const
const form = { schema: { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } } as const

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
    201: json(
      z.object({ id: z.string(), url: z.string(), width: z.number().int(), height: z.number().int() }),
      'Stored as PNG, upright and without metadata',
    ),
    ...errors('UNAUTHENTICATED', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'INVALID_IMAGE', 'VALIDATION_FAILED'),
  },
})

export const registerCreateUpload = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { bytes, declaredType } = await readFile(c.req.raw)
    const kernel = createImageKernel(modules.image)
    const decoders = { kernel, modules: { jpeg: modules.jpegDecoder, webp: modules.webpDecoder } }
    const decoded = await decodeUpload(decoders, bytes, declaredType)
    if (!decoded.ok) throw refused(decoded, languageOf(c.req.header('accept-language')))
    const id = newId('upload')
    const objectKey = `u/${caller.userId}/uploads/${id}.png`
    const png = kernel.encodePng(decoded.rgba, decoded.width, decoded.height)
    await ctx.env.MEDIA.put(objectKey, png, { httpMetadata: { contentType: 'image/png' } })
    await ctx.db.insert(uploads).values({
      id,
      userId: caller.userId,
      objectKey,
      widthPx: decoded.width,
      heightPx: decoded.height,
      sizeBytes: png.byteLength,
      createdAt: ctx.now(),
    })
    const url = await signMediaPath(ctx.config.MEDIA_SIGNING_SECRET, id, 'original', ctx.now())
    return c.json({ id, url, width: decoded.width, height: decoded.height }, 201)
  })

const CODES: Record<Refusal['status'], ErrorCode> = { 413: 'TOO_LARGE', 415: 'UNSUPPORTED_TYPE', 422: 'INVALID_IMAGE' }

const refused = ({ status, code, message }: Refusal, language: 'id' | 'en') =>
  fail(CODES[status], { reason: code, message: message[language], maxBytes: MAX_UPLOAD_BYTES })
