import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { userObject } from '../../objects'

const CreditsSchema = z
  .object({
    available: z.number().int(),
    held: z.number().int(),
    owed: z
      .number()
      .int()
      .openapi({ description: 'Credits of refunded payments that were spent already; what comes in next pays them' }),
    unlimited: z
      .object({
        active: z.boolean(),
        dailyQuota: z.number().int(),
        used: z.number().int(),
        remaining: z.number().int(),
        resetsAt: z.string().openapi({ format: 'date-time' }),
        expiresAt: z.string().nullable().openapi({ format: 'date-time' }),
      })
      .nullable(),
  })
  .openapi('Credits')

const route = defineRoute({
  operationId: 'showCredits',
  method: 'get',
  path: '/api/v1/credits',
  summary: "The caller's credits, and today's quota in the unlimited tier",
  ...access('user'),
  responses: { 200: json(CreditsSchema), ...errors('UNAUTHENTICATED') },
})

export const registerShowCredits = (app: App) =>
  app.openapi(route, async (c) => {
    const { available, held, owed, unlimited } = await userObject(c.env, c.var.caller.userId).credits()
    return c.json(
      {
        available,
        held,
        owed,
        unlimited: unlimited && {
          ...unlimited,
          resetsAt: new Date(unlimited.resetsAt).toISOString(),
          expiresAt: unlimited.expiresAt === null ? null : new Date(unlimited.expiresAt).toISOString(),
        },
      },
      200,
    )
  })
