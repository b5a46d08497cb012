import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { checkPassword } from '../check-password'
import { Email, GivenPassword, SignedIn } from '../fields'
import { hashPassword, refuseWhenCrowded } from '../password-hash'
import { startSession } from '../start-session'
import { findUserByEmail, replacePasswordHash } from '../users'

const Login = z.strictObject({ email: Email, password: GivenPassword }).openapi('Login')

const route = defineRoute({
  operationId: 'login',
  method: 'post',
  path: '/api/v1/auth/login',
  tags: ['Accounts'],
  summary: 'Sign in with e-mail and password.',
  ...accessWithJson('public'),
  request: { body: jsonBody(Login) },
  responses: {
    200: json(SignedIn, 'Signed in'),
    ...errors(
      'INVALID_JSON',
      'WRONG_CREDENTIALS',
      'TOO_LARGE',
      'UNSUPPORTED_TYPE',
      'VALIDATION_FAILED',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ),
  },
})

export const registerLogin = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { email, password } = c.req.valid('json')
    refuseWhenCrowded()
    const user = await findUserByEmail(ctx.db, email)
    const verdict = await checkPassword(ctx, user, { email, password, address: c.req.header('cf-connecting-ip') })
    if (!user || !verdict.matches) throw fail('WRONG_CREDENTIALS')
    if (verdict.isOutdated) await replacePasswordHash(ctx.db, user, await hashPassword(password), ctx.now())
    return c.json(await startSession(c, user), 200)
  })
