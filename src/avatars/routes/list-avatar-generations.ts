import { and, desc, eq, lt } from 'drizzle-orm'
import { avatarCreator } from '../../apps/avatar-creator/app'
import { appJobs } from '../../db/tables/apps'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { AVATAR_PATH } from '../fields'
import { AvatarGenerationSchema, toAvatarGeneration } from '../generation-views'

const route = defineRoute({
  operationId: 'listAvatarGenerations',
  method: 'get',
  path: `${AVATAR_PATH}/generations`,
  tags: ['Avatars'],
  summary: "The caller's generations of avatars, newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(AvatarGenerationSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListAvatarGenerations = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const mine = [eq(appJobs.userId, c.var.caller.userId), eq(appJobs.app, avatarCreator.id)]
    if (cursor) mine.push(lt(appJobs.id, cursor))
    const rows = await c.var.ctx.db
      .select()
      .from(appJobs)
      .where(and(...mine))
      .orderBy(desc(appJobs.id))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toAvatarGeneration), page }, 200)
  })
