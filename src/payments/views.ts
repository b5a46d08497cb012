import { z } from '@hono/zod-openapi'
import { GATEWAYS, NOTICE_STATES, PAYMENT_STATUSES, type paymentNotices } from '../db/tables/money'
import type { PaymentRow } from './find-payment'

const instant = z.string().openapi({ format: 'date-time' })

export const PaymentSchema = z
  .object({
    id: z.string(),
    productId: z.string(),
    gateway: z.enum(GATEWAYS),
    amountRupiah: z.number().int(),
    credits: z.number().int().openapi({ description: 'What the order buys' }),
    dailyQuota: z.number().int().openapi({ description: 'Pictures a day that the order buys' }),
    status: z.enum(PAYMENT_STATUSES),
    redirectUrl: z
      .string()
      .nullable()
      .openapi({ description: 'Where it is paid; null until the gateway has answered' }),
    refundedRupiah: z.number().int(),
    creditedCredits: z.number().int().openapi({ description: 'What it has credited by now, refunds taken off' }),
    createdAt: instant,
    paidAt: instant.nullable(),
  })
  .openapi('Payment')

export const toPayment = (row: PaymentRow): z.infer<typeof PaymentSchema> => {
  const { id, productId, gateway, amountRupiah, credits, dailyQuota, status, redirectUrl } = row
  const { refundedRupiah, creditedCredits, createdAt, paidAt } = row
  return {
    ...{ id, productId, gateway, amountRupiah, credits, dailyQuota, status, redirectUrl },
    ...{ refundedRupiah, creditedCredits, createdAt: iso(createdAt), paidAt: paidAt === null ? null : iso(paidAt) },
  }
}

export const PaymentNoticeSchema = z
  .object({
    id: z.string(),
    gateway: z.enum(GATEWAYS),
    paymentId: z.string().openapi({ description: 'As the gateway named it; there may be no such payment' }),
    state: z.enum(NOTICE_STATES),
    reason: z.string().nullable(),
    attempts: z.number().int(),
    body: z.string().openapi({ description: 'In the words of the gateway, cut to 4,000 characters' }),
    receivedAt: instant,
    doneAt: instant.nullable(),
  })
  .openapi('PaymentNotice')

export type NoticeRow = typeof paymentNotices.$inferSelect

const MAX_SHOWN_CHARACTERS = 4_000

export const toNotice = ({ bodyHash: _, body, receivedAt, doneAt, ...row }: NoticeRow) => ({
  ...row,
  body: body.slice(0, MAX_SHOWN_CHARACTERS),
  receivedAt: iso(receivedAt),
  doneAt: doneAt === null ? null : iso(doneAt),
})

const iso = (at: number): string => new Date(at).toISOString()
