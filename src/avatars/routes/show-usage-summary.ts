import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { idParam } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { AVATAR_PATH } from '../fields'
import { requireAvatar } from '../find-avatar'
import { readUsageSummary, UsageSummarySchema } from '../usage'

const route = defineRoute({
  operationId: 'showUsageSummary',
  method: 'get',
  path: `${AVATAR_PATH}/avatars/{id}/usage-summary`,
  tags: ['Avatars'],
  summary: 'How often each app used an avatar, and when last',
  ...access('user', 'avatar'),
  request: { params: idParam('avatar') },
  responses: { 200: json(UsageSummarySchema), ...errors('UNAUTHENTICATED', 'NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowUsageSummary = (app: App) =>
  app.openapi(route, async (c) => {
    const { db } = c.var.ctx
    const { id } = c.req.valid('param')
    await requireAvatar(db, c.var.caller.userId, id)
    return c.json(await readUsageSummary(db, id, answerInCallersLanguage(c)), 200)
  })
