import { z } from '@hono/zod-openapi'
import { accessWithJson } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail, invalidField } from '../../http/errors'
import { errors, json, jsonBody } from '../../http/responses'
import { userObject } from '../../objects'
import { checkPassword } from '../check-password'
import { GivenPassword, NewPassword } from '../fields'
import { requireLiveSession } from '../live-sessions'
import { hashPassword } from '../password-hash'
import { findUser, replacePasswordHash } from '../users'

const ChangePassword = z
  .strictObject({ currentPassword: GivenPassword, newPassword: NewPassword })
  .openapi('ChangePassword')
const PasswordChanged = z.object({ revokedSessions: z.number().int() }).openapi('PasswordChanged')

const route = defineRoute({
  operationId: 'changePassword',
  method: 'post',
  path: '/api/v1/auth/password',
  tags: ['Accounts'],
  summary: 'Change the password and sign every other device out.',
  ...accessWithJson('user'),
  request: { body: jsonBody(ChangePassword) },
  responses: {
    200: json(PasswordChanged, 'Changed; how many other devices were signed out'),
    ...errors(
      'INVALID_JSON',
      'UNAUTHENTICATED',
      'CONFLICT',
      'TOO_LARGE',
      'UNSUPPORTED_TYPE',
      'VALIDATION_FAILED',
      'RATE_LIMITED',
      'UNAVAILABLE',
    ),
  },
})

export const registerChangePassword = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { currentPassword, newPassword } = c.req.valid('json')
    await requireLiveSession(ctx, caller)
    const user = await findUser(ctx.db, caller.userId)
    if (!user) throw fail('UNAUTHENTICATED')
    const address = c.req.header('cf-connecting-ip')
    const { matches } = await checkPassword(ctx, user, { email: user.email, password: currentPassword, address })
    // Not a 401: a client would take that for an expired token, refresh and try the same wrong password again.
    if (!matches) throw invalidField('currentPassword', 'is not the current password')
    if (!(await replacePasswordHash(ctx.db, user, await hashPassword(newPassword), ctx.now()))) throw fail('CONFLICT')
    // After the change, so that nobody can sign in with the old password behind its back.
    const revoked = await userObject(ctx.env, user.id).revokeOtherSessions(caller.sessionId)
    return c.json({ revokedSessions: revoked.length }, 200)
  })
