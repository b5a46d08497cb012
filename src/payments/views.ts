import { z } from '@hono/zod-openapi'
import { GATEWAYS, PAYMENT_STATUSES } from '../db/tables/money'
import type { PaymentRow } from './credit-payment'

export const PaymentSchema = z
  .object({
    id: z.string(),
    productId: z.string(),
    gateway: z.enum(GATEWAYS),
    amountRupiah: z.number().int(),
    credits: z.number().int(),
    status: z.enum(PAYMENT_STATUSES),
    createdAt: z.string().openapi({ format: 'date-time' }),
    paidAt: z.string().nullable().openapi({ format: 'date-time' }),
  })
  .openapi('Payment')

export const toPayment = ({
  userId: _userId,
  createdAt,
  paidAt,
  ...row
}: PaymentRow): z.infer<typeof PaymentSchema> => ({
  ...row,
  createdAt: new Date(createdAt).toISOString(),
  paidAt: paidAt === null ? null : new Date(paidAt).toISOString(),
})
