import { z } from '@hono/zod-openapi'
import { PREFER_DESCRIPTION, preferredWait, waitForEnd } from '../../generations/wait'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { IdempotencyHeader } from '../../http/idempotency'
import { errors, json, jsonBody } from '../../http/responses'
import { ExportSchema, selfPath, showExport, toExport } from '../export-view'
import { ExportBody, startExport } from '../start-export'
import { exportWork } from '../zip/open-archive'

const Links = z.object({ self: z.string(), download: z.string(), cancel: z.string(), events: z.string() })

const route = defineRoute({
  operationId: 'createExport',
  method: 'post',
  path: '/api/v1/apps/pose-generator/exports',
  summary: 'Files of up to 500 pictures in up to 10 formats, packed as a ZIP; free',
  description: PREFER_DESCRIPTION,
  ...accessWithJson('user', 'picture'),
  request: { headers: IdempotencyHeader, body: jsonBody(ExportBody) },
  responses: {
    202: json(
      z.object({ export: ExportSchema, links: Links }),
      'Accepted; `Idempotent-Replayed: true` when this key was answered before',
    ),
    ...errors(
      ...(['INVALID_JSON', 'INVALID_HEADER', 'UNAUTHENTICATED', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED', 'UNAVAILABLE'] as const),
    ),
  },
})

export const registerCreateExport = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { job, params, replayed, rate } = await startExport(ctx, caller, c.req.valid('json'), {
      key: c.req.valid('header')['idempotency-key'],
      language: languageOf(c.req.header('accept-language')),
    })
    const waited = await waitForEnd(ctx, caller.userId, job.id, preferredWait(c.req.header('prefer')))
    const work = Object.keys(waited).length > 0 ? await exportWork(ctx, caller.userId, job.id) : null
    const shown = work ? await showExport(ctx, caller.userId, work) : toExport({ job, params })
    const self = selfPath(job.id)
    const links = { self, download: `${self}/download`, cancel: `${self}/cancellation`, events: '/api/v1/events' }
    return c.json({ export: shown, links }, 202, {
      ...{ ...waited, ...(replayed && { 'idempotent-replayed': 'true' }), location: self },
      ...{ 'ratelimit-limit': String(rate.limit), 'ratelimit-remaining': String(rate.remaining) },
      'ratelimit-reset': String(Math.ceil(rate.resetMs / 1000)),
    })
  })
