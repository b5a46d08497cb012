import { z } from '@hono/zod-openapi'
import { takeReport } from '../../auth/attempts'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json, jsonBody } from '../../http/responses'
import { createReport, ReportWish } from '../create-report'

const route = defineRoute({
  operationId: 'createAvatarReport',
  method: 'post',
  path: '/api/v1/apps/avatar-creator/reports',
  tags: ['Avatars: likeness'],
  summary: 'Report an avatar or a picture; for anybody, without an account',
  description:
    'A person looks at every report. The answer is the same whether or not there is such a picture. ' +
    'At most five reports an hour from one address; the same report again is answered with its id.',
  ...accessWithJson('public'),
  request: { body: jsonBody(ReportWish) },
  responses: {
    202: json(z.object({ id: z.string() }), 'Received'),
    ...errors('INVALID_JSON', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED', 'RATE_LIMITED'),
  },
})

export const registerCreateAvatarReport = (app: App) =>
  app.openapi(route, async (c) => {
    await takeReport(c.var.ctx, c.req.header('cf-connecting-ip'))
    return c.json({ id: await createReport(c.var.ctx, c.req.valid('json')) }, 202)
  })
