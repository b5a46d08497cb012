import { z } from '@hono/zod-openapi'
import { RUPIAH_PER_CREDIT } from '../credits/prices'
import type { QuoteView } from '../credits/types'

const LIMITS = [
  ...(['credits', 'dailyQuota', 'posesPerHour', 'generatesPerMinute', 'picturesPerDay'] as const),
  ...(['avatarsPerHour', 'avatarsPerDay'] as const),
  'picturesPerGeneration',
] as const
const time = z.string().openapi({ format: 'date-time' })

const LineSchema = z.object({
  item: z.enum(['pose', 'avatar', 'background']),
  quantity: z.number().int(),
  unitCredits: z.number().int(),
  credits: z.number().int(),
  rupiah: z.number().int(),
})

const LimitSchema = z.object({
  limit: z.enum(LIMITS),
  allowsPictures: z.number().int().openapi({ description: 'Pictures that it would let through now' }),
  binds: z.boolean().openapi({ description: 'Whether it is the tightest' }),
  resetsAt: time.nullable(),
})

export const QuoteSchema = z
  .object({
    id: z.string(),
    credits: z.number().int(),
    rupiah: z.number().int(),
    lines: z.array(LineSchema),
    fund: z.enum(['credits', 'unlimited']),
    balanceAfter: z.number().int().openapi({ description: 'Credits left after it; below zero: that many are missing' }),
    limits: z.array(LimitSchema),
    enough: z.boolean().openapi({ description: 'Whether every limit lets all pictures through now' }),
    priceVersion: z.number().int(),
    expiresAt: time,
  })
  .openapi('Quote')

/** What an app calls its limits. */
export type LimitNames = Partial<Record<string, (typeof LIMITS)[number]>>

/** A quote as its owner sees it. `item`: what one is called; `hasBackground` keeps the line of a background that costs nothing today. */
export function toQuote(
  quote: QuoteView,
  priced: { item: 'pose' | 'avatar'; hasBackground: boolean; priceVersion: number; limitNames?: LimitNames },
): z.infer<typeof QuoteSchema> {
  const line = (item: z.infer<typeof LineSchema>['item'], unitCredits: number) => {
    const credits = quote.pictures * unitCredits
    return { item, quantity: quote.pictures, unitCredits, credits, rupiah: credits * RUPIAH_PER_CREDIT }
  }
  return {
    id: quote.id,
    credits: quote.credits,
    rupiah: quote.credits * RUPIAH_PER_CREDIT,
    lines: [
      line(priced.item, quote.poseCredits),
      ...(priced.hasBackground ? [line('background', quote.backgroundCredits)] : []),
    ],
    fund: quote.fund,
    balanceAfter: quote.available - quote.credits,
    limits: quote.limits.map((limit) => ({
      ...limit,
      limit: priced.limitNames?.[limit.limit] ?? limit.limit,
      resetsAt: limit.resetsAt === null ? null : iso(limit.resetsAt),
    })),
    enough: quote.limits.every(({ allowsPictures }) => allowsPictures >= quote.pictures),
    priceVersion: priced.priceVersion,
    expiresAt: iso(quote.expiresAt),
  }
}

const iso = (at: number): string => new Date(at).toISOString()
