import { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idField, idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { whyForbidden } from '../../media/sign'
import { signedQuery } from '../../media/signed-query'
import { forgetFile } from '../zip/contents'
import { attachmentOf } from '../zip/file-names'
import { type Archive, openArchive } from '../zip/open-archive'
import type { Span } from '../zip/plan'
import { askedRange } from '../zip/range'
import { isSignedArchivePath } from '../zip/sign'
import { streamArchive } from '../zip/stream'

const zip = { content: { 'application/zip': { schema: z.string().openapi({ format: 'binary' }) } } }

const route = defineRoute({
  operationId: 'showArchive',
  method: 'get',
  path: '/api/v1/media/archives/{id}',
  summary: 'The ZIP of an export, by a signed URL that lives at most 15 minutes',
  description:
    'Takes `Range` with one range of bytes, and `If-Range` with the `ETag`, so that a broken download goes on. The ' +
    'connection is cut when a file is lost on the way: what came is then shorter than `Content-Length` said.',
  ...access('public'),
  request: {
    params: idParam('export'),
    query: z.object({
      user: idField('user'),
      ...signedQuery,
    }),
  },
  responses: {
    200: { description: 'The whole archive', ...zip },
    206: { description: 'The asked part of it', ...zip },
    ...errors('FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'RANGE_NOT_SATISFIABLE', 'VALIDATION_FAILED', 'RATE_LIMITED'),
    ...errors('UNAVAILABLE'),
  },
})

export const registerShowArchive = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { id } = c.req.valid('param')
    const { user, exp, sig } = c.req.valid('query')
    if (!(await isSignedArchivePath(ctx.config.MEDIA_SIGNING_SECRET, { id, user, exp, sig }, ctx.now())))
      throw fail('FORBIDDEN', whyForbidden(exp, ctx.now()))
    const archive = await openArchive(ctx, user, id)
    if (archive === 'unknown') throw fail('NOT_FOUND')
    if (typeof archive === 'string') throw fail('CONFLICT', { status: archive })
    const { totalBytes } = archive.plan
    // RFC 9110 section 14.2: Range has a meaning for GET alone.
    const range = c.req.method === 'GET' ? c.req.header('range') : undefined
    const asked = askedRange({ range, ifRange: c.req.header('if-range') }, archive.etag, totalBytes)
    if (asked.kind === 'unsatisfiable') {
      c.header('content-range', `bytes */${totalBytes}`)
      throw fail('RANGE_NOT_SATISFIABLE', { sizeBytes: totalBytes })
    }
    return sendArchive(ctx, archive, asked.kind === 'part' ? asked.span : null, c.req.method === 'HEAD')
  })

/** `part` null: all of it. */
function sendArchive(ctx: Ctx, archive: Archive, part: Span | null, isHead: boolean): Response {
  const { contents, entries, plan, etag } = archive
  const span = part ?? { from: 0, to: plan.totalBytes }
  const onLost = (objectKey: string) => forgetFile(ctx, contents, objectKey)
  return new Response(isHead ? null : streamArchive(ctx, plan, entries, span, onLost), {
    status: part ? 206 : 200,
    headers: {
      ...{ 'content-type': 'application/zip', 'content-disposition': attachmentOf(contents.name) },
      ...{ 'accept-ranges': 'bytes', etag, 'cache-control': 'private, no-store' },
      'content-length': String(span.to - span.from),
      ...(part && { 'content-range': `bytes ${span.from}-${span.to - 1}/${plan.totalBytes}` }),
    },
  })
}
