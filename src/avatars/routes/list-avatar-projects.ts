import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { AVATAR_PATH } from '../fields'
import { listAvatarProjects } from '../find-avatar-project'
import { AvatarProjectSchema, toAvatarProject } from '../views'

const route = defineRoute({
  operationId: 'listAvatarProjects',
  method: 'get',
  path: `${AVATAR_PATH}/projects`,
  tags: ['Avatars'],
  summary: "The caller's projects of avatars, newest first",
  ...access('user'),
  request: { query: PageQuery },
  responses: { 200: json(pageOf(AvatarProjectSchema)), ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED') },
})

export const registerListAvatarProjects = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const rows = await listAvatarProjects(c.var.ctx.db, c.var.caller.userId, cursor, limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    return c.json({ items: items.map(toAvatarProject), page }, 200)
  })
