import { and, eq, gte, ne, sql } from 'drizzle-orm'
import { encodeTime } from 'ulid'
import type { Ctx } from '../ctx'
import { auditLog } from '../db/tables/operations'
import { ID_PREFIXES } from '../kernel/ids'
import { wibDayStart } from './limits'

export const REFUNDED = 'generation.refunded'

/**
 * Credits that an admin refunded on this WIB day, without the refund `exceptId`. Ids of the log are in order of time, so
 * this reads the day, not the log. Refunds at the same moment do not see each other: a cap for carelessness, not a lock.
 */
export async function refundedToday(ctx: Ctx, adminId: string, exceptId: string): Promise<number> {
  const dayStart = wibDayStart(ctx.now())
  const [row] = await ctx.db
    .select({ credits: sql<number>`coalesce(sum(${auditLog.details} ->> 'credits'), 0)` })
    .from(auditLog)
    .where(
      and(
        ...[gte(auditLog.id, `${ID_PREFIXES.audit}_${encodeTime(dayStart)}`), ne(auditLog.id, exceptId)],
        ...[eq(auditLog.actorId, adminId), eq(auditLog.action, REFUNDED)],
      ),
    )
  return row?.credits ?? 0
}
