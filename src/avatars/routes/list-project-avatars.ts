import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam, queryInteger } from '../../http/fields'
import { MAX_PAGE_LIMIT, PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { AVATAR_PATH, AVATARS_PER_PAGE } from '../fields'
import { listAvatarRows } from '../find-avatar'
import { hasAvatarProject } from '../find-avatar-project'
import { AvatarSchema, toAvatar } from '../views'

const route = defineRoute({
  operationId: 'listProjectAvatars',
  method: 'get',
  path: `${AVATAR_PATH}/projects/{id}/avatars`,
  tags: ['Avatars'],
  summary: 'The avatars of a project, newest first',
  ...access('user', 'avatarProject'),
  request: {
    params: idParam('avatarProject'),
    query: PageQuery.extend({ limit: queryInteger(1, MAX_PAGE_LIMIT, AVATARS_PER_PAGE) }),
  },
  responses: { 200: json(pageOf(AvatarSchema)), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerListProjectAvatars = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const projectId = c.req.valid('param').id
    const { limit, cursor: before } = c.req.valid('query')
    if (!(await hasAvatarProject(ctx.db, caller.userId, projectId))) throw fail('NOT_FOUND')
    const rows = await listAvatarRows(ctx.db, caller.userId, { projectId, before }, limit + 1)
    const { items, page } = toPage(rows, limit, (row) => row.id)
    const shown = await Promise.all(items.map((row) => toAvatar(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now())))
    return c.json({ items: shown, page }, 200)
  })
