import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors } from '../../http/responses'
import { userObject } from '../../objects'
import { LIVE_PROTOCOL, TICKET_PREFIX } from '../events'
import { readTicket } from '../ticket'

const route = defineRoute({
  operationId: 'openLive',
  method: 'get',
  path: '/api/v1/live',
  summary: 'The live socket; the ticket travels in Sec-WebSocket-Protocol: lumiku.v1, ticket.<ticket>',
  ...access('public'),
  responses: {
    101: { description: 'A WebSocket (RFC 6455) with the sub-protocol lumiku.v1' },
    ...errors('INVALID_HEADER', 'UNAUTHENTICATED', 'FORBIDDEN'),
  },
})

/** A browser always says where it comes from, and CORS does not guard sockets: the allow-list is checked here. */
export const registerOpenLive = (app: App) =>
  app.openapi(route, async (c) => {
    const origin = c.req.header('origin')
    const { ALLOWED_ORIGINS } = c.var.ctx.config
    if (origin !== undefined && !ALLOWED_ORIGINS.includes(origin) && origin !== new URL(c.req.url).origin)
      throw fail('FORBIDDEN')
    const offered = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((part) => part.trim())
    const ticket = offered.find((part) => part.startsWith(TICKET_PREFIX))?.slice(TICKET_PREFIX.length)
    const holder = ticket ? await readTicket(c.var.ctx.config.JWT_SECRET, ticket) : null
    if (!holder) throw fail('UNAUTHENTICATED')
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket' || !offered.includes(LIVE_PROTOCOL))
      throw fail('INVALID_HEADER', { issues: [{ field: 'upgrade', rule: `websocket with ${LIVE_PROTOCOL}` }] })
    const answer = await userObject(c.env, holder.userId).fetch(c.req.raw)
    if (answer.status !== 101) throw fail('UNAUTHENTICATED')
    return answer as never
  })
