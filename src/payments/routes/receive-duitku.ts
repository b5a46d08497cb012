import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { answerNotice } from './answer-notice'

// The signature is over the gateway's own letters, so the body is read as text and judged by the gateway's adapter.
const route = defineRoute({
  operationId: 'receiveDuitku',
  method: 'post',
  path: '/api/v1/payments/callback/duitku',
  summary: 'A callback of Duitku, as a signed form. It only makes us ask the gateway',
  ...access('public'),
  responses: {
    200: { description: 'Heard', content: { 'text/plain': { schema: z.string() } } },
    ...errors('UNREADABLE_NOTICE', 'UNAUTHENTICATED', 'TOO_LARGE', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
})

export const registerReceiveDuitku = (app: App) => app.openapi(route, (c) => answerNotice(c, 'duitku'))
