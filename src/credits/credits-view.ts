import { z } from '@hono/zod-openapi'
import type { CreditsView } from './types'

export const CreditsSchema = z
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

export const toCredits = ({ unlimited, ...balances }: CreditsView): z.infer<typeof CreditsSchema> => ({
  ...balances,
  unlimited: unlimited && {
    ...unlimited,
    resetsAt: new Date(unlimited.resetsAt).toISOString(),
    expiresAt: unlimited.expiresAt === null ? null : new Date(unlimited.expiresAt).toISOString(),
  },
})
