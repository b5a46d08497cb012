import { z } from '@hono/zod-openapi'
import { PROVIDER_IDS } from '../../config'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { providerObject } from '../../objects'
import { readStandingOf } from '../../providers/status'
import { ProviderSchema, toProvider } from '../provider-view'
import { recordAudit } from '../record-audit'
import { requireLiveAdmin } from '../require-live-admin'

const route = defineRoute({
  operationId: 'resetProvider',
  method: 'post',
  path: '/api/v1/admin/providers/{id}/reset',
  summary: 'Let pictures through to a provider again at once, e.g. after its account was topped up',
  ...access('admin'),
  request: { params: z.object({ id: z.enum(PROVIDER_IDS).openapi({ param: { name: 'id', in: 'path' } }) }) },
  responses: {
    200: json(z.object({ provider: ProviderSchema }), 'Its circuit is closed, now or before'),
    ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'VALIDATION_FAILED'),
  },
})

/** One that is not configured, not set up or has nothing to guard is not found. Should it still fail, it opens again. */
export const registerResetProvider = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx, caller } = c.var
    const { id } = c.req.valid('param')
    await requireLiveAdmin(ctx, caller)
    const before = await readStandingOf(ctx, id)
    if (!before?.provider?.limits) throw fail('NOT_FOUND')
    const { provider, status } = before
    const details = { model: provider.model, circuit: status?.circuit ?? null, openUntil: status?.openUntil ?? null }
    // On record first: a circuit that was closed by hand is never without a name.
    await recordAudit(ctx, caller.userId, 'provider.reset', `provider:${id}`, details)
    await providerObject(ctx.env, provider).reset()
    return c.json({ provider: toProvider((await readStandingOf(ctx, id)) ?? before) }, 200)
  })
