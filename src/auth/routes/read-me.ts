import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { UserView } from '../fields'
import { findUser, userView } from '../users'

const route = defineRoute({
  operationId: 'readMe',
  method: 'get',
  path: '/api/v1/auth/me',
  tags: ['Accounts'],
  summary: 'The account that is signed in, as it is now.',
  ...access('user'),
  responses: { 200: json(z.object({ user: UserView })), ...errors('UNAUTHENTICATED') },
})

export const registerReadMe = (app: App) =>
  app.openapi(route, async (c) => {
    const user = await findUser(c.var.ctx.db, c.var.caller.userId)
    if (!user) throw fail('UNAUTHENTICATED')
    return c.json({ user: userView(user) }, 200)
  })
