import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { DashboardSchema, readDashboard } from '../dashboard'

const route = defineRoute({
  operationId: 'showStats',
  method: 'get',
  path: '/api/v1/apps/pose-generator/stats',
  tags: ['Statistics'],
  summary: 'What the caller has made, spent and used most',
  ...access('user'),
  responses: { 200: json(DashboardSchema), ...errors('UNAUTHENTICATED') },
})

export const registerShowStats = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    c.header('cache-control', 'private, no-store')
    return c.json(await readDashboard(ctx, caller.userId, answerInCallersLanguage(c)), 200)
  })
