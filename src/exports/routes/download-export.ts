import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { openArchive } from '../zip/open-archive'
import { signArchivePath } from '../zip/sign'

const route = defineRoute({
  operationId: 'downloadExport',
  method: 'get',
  path: '/api/v1/apps/pose-generator/exports/{id}/download',
  summary: 'Leads to the ZIP of an export that has ended',
  ...access('user', 'export'),
  request: { params: idParam('export') },
  responses: {
    302: { description: 'The ZIP is at `Location`, a signed URL that lives at most 15 minutes' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
})

export const registerDownloadExport = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const archive = await openArchive(ctx, caller.userId, id)
    if (archive === 'unknown') throw fail('NOT_FOUND')
    if (typeof archive === 'string') throw fail('CONFLICT', { reason: REASONS[archive], status: archive })
    const path = await signArchivePath(ctx.config.MEDIA_SIGNING_SECRET, caller.userId, id, ctx.now())
    return c.body(null, 302, { location: path, 'cache-control': 'no-store' })
  })

const REASONS = {
  running: 'the export is still running',
  failed: 'no file of this export could be made',
  cancelled: 'the export was cancelled',
  expired: 'the files are gone; start the export again, it is free',
}
