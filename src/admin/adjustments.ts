import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import { encodeTime } from 'ulid'
import type { Memo } from '../credits/types'
import type { Ctx } from '../ctx'
import { creditAdjustments } from '../db/tables/money'
import { ID_PREFIXES } from '../kernel/ids'
import { userObject } from '../objects'
import { MAX_ALONE_CREDITS, MAX_ALONE_CREDITS_PER_DAY, MAX_ROW_LAG_MS, wibDayStart } from './limits'
import { auditWhen } from './record-audit'

export type Adjustment = typeof creditAdjustments.$inferSelect

/** What an admin asks for. `id` was fixed under the request's key. */
export type AdjustmentAsk = Pick<Adjustment, 'id' | 'userId' | 'credits' | 'expiresAt' | 'reason' | 'requestedBy'>

export type AdjustmentAnswer =
  | { ok: true; adjustment: Adjustment }
  | { ok: false; code: 'EXCEEDS_AVAILABLE'; available: number }
  | { ok: false; code: 'ALREADY_DECIDED'; state: Adjustment['state'] }
  | { ok: false; code: 'NOT_FOUND' | 'OTHER_ADMIN_NEEDED' }

/**
 * Asks for a change of somebody's credits, and makes it if one admin may alone. The row stands before the ledger moves:
 * after a crash in between, the same request goes on from the row. A change that takes more than is available leaves
 * nothing.
 */
export async function requestAdjustment(ctx: Ctx, ask: AdjustmentAsk): Promise<AdjustmentAnswer> {
  if (!(await findAdjustment(ctx, ask.id))) {
    const shortage = await findShortage(ctx, ask)
    if (!shortage) await insertAdjustment(ctx, ask)
    // Missing because this very request, sent twice, has taken it meanwhile? Then its row is there.
    else if (!(await findAdjustment(ctx, ask.id))) return shortage
  }
  return applyIfApproved(ctx, ask.id)
}

/** A second admin says yes; said again, it goes on where an earlier yes was cut off. */
export async function approveAdjustment(ctx: Ctx, adminId: string, id: string): Promise<AdjustmentAnswer> {
  const asked = await findAdjustment(ctx, id)
  if (!asked) return { ok: false, code: 'NOT_FOUND' }
  if ([asked.requestedBy, asked.userId].includes(adminId)) return { ok: false, code: 'OTHER_ADMIN_NEEDED' }
  if (asked.state === 'awaiting_approval') {
    const shortage = await findShortage(ctx, asked)
    if (!shortage) await decide(ctx, asked, adminId, 'approved')
    else if ((await findAdjustment(ctx, id))?.state === 'awaiting_approval') return shortage
  }
  return applyIfApproved(ctx, id)
}

/** Any admin ends a request that waits, also the one who made it. Said again, it stays refused. */
export async function refuseAdjustment(ctx: Ctx, adminId: string, id: string): Promise<AdjustmentAnswer> {
  const asked = await findAdjustment(ctx, id)
  if (!asked) return { ok: false, code: 'NOT_FOUND' }
  await decide(ctx, asked, adminId, 'refused')
  const adjustment = (await findAdjustment(ctx, id))!
  if (adjustment.state !== 'refused') return { ok: false, code: 'ALREADY_DECIDED', state: adjustment.state }
  return { ok: true, adjustment }
}

async function findAdjustment(ctx: Ctx, id: string): Promise<Adjustment | undefined> {
  const [row] = await ctx.db.select().from(creditAdjustments).where(eq(creditAdjustments.id, id)).limit(1)
  return row
}

/** Looked at before anything is written, so that a refusal leaves nothing. The object looks again when it applies. */
async function findShortage(ctx: Ctx, { userId, credits }: Pick<Adjustment, 'userId' | 'credits'>) {
  if (credits > 0) return null
  const { available } = await userObject(ctx.env, userId).credits()
  return -credits > available ? ({ ok: false, code: 'EXCEEDS_AVAILABLE', available } as const) : null
}

/** Whether one pair of eyes is enough is decided by the insert itself: D1 runs one statement at a time. */
async function insertAdjustment(ctx: Ctx, ask: AdjustmentAsk): Promise<void> {
  const now = ctx.now()
  const alone = mayAlone(ask, now)
  const known = sql`exists (select 1 from ${creditAdjustments} where ${creditAdjustments.id} = ${ask.id})`
  await ctx.db.batch([
    auditWhen(ctx, sql`not ${known}`, deed(ask, ask.requestedBy, 'requested', { reason: ask.reason })),
    ctx.db
      .insert(creditAdjustments)
      .values({
        ...ask,
        state: sql`case when ${alone} then 'approved' else 'awaiting_approval' end`,
        createdAt: now,
        decidedAt: sql`case when ${alone} then ${now} end`,
      })
      .onConflictDoNothing(),
  ])
}

/** Never for oneself; otherwise as far as the limits of once and of this day go. Counts what nobody else approved. */
function mayAlone({ userId, credits, requestedBy }: AdjustmentAsk, now: number): SQL {
  if (userId === requestedBy || Math.abs(credits) > MAX_ALONE_CREDITS) return sql`0`
  const dayStart = wibDayStart(now)
  const oldestId = `${ID_PREFIXES.adjustment}_${encodeTime(dayStart - MAX_ROW_LAG_MS)}`
  const { id, createdAt, approvedBy, state } = creditAdjustments
  const usedToday = sql`(select coalesce(sum(abs(${creditAdjustments.credits})), 0) from ${creditAdjustments}
    where ${id} >= ${oldestId} and ${createdAt} >= ${dayStart} and ${creditAdjustments.requestedBy} = ${requestedBy}
      and ${approvedBy} is null and ${state} in ('approved', 'applied'))`
  return sql`${usedToday} + ${Math.abs(credits)} <= ${MAX_ALONE_CREDITS_PER_DAY}`
}

/** Moves a request that waits; one that was decided stays as it is. */
const decide = (ctx: Ctx, asked: Adjustment, adminId: string, state: 'approved' | 'refused'): Promise<void> =>
  move(ctx, asked, eq(creditAdjustments.state, 'awaiting_approval'), {
    ...{ state, actorId: adminId },
    changes: { decidedAt: ctx.now(), ...(state === 'approved' && { approvedBy: adminId }) },
  })

/**
 * Brings an approved row into the ledger, once per id. The ledger has the last word: whoever sees the row applied there
 * says so here, also over a refusal. Credits that went away since they were looked at end the row: nobody who was told
 * that it changed nothing finds it done later.
 */
async function applyIfApproved(ctx: Ctx, id: string): Promise<AdjustmentAnswer> {
  const row = (await findAdjustment(ctx, id))!
  if (row.state === 'refused') return { ok: false, code: 'ALREADY_DECIDED', state: row.state }
  if (row.state !== 'approved') return { ok: true, adjustment: row }
  const { credits, expiresAt } = row
  const answer = await userObject(ctx.env, row.userId).adjust({ key: id, credits, expiresAt, memo: memoOf(ctx, row) })
  if (!answer.ok) {
    const { available } = answer
    await move(ctx, row, eq(creditAdjustments.state, 'approved'), { state: 'refused', details: { available } })
    return { ok: false, code: 'EXCEEDS_AVAILABLE', available }
  }
  await move(ctx, row, ne(creditAdjustments.state, 'applied'), { state: 'applied' })
  return { ok: true, adjustment: { ...row, state: 'applied' } }
}

type Move = {
  state: Adjustment['state']
  actorId?: string
  changes?: Partial<Adjustment>
  details?: Record<string, unknown>
}

/** Changes a row for which `condition` holds at that moment, and puts it on record: both or neither. */
async function move(ctx: Ctx, row: Adjustment, condition: SQL, to: Move): Promise<void> {
  const { state, actorId = row.approvedBy ?? row.requestedBy, changes, details } = to
  const where = and(eq(creditAdjustments.id, row.id), condition)!
  const isSo = sql`exists (select 1 from ${creditAdjustments} where ${where})`
  await ctx.db.batch([
    auditWhen(ctx, isSo, deed(row, actorId, state, details)),
    ctx.db
      .update(creditAdjustments)
      .set({ ...changes, state })
      .where(where),
  ])
}

const memoOf = (ctx: Ctx, { requestedBy, approvedBy, reason }: Adjustment): Memo => ({
  // The owner reads the reason, never who it was.
  actor: `admin:${approvedBy ? `${requestedBy},${approvedBy}` : requestedBy}`,
  requestId: ctx.requestId,
  reason,
})

/** The subject is the user: the log of a user tells everything that was done to the account. */
const deed = (ask: AdjustmentAsk, actorId: string, what: string, more: Record<string, unknown> = {}) => ({
  actorId,
  action: `credit_adjustment.${what}`,
  subject: ask.userId,
  details: { adjustmentId: ask.id, credits: ask.credits, ...(ask.expiresAt && { expiresAt: ask.expiresAt }), ...more },
})
