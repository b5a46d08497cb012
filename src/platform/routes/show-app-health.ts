import { z } from '@hono/zod-openapi'
import { APP_PARTS, type AppPart } from '../../apps/manifest'
import { registry } from '../../apps/registry'
import { lookAround } from '../../health/look'
import { Health } from '../../health/views'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { inForce, recentSettings } from '../app-settings'
import { AppIdParam } from '../views'

const RETRY_SECONDS = 5

const AppHealth = z
  .object({
    status: Health,
    parts: z.partialRecord(z.enum(APP_PARTS), Health).openapi({ description: 'What this app rests on' }),
  })
  .openapi('AppHealth')

const route = defineRoute({
  operationId: 'showAppHealth',
  method: 'get',
  path: '/api/v1/apps/{appId}/health',
  tags: ['Apps'],
  summary: 'How what an app rests on does, at most 5 seconds old; 503 only when nothing of it works',
  ...access('public'),
  request: { params: AppIdParam },
  responses: { 200: json(AppHealth), ...errors('NOT_FOUND', 'VALIDATION_FAILED', 'UNAVAILABLE') },
})

/** An app that is only announced has nothing that could be well or not: 404. */
export const registerShowAppHealth = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const manifest = registry.get(c.req.valid('param').appId)
    if (!manifest) throw fail('NOT_FOUND')
    const found = inForce(manifest, (await recentSettings(ctx)).get(manifest.id))
    if (found.features.comingSoon) throw fail('NOT_FOUND', { reason: 'this app is coming soon' })
    const look = await lookAround(ctx)
    const parts = pick(look.parts, [...found.needs, ...found.uses])
    const isWhole = Object.values(parts).every((health) => health === 'ok')
    const status = look.status === 'down' ? 'down' : isWhole ? 'ok' : 'degraded'
    c.header('cache-control', 'no-store')
    if (status === 'down') throw fail('UNAVAILABLE', { status, parts }, RETRY_SECONDS)
    return c.json({ status, parts }, 200)
  })

const pick = <V>(parts: Record<AppPart, V>, names: readonly AppPart[]): Partial<Record<AppPart, V>> =>
  Object.fromEntries(names.map((name) => [name, parts[name]]))
