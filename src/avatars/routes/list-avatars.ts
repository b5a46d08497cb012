import { z } from '@hono/zod-openapi'
import { AVATAR_WAYS } from '../../db/tables/avatars'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idField } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { AVATAR_PATH } from '../fields'
import { listAvatarRows } from '../find-avatar'
import { AvatarSchema, toAvatar } from '../views'

const route = defineRoute({
  operationId: 'listAvatars',
  method: 'get',
  path: `${AVATAR_PATH}/avatars`,
  tags: ['Avatars'],
  summary: "The caller's avatars of all projects, newest first",
  ...access('user'),
  request: {
    query: PageQuery.extend({
      projectId: idField('avatarProject').optional(),
      sourceType: z.enum(AVATAR_WAYS).optional(),
    }),
  },
  responses: { 200: json(pageOf(AvatarSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListAvatars = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { limit, cursor: before, projectId, sourceType } = c.req.valid('query')
    const rows = await listAvatarRows(ctx.db, caller.userId, { projectId, sourceType, before }, limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    const shown = await Promise.all(items.map((row) => toAvatar(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now())))
    return c.json({ items: shown, page }, 200)
  })
