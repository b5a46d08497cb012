import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { AvatarStatsSchema, readAvatarStats } from '../avatar-stats'
import { AVATAR_PATH } from '../fields'

const route = defineRoute({
  operationId: 'showAvatarStats',
  method: 'get',
  path: `${AVATAR_PATH}/stats`,
  tags: ['Statistics'],
  summary: 'Which avatars the caller has made, what they cost and which are used most',
  ...access('user'),
  responses: { 200: json(AvatarStatsSchema), ...errors('UNAUTHENTICATED') },
})

export const registerShowAvatarStats = (app: App) =>
  app.openapi(route, async (c) => {
    c.header('cache-control', 'private, no-store')
    return c.json(await readAvatarStats(c.var.ctx, c.var.caller.userId), 200)
  })
