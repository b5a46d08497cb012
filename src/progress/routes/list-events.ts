import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { queryInteger } from '../../http/fields'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'
import { EVENT_TYPES, type EventType } from '../events'

const TYPES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]]

const EventSchema = z
  .object({
    seq: z.number().int(),
    v: z.literal(1),
    type: z.enum(TYPES).openapi({
      description: TYPES.map((type) => `\`${type}\`: ${EVENT_TYPES[type]}.`).join(' '),
    }),
    generationId: z.string().optional(),
    at: z.string().openapi({ format: 'date-time' }),
    data: z.record(z.string(), z.unknown()).openapi({
      description: 'Of a generation: its `status`, `progress` in percent, and counts and credits as in its snapshot',
    }),
  })
  .openapi('LiveEvent')

const route = defineRoute({
  operationId: 'listEvents',
  method: 'get',
  path: '/api/v1/events',
  summary: 'The log behind the live socket, for clients without one',
  ...access('user'),
  request: {
    query: z.object({ after: queryInteger(0, Number.MAX_SAFE_INTEGER, 0), limit: queryInteger(1, 1000, 100) }),
  },
  responses: {
    200: json(
      z.object({
        items: z.array(EventSchema),
        latest: z.number().int(),
        reset: z.boolean().openapi({ description: 'The log was trimmed here: read a snapshot, go on from `latest`' }),
      }),
    ),
    ...errors('UNAUTHENTICATED', 'VALIDATION_FAILED'),
  },
})

export const registerListEvents = (app: App) =>
  app.openapi(route, async (c) => {
    const { after, limit } = c.req.valid('query')
    const { events, latest } = await userObject(c.env, c.var.caller.userId).events(after, limit)
    return c.json({ items: events ?? [], latest, reset: events === null }, 200)
  })
