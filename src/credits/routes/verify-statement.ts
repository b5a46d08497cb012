import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { VerificationSchema, verifyLedger } from '../verify-ledger'

const route = defineRoute({
  operationId: 'verifyStatement',
  method: 'get',
  path: '/api/v1/credits/statement/verify',
  summary: "Recompute the caller's whole ledger and say of every promise whether it holds",
  ...access('user'),
  responses: { 200: json(VerificationSchema), ...errors('UNAUTHENTICATED') },
})

export const registerVerifyStatement = (app: App) =>
  app.openapi(route, async (c) => {
    c.header('cache-control', 'private, no-store')
    return c.json(await verifyLedger(c.var.ctx, c.var.caller.userId), 200)
  })
