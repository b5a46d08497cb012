import { and, desc, eq, lt } from 'drizzle-orm'
import { uploads } from '../../db/tables/uploads'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { readStorage, StorageSchema } from '../storage'
import { toUpload, UploadSchema } from '../views'

const route = defineRoute({
  operationId: 'listUploads',
  method: 'get',
  path: '/api/v1/uploads',
  summary: "The caller's uploads, newest first, and how much more may be stored",
  ...access('user'),
  request: { query: PageQuery },
  responses: {
    200: json(pageOf(UploadSchema).extend({ storage: StorageSchema })),
    ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED'),
  },
})

export const registerListUploads = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { limit, cursor } = c.req.valid('query')
    const mine = eq(uploads.userId, caller.userId)
    const [rows, storage] = await Promise.all([
      ctx.db
        .select()
        .from(uploads)
        .where(cursor ? and(mine, lt(uploads.id, cursor)) : mine)
        .orderBy(desc(uploads.id))
        .limit(limit + 1),
      readStorage(ctx, caller.userId),
    ])
    const { items, page } = toPage(rows, limit, (row) => row.id)
    const shown = items.map((row) => toUpload(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now()))
    return c.json({ items: await Promise.all(shown), page, storage }, 200)
  })
