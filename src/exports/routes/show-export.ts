import { z } from '@hono/zod-openapi'
import { PREFER_DESCRIPTION, preferredWait, waitForEnd } from '../../generations/wait'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { ExportSchema, showExport } from '../export-view'
import { exportWork } from '../zip/open-archive'

const route = defineRoute({
  operationId: 'showExport',
  method: 'get',
  path: '/api/v1/apps/pose-generator/exports/{id}',
  summary: 'An export, how far it is, and where its ZIP is',
  description: PREFER_DESCRIPTION,
  ...access('user', 'export'),
  request: { params: idParam('export') },
  responses: {
    200: json(z.object({ export: ExportSchema })),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
})

/** Read from the user's object, not from D1: on an event it shows the same or newer. */
export const registerShowExport = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    const waited = await waitForEnd(ctx, caller.userId, id, preferredWait(c.req.header('prefer')))
    const work = await exportWork(ctx, caller.userId, id)
    if (!work) throw fail('NOT_FOUND')
    return c.json({ export: await showExport(ctx, caller.userId, work) }, 200, waited)
  })
