import { z } from '@hono/zod-openapi'
import { MAX_LIVE_SESSIONS } from '../../../durable-objects/user/sessions'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { pageOf } from '../../http/page'
import { errors, json } from '../../http/responses'
import { requireLiveSession } from '../live-sessions'

const Session = z
  .object({
    id: z.string(),
    userAgent: z.string(),
    createdAt: z.string(),
    lastUsedAt: z.string(),
    expiresAt: z.string(),
    isCurrent: z.boolean(),
  })
  .openapi('Session')

const route = defineRoute({
  operationId: 'listSessions',
  method: 'get',
  path: '/api/v1/auth/sessions',
  tags: ['Accounts'],
  summary: 'The devices that are signed in, last used first. There are at most ten, always on one page.',
  ...access('user'),
  responses: { 200: json(pageOf(Session)), ...errors('UNAUTHENTICATED') },
})

export const registerListSessions = (app: App) =>
  app.openapi(route, async (c) => {
    const sessions = await requireLiveSession(c.var.ctx, c.var.caller)
    const items = sessions.map(({ id, userAgent, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      userAgent,
      createdAt: new Date(createdAt).toISOString(),
      lastUsedAt: new Date(lastUsedAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
      isCurrent: id === c.var.caller.sessionId,
    }))
    return c.json({ items, page: { nextCursor: null, limit: MAX_LIVE_SESSIONS } }, 200)
  })
