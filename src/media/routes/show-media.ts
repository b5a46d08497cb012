import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { avatars } from '../../db/tables/avatars'
import { generatedPoses } from '../../db/tables/generations'
import { exportVariants, pictureBackgrounds } from '../../db/tables/pictures'
import { uploads } from '../../db/tables/uploads'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors } from '../../http/responses'
import { idPattern } from '../../kernel/ids'
import { isSignedMediaPath, type MediaVariant, whyForbidden } from '../sign'
import { signedQuery } from '../signed-query'

const route = defineRoute({
  operationId: 'showMedia',
  method: 'get',
  path: '/api/v1/media/{id}',
  summary: 'A private picture, by a signed URL that lives at most 15 minutes',
  ...access('public'),
  request: {
    params: z.object({
      id: z.string().regex(/^(img|upl|bgv|exv|avt)_[0-9A-HJKMNP-TV-Z]{26}$/, 'must be an id of a picture'),
    }),
    query: z.object({
      variant: z.enum(['original', 'thumbnail']).default('original'),
      ...signedQuery,
    }),
  },
  responses: {
    200: { description: 'The picture', content: { 'image/*': { schema: z.string().openapi({ format: 'binary' }) } } },
    ...errors('FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowMedia = (app: App) =>
  app.openapi(route, async (c) => {
    const { id } = c.req.valid('param')
    const { variant, exp, sig } = c.req.valid('query')
    const { ctx } = c.var
    if (!(await isSignedMediaPath(ctx.config.MEDIA_SIGNING_SECRET, { id, variant, exp, sig }, ctx.now())))
      throw fail('FORBIDDEN', whyForbidden(exp, ctx.now()))
    const stored = await storedUnder(ctx, id, variant)
    const object = stored?.key ? await ctx.env.MEDIA.get(stored.key) : null
    if (!stored || !object) throw fail('NOT_FOUND')
    const contentType = object.httpMetadata?.contentType ?? 'application/octet-stream'
    const extension = EXTENSIONS[contentType] ?? ''
    return new Response(object.body, {
      headers: {
        'content-type': contentType,
        'content-length': String(object.size),
        'content-disposition': `${stored.disposition}; filename="${stored.name}${extension}"`,
        'cache-control': `private, max-age=${Math.max(0, Math.floor((exp - ctx.now()) / 1000))}`,
        etag: object.httpEtag,
      },
    })
  })

const EXTENSIONS: Record<string, string> = { 'image/png': '.png', 'image/jpeg': '.jpg', 'image/webp': '.webp' }

/** Where the bytes are, and what a browser calls them when they are saved. Finished files are there to be saved. */
type StoredMedia = { key: string | null; name: string; disposition: 'inline' | 'attachment' }

async function storedUnder({ db }: Ctx, id: string, variant: MediaVariant): Promise<StoredMedia | null> {
  const shown = (key: string | null | undefined) => ({ key: key ?? null, name: id, disposition: 'inline' as const })
  if (idPattern('upload').test(id)) {
    const [upload] = await db.select({ key: uploads.objectKey }).from(uploads).where(eq(uploads.id, id))
    return shown(variant === 'original' ? upload?.key : null)
  }
  if (idPattern('variant').test(id)) {
    const [file] = await db
      .select({ key: exportVariants.objectKey, imageId: exportVariants.imageId, format: exportVariants.format })
      .from(exportVariants)
      .where(eq(exportVariants.id, id))
    if (!file || variant !== 'original') return null
    return { key: file.key, name: `${file.imageId}_${file.format}`, disposition: 'attachment' }
  }
  if (idPattern('background').test(id)) {
    const [background] = await db
      .select({ original: pictureBackgrounds.objectKey, thumbnail: pictureBackgrounds.thumbnailKey })
      .from(pictureBackgrounds)
      .where(eq(pictureBackgrounds.id, id))
    return shown(background?.[variant])
  }
  if (idPattern('avatar').test(id)) {
    const [avatar] = await db
      .select({ original: avatars.objectKey, thumbnail: avatars.thumbnailKey })
      .from(avatars)
      .where(eq(avatars.id, id))
    return shown(avatar?.[variant])
  }
  const [picture] = await db
    .select({ original: generatedPoses.outputKey, thumbnail: generatedPoses.thumbnailKey })
    .from(generatedPoses)
    .where(eq(generatedPoses.id, id))
  return shown(picture?.[variant])
}
