import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { EntrySchema, toEntry } from '../entry-view'

const route = defineRoute({
  operationId: 'listCreditEntries',
  method: 'get',
  path: '/api/v1/credits/entries',
  summary: "The caller's ledger, newest first",
  ...access('user'),
  request: {
    query: PageQuery.extend({
      cursor: z
        .string()
        .regex(/^\d{1,15}$/, 'must be a cursor of this list')
        .optional(),
    }),
  },
  responses: { 200: json(pageOf(EntrySchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListEntries = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor)
    const rows = await userObject(c.env, c.var.caller.userId).entries(before, limit + 1)
    const { items, page } = toPage(rows, limit, (entry) => String(entry.seq))
    return c.json({ items: items.map(toEntry), page }, 200)
  })
