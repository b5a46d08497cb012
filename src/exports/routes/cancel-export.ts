import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { ExportSchema, toExport } from '../export-view'
import { exportWork } from '../zip/open-archive'

const route = defineRoute({
  operationId: 'cancelExport',
  method: 'post',
  path: '/api/v1/apps/pose-generator/exports/{id}/cancellation',
  summary: 'Call an export off; files that were made by then stay with their pictures',
  ...access('user', 'export'),
  request: { params: idParam('export') },
  responses: {
    200: json(z.object({ export: ExportSchema }), 'Cancelled, now or before'),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'VALIDATION_FAILED'),
  },
})

export const registerCancelExport = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { userId, sessionId } = c.var.caller
    const { id } = c.req.valid('param')
    const work = await exportWork(ctx, userId, id)
    if (!work) throw fail('NOT_FOUND')
    const { code, job } = await userObject(c.env, userId).cancel(id, sessionId)
    if (code === 'revoked') throw fail('UNAUTHENTICATED')
    if (!job) throw fail('NOT_FOUND')
    if (code === 'ended') throw fail('CONFLICT', { reason: 'the export has ended', status: job.status })
    return c.json({ export: toExport({ job, params: work.params }) }, 200)
  })
