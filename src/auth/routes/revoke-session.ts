import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors } from '../../http/responses'
import { userObject } from '../../objects'
import { requireLiveSession } from '../live-sessions'

const route = defineRoute({
  operationId: 'revokeSession',
  method: 'delete',
  path: '/api/v1/auth/sessions/{id}',
  tags: ['Accounts'],
  summary: 'Sign a device out.',
  ...access('user', 'session'),
  request: { params: idParam('session') },
  responses: {
    204: { description: 'Signed out' },
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerRevokeSession = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    await requireLiveSession(ctx, caller)
    const revoked = await userObject(ctx.env, caller.userId).revokeSession(c.req.valid('param').id)
    if (!revoked) throw fail('NOT_FOUND')
    return c.body(null, 204)
  })
