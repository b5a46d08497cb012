import { z } from '@hono/zod-openapi'
import { FOREVER } from '../../durable-objects/user/plan-periods'
import type { PlanView } from '../credits/types'
import { SUBSCRIPTION_STATUSES } from '../db/tables/money'

/** The id of a row of `products`. */
export const ProductId = z.string().regex(/^[a-z0-9-]{2,40}$/, 'must be the id of a product')

const time = (description: string) => z.string().openapi({ format: 'date-time', description })
const maybeTime = (description: string) => z.string().nullable().openapi({ format: 'date-time', description })

export const SubscriptionSchema = z
  .object({
    productId: z.string(),
    dailyQuota: z.number().int().openapi({ description: 'Pictures a day without credits; 0 for a plan of credits' }),
    status: z.enum(SUBSCRIPTION_STATUSES),
    startedAt: time('In the future for a plan that waits for a better one to end'),
    periodEndsAt: maybeTime('Paid until then; null for a plan that costs nothing'),
    graceUntil: maybeTime('The quota goes on until then'),
    cancelledAt: maybeTime('Not to be renewed since'),
  })
  .openapi('Subscription')

const toTime = (at: number | null): string | null => (at === null || at === FOREVER ? null : new Date(at).toISOString())

export const toSubscription = (plan: PlanView): z.infer<typeof SubscriptionSchema> => ({
  productId: plan.productId,
  dailyQuota: plan.dailyQuota,
  status: plan.status,
  startedAt: new Date(plan.startedAt).toISOString(),
  periodEndsAt: toTime(plan.periodEndsAt),
  graceUntil: toTime(plan.graceUntil),
  cancelledAt: toTime(plan.cancelledAt),
})
