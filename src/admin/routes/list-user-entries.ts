import { z } from '@hono/zod-openapi'
import { findUser } from '../../auth/users'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { AdminEntry, toAdminEntry } from '../views'

const route = defineRoute({
  operationId: 'listUserEntries',
  method: 'get',
  path: '/api/v1/admin/users/{id}/entries',
  summary: "Somebody's ledger, newest first, with who did what and why",
  ...access('admin'),
  request: {
    params: idParam('user'),
    query: PageQuery.extend({
      cursor: z
        .string()
        .regex(/^\d{1,15}$/, 'must be a cursor of this list')
        .optional(),
    }),
  },
  responses: {
    200: json(pageOf(AdminEntry)),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerListUserEntries = (app: App) =>
  app.openapi(route, async (c) => {
    const user = await findUser(c.var.ctx.db, c.req.valid('param').id)
    if (!user) throw fail('NOT_FOUND')
    const { limit, cursor } = c.req.valid('query')
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
    const rows = await userObject(c.env, user.id).entries(before, limit + 1)
    const { items, page } = toPage(rows, limit, (entry) => String(entry.seq))
    return c.json({ items: items.map(toAdminEntry), page }, 200)
  })
