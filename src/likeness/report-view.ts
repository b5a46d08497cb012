import { z } from '@hono/zod-openapi'
import { REPORT_REASONS, REPORT_STATUSES } from '../db/tables/likeness'
import type { ReportRow } from './decide-report'

const timestamp = z.string().openapi({ format: 'date-time' })

export const ReportSchema = z
  .object({
    id: z.string(),
    subject: z.string().openapi({ description: 'What was reported' }),
    avatarId: z.string().nullable().openapi({ description: 'The avatar it shows; null for none, and when it is gone' }),
    reason: z.enum(REPORT_REASONS),
    details: z.string(),
    contact: z.string(),
    status: z.enum(REPORT_STATUSES),
    note: z.string().nullable(),
    decidedBy: z.string().nullable(),
    createdAt: timestamp,
    decidedAt: timestamp.nullable(),
  })
  .openapi('AvatarReport')

export const toReport = (row: ReportRow): z.infer<typeof ReportSchema> => ({
  ...{ id: row.id, subject: row.subject, avatarId: row.avatarId, reason: row.reason, details: row.details },
  ...{ contact: row.contact, status: row.status, note: row.note === '' ? null : row.note, decidedBy: row.decidedBy },
  createdAt: new Date(row.createdAt).toISOString(),
  decidedAt: row.decidedAt === null ? null : new Date(row.decidedAt).toISOString(),
})
