import { registry } from '../../apps/registry'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { visitorOf } from '../app-access'
import { readPriceLists } from '../app-prices'
import { inForce, recentSettings } from '../app-settings'
import { callerOrStranger } from '../caller-or-stranger'
import { AppIdParam, AppSchema, toApp } from '../views'

const route = defineRoute({
  operationId: 'showApp',
  method: 'get',
  path: '/api/v1/apps/{appId}',
  tags: ['Apps'],
  summary: 'One app, as the caller may use it',
  ...access('public'),
  request: { params: AppIdParam },
  responses: { 200: json(AppSchema), ...errors('NOT_FOUND', 'VALIDATION_FAILED') },
})

/** Who was given the address of an app for others learns why he may not use it; the list does not show it to him. */
export const registerShowApp = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const manifest = registry.get(c.req.valid('param').appId)
    if (!manifest) throw fail('NOT_FOUND')
    const caller = await callerOrStranger(c)
    const language = answerInCallersLanguage(c)
    const [rows, lists] = await Promise.all([recentSettings(ctx), readPriceLists(ctx)])
    const found = inForce(manifest, rows.get(manifest.id))
    const visitor = await visitorOf(ctx, caller, [found])
    c.header('vary', 'Authorization', { append: true })
    c.header('cache-control', caller ? 'private, no-cache' : 'public, max-age=15')
    return c.json(toApp(ctx, found, { visitor, language }, lists), 200)
  })
