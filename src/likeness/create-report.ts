import { z } from '@hono/zod-openapi'
import { and, eq, sql } from 'drizzle-orm'
import { Email } from '../auth/fields'
import type { Ctx } from '../ctx'
import { avatarReports, REPORT_REASONS } from '../db/tables/likeness'
import { freeText } from '../http/fields'
import { newId } from '../kernel/ids'
import { findReported, ReportSubject } from './report-subject'

/** What anybody may send. */
export const ReportWish = z
  .strictObject({
    subject: ReportSubject,
    reason: z.enum(REPORT_REASONS),
    details: freeText(10, 1000),
    contact: Email.openapi({ description: 'Where the reporter can be answered' }),
  })
  .openapi('NewAvatarReport')

/**
 * Keeps a report for an admin and answers its id, the same whether or not there is such a picture: who asks learns nothing of
 * what others have. An open report of the same picture by the same reporter is answered again, also when two come at once.
 */
export async function createReport(ctx: Ctx, wish: z.infer<typeof ReportWish>): Promise<string> {
  const { subject, reason, details, contact } = wish
  const reported = await findReported(ctx, subject)
  // A version or a file of a picture is reported as the picture.
  const about = reported?.imageId ?? subject
  const isSame = and(
    ...[eq(avatarReports.status, 'open'), eq(avatarReports.subject, about), eq(avatarReports.contact, contact)],
  )!
  const id = newId('avatarReport')
  const values = sql`${id}, ${reported?.avatarId ?? null}, ${about}, ${reason}, ${details}, ${contact}, 'open', '', null, ${ctx.now()}, null`
  const [, [open]] = await ctx.db.batch([
    ctx.db
      .insert(avatarReports)
      .select(sql`select ${values} where not exists (select 1 from ${avatarReports} where ${isSame})`),
    ctx.db.select({ id: avatarReports.id }).from(avatarReports).where(isSame).limit(1),
  ])
  return open?.id ?? id
}
