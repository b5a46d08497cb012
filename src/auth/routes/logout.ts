import type { Context } from 'hono'
import { access, callerOf } from '../../http/access'
import type { App, AppEnv } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { userObject } from '../../objects'
import { RefreshBody } from '../fields'
import { clearRefreshCookie, optionalJson, presentedToken } from '../refresh-cookie'
import { readRefreshToken } from '../refresh-token'

const route = defineRoute({
  operationId: 'logout',
  method: 'post',
  path: '/api/v1/auth/logout',
  tags: ['Accounts'],
  summary: 'End the session of the refresh token (body field, or cookie) or else of the access token.',
  ...access('public'),
  middleware: [optionalJson],
  request: { body: { content: { 'application/json': { schema: RefreshBody } } } },
  responses: {
    204: { description: 'Signed out, or was not signed in' },
    ...errors('INVALID_JSON', 'FORBIDDEN', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerLogout = (app: App) =>
  app.openapi(route, async (c) => {
    const session = await sessionOf(c, presentedToken(c, c.req.valid('json')))
    if (session) await userObject(c.var.ctx.env, session.userId).revokeSession(session.sessionId)
    clearRefreshCookie(c)
    return c.body(null, 204)
  })

/** An old token of the session will do: signing out is the one thing that somebody with a copy may do as well. */
async function sessionOf(c: Context<AppEnv>, text: string | undefined) {
  if (text !== undefined) return readRefreshToken(c.var.ctx.config.JWT_SECRET, text)
  return callerOf(c)
}
