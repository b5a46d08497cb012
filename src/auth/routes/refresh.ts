import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { RefreshBody, SignedIn } from '../fields'
import { clearRefreshCookie, optionalJson, presentedToken } from '../refresh-cookie'
import { readRefreshToken, refreshHash, successorOf } from '../refresh-token'
import { signedIn } from '../start-session'
import { findUser } from '../users'

const route = defineRoute({
  operationId: 'refresh',
  method: 'post',
  path: '/api/v1/auth/refresh',
  tags: ['Accounts'],
  summary: 'Trade the refresh token (cookie, or body field) for a new access token and a new refresh token.',
  ...access('public'),
  middleware: [optionalJson],
  request: { body: { content: { 'application/json': { schema: RefreshBody } } } },
  responses: {
    200: json(SignedIn, 'Signed in for longer'),
    ...errors('INVALID_JSON', 'UNAUTHENTICATED', 'FORBIDDEN', 'TOO_LARGE', 'UNSUPPORTED_TYPE', 'VALIDATION_FAILED'),
  },
})

export const registerRefresh = (app: App) =>
  app.openapi(route, async (c) => {
    const { env, db, config, log } = c.var.ctx
    const text = presentedToken(c, c.req.valid('json'))
    const token = text === undefined ? null : await readRefreshToken(config.JWT_SECRET, text)
    if (!token) {
      clearRefreshCookie(c)
      throw fail('UNAUTHENTICATED')
    }
    const successor = await successorOf(config.JWT_SECRET, token)
    const rotation = await userObject(env, token.userId).rotateSession({
      id: token.sessionId,
      presentedHash: await refreshHash(token),
      successorHash: await refreshHash(successor),
    })
    const user = rotation.ok ? await findUser(db, token.userId) : undefined
    if (!user) {
      if (!rotation.ok && rotation.code === 'REUSED')
        log('warn', 'refresh_token_reused', { userId: token.userId, sessionId: token.sessionId })
      clearRefreshCookie(c)
      throw fail('UNAUTHENTICATED')
    }
    return c.json(await signedIn(c, user, successor), 200)
  })
