import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { fail } from '../../http/errors'
import { errors, json } from '../../http/responses'
import { sha256Hex } from '../../kernel/hash'
import { TICKET_LIFETIME_MS } from '../../kernel/limits'
import { userObject } from '../../objects'
import { newTicket } from '../ticket'

const route = defineRoute({
  operationId: 'createLiveTicket',
  method: 'post',
  path: '/api/v1/live/ticket',
  summary: 'A ticket for the live socket: one use, 30 seconds',
  ...access('user'),
  responses: {
    201: json(z.object({ ticket: z.string(), expiresIn: z.number().int() }), 'Created'),
    ...errors('UNAUTHENTICATED'),
  },
})

export const registerCreateTicket = (app: App) =>
  app.openapi(route, async (c) => {
    const { userId, sessionId } = c.var.caller
    const ticket = await newTicket(c.var.ctx.config.JWT_SECRET, userId)
    const kept = await userObject(c.env, userId).keepTicket(await sha256Hex(ticket), sessionId)
    if (!kept) throw fail('UNAUTHENTICATED')
    return c.json({ ticket, expiresIn: TICKET_LIFETIME_MS / 1000 }, 201)
  })
