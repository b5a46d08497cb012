import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors } from '../../http/responses'
import { answerNotice } from './answer-notice'

// The signature is over the gateway's own letters, so the body is read as text and judged by the gateway's adapter.
const route = defineRoute({
  operationId: 'receiveMidtrans',
  method: 'post',
  path: '/api/v1/payments/callback/midtrans',
  summary: 'A notification of Midtrans, as signed JSON. It only makes us ask the gateway',
  ...access('public'),
  responses: {
    200: { description: 'Heard', content: { 'text/plain': { schema: z.string() } } },
    ...errors('UNREADABLE_NOTICE', 'UNAUTHENTICATED', 'TOO_LARGE', 'RATE_LIMITED', 'UNAVAILABLE'),
  },
})

export const registerReceiveMidtrans = (app: App) => app.openapi(route, (c) => answerNotice(c, 'midtrans'))
