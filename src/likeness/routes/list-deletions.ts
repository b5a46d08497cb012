import { and, desc, eq, sql } from 'drizzle-orm'
import { avatarDeletions } from '../../db/tables/likeness'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { DeletionSchema, toDeletion } from '../deletion-view'

const route = defineRoute({
  operationId: 'listAvatarDeletions',
  method: 'get',
  path: '/api/v1/apps/avatar-creator/deletions',
  tags: ['Avatars: likeness'],
  summary: "What the caller's deletions of avatars removed, and takedowns after a report; newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(DeletionSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListAvatarDeletions = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { limit, cursor } = c.req.valid('query')
    const { id, userId, createdAt } = avatarDeletions
    // By time: that of a takedown has the id of its report, which may have waited for weeks.
    const isBefore = sql`(${createdAt}, ${id}) < (select created_at, id from avatar_deletions where id = ${cursor})`
    const rows = await ctx.db
      .select()
      .from(avatarDeletions)
      .where(and(eq(userId, caller.userId), cursor ? isBefore : undefined))
      .orderBy(desc(createdAt), desc(id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toDeletion), page }, 200)
  })
