import { z } from '@hono/zod-openapi'
import { and, asc, eq, gt, gte, lt } from 'drizzle-orm'
import { UserView } from '../../auth/fields'
import { userView } from '../../auth/users'
import { users } from '../../db/tables/users'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'

/** No text sorts after it: SQLite compares UTF-8 byte by byte. */
const LAST = '\u{10FFFF}'

/** The beginning of an e-mail in the form that is stored. */
const EmailPrefix = z
  .string()
  .max(254)
  .transform((value) => value.normalize('NFKC').trim().toLowerCase())
  .default('')
  .openapi({ type: 'string', maxLength: 254, example: 'sari@' })

const route = defineRoute({
  operationId: 'listUsers',
  method: 'get',
  path: '/api/v1/admin/users',
  summary: 'Accounts whose e-mail begins like this, by e-mail',
  ...access('admin'),
  request: { query: PageQuery.extend({ email: EmailPrefix }) },
  responses: {
    200: json(pageOf(UserView.extend({ createdAt: z.string().openapi({ format: 'date-time' }) }))),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED'),
  },
})

export const registerListUsers = (app: App) =>
  app.openapi(route, async (c) => {
    const { email, limit, cursor } = c.req.valid('query')
    const { db } = c.var.ctx
    // The cursor is an id: an e-mail has no place in a URL that gets logged.
    const lastShown = db
      .select({ email: users.email })
      .from(users)
      .where(eq(users.id, cursor ?? ''))
    const rows = await db
      .select()
      .from(users)
      .where(
        and(gte(users.email, email), lt(users.email, email + LAST), cursor ? gt(users.email, lastShown) : undefined),
      )
      .orderBy(asc(users.email))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    const shown = items.map((row) => ({ ...userView(row), createdAt: new Date(row.createdAt).toISOString() }))
    return c.json({ items: shown, page }, 200)
  })
