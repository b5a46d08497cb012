import { z } from '@hono/zod-openapi'
import type { Entry } from '../credits/types'
import { ADJUSTMENT_STATES, ENTRY_KINDS } from '../db/tables/money'
import type { Adjustment } from './adjustments'

const instant = z.string().openapi({ format: 'date-time' })
const iso = (at: number): string => new Date(at).toISOString()
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at))

/** An entry with all that its hash covers: what an owner sees, and the key, the grant and who did it why. */
export const AdminEntry = z.object({
  seq: z.number().int(),
  key: z.string().openapi({ description: 'What happens once: no two entries share it' }),
  kind: z.enum(ENTRY_KINDS),
  credits: z.number().int(),
  from: z.string(),
  to: z.string(),
  grantId: z.string(),
  reference: z.string(),
  availableAfter: z.number().int(),
  heldAfter: z.number().int(),
  owedAfter: z.number().int(),
  memo: z.object({ actor: z.string(), requestId: z.string(), reason: z.string() }).nullable(),
  createdAt: instant,
})

export const toAdminEntry = ({ at, ...entry }: Entry): z.infer<typeof AdminEntry> => ({ ...entry, createdAt: iso(at) })

export const AdjustmentSchema = z
  .object({
    id: z.string(),
    userId: z.string(),
    credits: z.number().int().openapi({ description: 'Negative takes away' }),
    reason: z.string(),
    expiresAt: instant.nullable(),
    state: z.enum(ADJUSTMENT_STATES),
    requestedBy: z.string(),
    approvedBy: z.string().nullable(),
    createdAt: instant,
    decidedAt: instant.nullable(),
  })
  .openapi('CreditAdjustment')

export const toAdjustment = (row: Adjustment): z.infer<typeof AdjustmentSchema> => ({
  ...row,
  expiresAt: isoOrNull(row.expiresAt),
  createdAt: iso(row.createdAt),
  decidedAt: isoOrNull(row.decidedAt),
})
