import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { isShownTo, visitorOf } from '../app-access'
import { readPriceLists } from '../app-prices'
import { allInForce, recentSettings } from '../app-settings'
import { callerOrStranger } from '../caller-or-stranger'
import { AppSchema, toApp } from '../views'

const route = defineRoute({
  operationId: 'listApps',
  method: 'get',
  path: '/api/v1/apps',
  tags: ['Apps'],
  summary: 'The apps of the platform in their order, as the caller may use them',
  ...access('public'),
  responses: { 200: json(z.object({ items: z.array(AppSchema) })) },
})

export const registerListApps = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const caller = await callerOrStranger(c)
    const language = answerInCallersLanguage(c)
    const [rows, lists] = await Promise.all([recentSettings(ctx), readPriceLists(ctx)])
    const apps = allInForce(rows)
    const visitor = await visitorOf(ctx, caller, apps)
    c.header('vary', 'Authorization', { append: true })
    c.header('cache-control', caller ? 'private, no-cache' : 'public, max-age=15')
    const shown = apps.filter((each) => isShownTo(each.access, visitor))
    return c.json({ items: shown.map((each) => toApp(ctx, each, { visitor, language }, lists)) }, 200)
  })
