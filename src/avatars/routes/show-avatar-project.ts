import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { AVATAR_PATH, AVATARS_PER_PAGE } from '../fields'
import { listAvatarRows } from '../find-avatar'
import { findAvatarProject } from '../find-avatar-project'
import { AvatarProjectSchema, AvatarSchema, toAvatar, toAvatarProject } from '../views'

const route = defineRoute({
  operationId: 'showAvatarProject',
  method: 'get',
  path: `${AVATAR_PATH}/projects/{id}`,
  tags: ['Avatars'],
  summary: 'A project with its latest avatars',
  description: `The first ${AVATARS_PER_PAGE} avatars; \`avatars.page.nextCursor\` leads on in \`GET .../projects/{id}/avatars\`.`,
  ...access('user', 'avatarProject'),
  request: { params: idParam('avatarProject') },
  responses: {
    200: json(AvatarProjectSchema.extend({ avatars: pageOf(AvatarSchema) }).openapi('AvatarProjectWithAvatars')),
    ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

export const registerShowAvatarProject = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const projectId = c.req.valid('param').id
    const project = await findAvatarProject(ctx.db, caller.userId, projectId)
    if (!project) throw fail('NOT_FOUND')
    const rows = await listAvatarRows(ctx.db, caller.userId, { projectId }, AVATARS_PER_PAGE + 1)
    const { items, page } = toPage(rows, AVATARS_PER_PAGE, (row) => row.id)
    const shown = await Promise.all(items.map((row) => toAvatar(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now())))
    return c.json({ ...toAvatarProject(project), avatars: { items: shown, page } }, 200)
  })
