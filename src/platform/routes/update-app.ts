import { requireLiveAdmin } from '../../admin/require-live-admin'
import { registry } from '../../apps/registry'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { inForce, readSettings } from '../app-settings'
import { changeSettings } from '../change-settings'
import { AdminAppSchema, AppChanges, AppIdParam, toAdminApp } from '../views'

const route = defineRoute({
  operationId: 'updateApp',
  method: 'patch',
  path: '/api/v1/admin/apps/{appId}',
  tags: ['Apps'],
  summary: 'Switch an app on or off, say who may use it and where it stands; null is as the app ships',
  ...accessWithJson('admin'),
  request: { params: AppIdParam, body: jsonBody(AppChanges) },
  responses: {
    200: json(AdminAppSchema, 'As it holds now; elsewhere within a minute'),
    ...errors(
      ...(['INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE'] as const),
      ...(['UNSUPPORTED_TYPE', 'VALIDATION_FAILED'] as const),
    ),
  },
})

export const registerUpdateApp = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveAdmin(ctx, caller)
    const manifest = registry.get(c.req.valid('param').appId)
    if (!manifest) throw fail('NOT_FOUND')
    await changeSettings(ctx, caller.userId, manifest, c.req.valid('json'))
    const row = (await readSettings(ctx.db)).get(manifest.id)
    return c.json(toAdminApp(ctx, manifest, inForce(manifest, row), row), 200)
  })
