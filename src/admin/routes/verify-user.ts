import { findUser } from '../../auth/users'
import { VerificationSchema, verifyLedger } from '../../credits/verify-ledger'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'

const route = defineRoute({
  operationId: 'verifyUser',
  method: 'get',
  path: '/api/v1/admin/users/{id}/verification',
  summary: "Somebody's whole ledger recomputed: the hash chain, the balances and every promise of the books",
  ...access('admin'),
  request: { params: idParam('user') },
  responses: {
    200: json(VerificationSchema),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerVerifyUser = (app: App) =>
  app.openapi(route, async (c) => {
    const user = await findUser(c.var.ctx.db, c.req.valid('param').id)
    if (!user) throw fail('NOT_FOUND')
    return c.json(await verifyLedger(c.var.ctx, user.id), 200)
  })
