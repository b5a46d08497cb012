import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { AVATAR_PATH } from '../fields'
import { requireAvatar } from '../find-avatar'
import { AvatarSchema, toAvatar } from '../views'

const route = defineRoute({
  operationId: 'showAvatar',
  method: 'get',
  path: `${AVATAR_PATH}/avatars/{id}`,
  tags: ['Avatars'],
  summary: 'An avatar: who it is, how it looks, and what it was made of',
  ...access('user', 'avatar'),
  request: { params: idParam('avatar') },
  responses: { 200: json(AvatarSchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowAvatar = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const row = await requireAvatar(ctx.db, caller.userId, c.req.valid('param').id)
    return c.json(await toAvatar(ctx.config.MEDIA_SIGNING_SECRET, row, ctx.now()), 200)
  })
