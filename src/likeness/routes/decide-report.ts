import { z } from '@hono/zod-openapi'
import { requireLiveAdmin } from '../../admin/require-live-admin'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json, jsonBody } from '../../http/responses'
import { decideReport, ReportDecision } from '../decide-report'
import { DeletionSchema, toDeletion } from '../deletion-view'
import { ReportSchema, toReport } from '../report-view'

const route = defineRoute({
  operationId: 'decideAvatarReport',
  method: 'post',
  path: '/api/v1/admin/avatar-reports/{id}/decision',
  tags: ['Avatars: likeness'],
  summary: 'Uphold a report, which takes everything with that face down, or dismiss it',
  description: 'The same decision again answers the same, and goes on with a takedown that was cut short.',
  ...accessWithJson('admin'),
  request: { params: idParam('avatarReport'), body: jsonBody(ReportDecision) },
  responses: {
    200: json(
      z.object({
        report: ReportSchema,
        deletion: DeletionSchema.nullable().openapi({ description: 'Null: dismissed, or nothing was there any more' }),
      }),
      'Decided, now or before',
    ),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'ALREADY_DECIDED'] as const),
      ...(['TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'] as const),
    ),
  },
})

export const registerDecideAvatarReport = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const { report, deletion } = await decideReport(ctx, caller.userId, c.req.valid('param').id, c.req.valid('json'))
    return c.json({ report: toReport(report), deletion: deletion && toDeletion(deletion) }, 200)
  })
