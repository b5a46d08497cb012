import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { newId } from '../../kernel/ids'
import { takeRegistration } from '../attempts'
import { Email, Name, NewPassword, SignedIn } from '../fields'
import { hashPassword, refuseWhenCrowded } from '../password-hash'
import { startSession } from '../start-session'
import { findUserByEmail, insertUser } from '../users'

const CreateAccount = z.strictObject({ email: Email, password: NewPassword, name: Name }).openapi('CreateAccount')

const route = defineRoute({
  operationId: 'createAccount',
  method: 'post',
  path: '/api/v1/auth/register',
  tags: ['Accounts'],
  summary: 'Make an account and sign in. The first one comes with the welcome credits.',
  ...accessWithJson('public'),
  request: { body: jsonBody(CreateAccount) },
  responses: {
    201: json(SignedIn, 'The account, signed in'),
    ...errors(
      'INVALID_JSON',
      'EMAIL_TAKEN',
      'TOO_LARGE',
      'UNSUPPORTED_TYPE',
      'VALIDATION_FAILED',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ),
  },
})

export const registerCreateAccount = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const { email, password, name } = c.req.valid('json')
    refuseWhenCrowded()
    await takeRegistration(ctx, c.req.header('cf-connecting-ip'))
    if (await findUserByEmail(ctx.db, email)) throw fail('EMAIL_TAKEN')
    const passwordHash = await hashPassword(password)
    const user = await insertUser(ctx.db, { id: newId('user'), email, name, passwordHash }, ctx.now())
    if (!user) throw fail('EMAIL_TAKEN')
    return c.json(await startSession(c, user), 201)
  })
