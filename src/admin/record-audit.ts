import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { auditLog } from '../db/tables/operations'
import { newId } from '../kernel/ids'

/** What an admin did. `subject` is the id of what it was done to, mostly a user's; `details` becomes JSON. */
export type Deed = { actorId: string; action: string; subject: string; details: Record<string, unknown> }

/**
 * Adds a row to the audit log, in the name of this request. `id` when it was fixed before, so that doing it twice is
 * doing it once.
 */
export async function recordAudit(
  ctx: Ctx,
  actorId: string,
  action: string,
  subject: string,
  details: Record<string, unknown>,
  id: string = newId('audit'),
): Promise<void> {
  await ctx.db
    .insert(auditLog)
    .values({ id, actorId, action, subject, details: JSON.stringify(details), ...context(ctx) })
    .onConflictDoNothing()
}

/**
 * The same as a statement for a batch, written only when `condition` holds at that moment. Put before the change that
 * makes the condition false: of two requests that race, the one that changes something is the one on record.
 */
export function auditWhen(ctx: Ctx, condition: SQL, { actorId, action, subject, details }: Deed) {
  const { requestId, createdAt } = context(ctx)
  const row = [newId('audit'), actorId, action, subject, JSON.stringify(details), requestId, createdAt]
  const values = sql.join(
    row.map((value) => sql`${value}`),
    sql`, `,
  )
  return ctx.db.insert(auditLog).select(sql`select ${values} where ${condition}`)
}

const context = (ctx: Ctx) => ({ requestId: ctx.requestId, createdAt: ctx.now() })
