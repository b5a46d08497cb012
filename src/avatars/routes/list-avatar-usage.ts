import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { AVATAR_PATH } from '../fields'
import { requireAvatar } from '../find-avatar'
import { AvatarUsageSchema, listUsageRows, toAvatarUsage } from '../usage'

const route = defineRoute({
  operationId: 'listAvatarUsage',
  method: 'get',
  path: `${AVATAR_PATH}/avatars/{id}/usage-history`,
  tags: ['Avatars'],
  summary: 'What an avatar was used for, latest first',
  ...access('user', 'avatar'),
  request: {
    params: idParam('avatar'),
    query: PageQuery.extend({
      cursor: z
        .string()
        .regex(/^\d{1,15}$/, 'must be a cursor of this list')
        .optional(),
    }),
  },
  responses: { 200: json(pageOf(AvatarUsageSchema)), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerListAvatarUsage = (app: App) =>
  app.openapi(route, async (c) => {
    const { db } = c.var.ctx
    const { id } = c.req.valid('param')
    const { limit, cursor } = c.req.valid('query')
    await requireAvatar(db, c.var.caller.userId, id)
    const language = answerInCallersLanguage(c)
    const rows = await listUsageRows(db, id, cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor), limit + 1)
    const { items, page } = toPage(rows, limit, (row) => String(row.id))
    return c.json({ items: items.map((row) => toAvatarUsage(row, language)), page }, 200)
  })
