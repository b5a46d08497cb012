import { and, asc, eq, gt, isNull, lt, lte, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { poseRequests } from '../db/tables/requests'
import { ID_PREFIXES } from '../kernel/ids'
import { HOUR_MS } from '../kernel/limits'
import { describeError } from '../kernel/log'
import type { RequestMessage } from '../messages'
import type { RequestStatus } from './moves'

/** An end that not everybody has heard of after this long is told once more. */
export const OVERDUE_AFTER_MS = 10 * 60_000
/** What could not be told for this long never will be: somebody's object is broken, and the log says so. */
export const GIVE_UP_AFTER_MS = 7 * 24 * HOUR_MS
const MAX_OVERDUE = 50

/** Has requester and, of an end, voters told. A queue that is away is no error here: the net asks again for an end. */
export async function askToAnnounce(ctx: Ctx, poseRequestId: string, status: RequestStatus): Promise<void> {
  if (status === 'pending') return
  const message: RequestMessage = {
    ...{ type: 'request', poseRequestId, status, after: null, isWhole: true },
    requestId: ctx.requestId,
  }
  try {
    await ctx.env.GENERATION_QUEUE.send(message)
  } catch (error) {
    ctx.log('warn', 'announcement_not_queued', { poseRequestId, status, error: describeError(error) })
  }
}

/**
 * The net under announcements: an end that was not told to the last voter begins again, which those who know it do not
 * notice. It waits twice as long each time: one broken object must not have a thousand others called every five minutes for
 * a week, and the pages of a crowd that are on their way get time to arrive. Answers how many.
 */
export async function announceOverdue(ctx: Ctx, now: number): Promise<number> {
  const overdue = await ctx.db
    .select({ id: poseRequests.id, status: poseRequests.status, updatedAt: poseRequests.updatedAt })
    .from(poseRequests)
    // Every id is above that: so this is a search of the partial index, which holds nothing else.
    .where(
      and(
        ...[isUnannounced, gt(poseRequests.id, ID_PREFIXES.request)],
        ...[lt(poseRequests.updatedAt, now - OVERDUE_AFTER_MS), lte(poseRequests.announceAfter, now)],
      ),
    )
    .orderBy(asc(poseRequests.id))
    .limit(MAX_OVERDUE)
  for (const { id, status, updatedAt } of overdue) {
    if (updatedAt < now - GIVE_UP_AFTER_MS) {
      ctx.log('error', 'announcement_given_up', { poseRequestId: id, status })
      await markAnnounced(ctx, id, now)
      continue
    }
    // Noted first: who dies here is late, not busy.
    await ctx.db
      .update(poseRequests)
      .set({ announceAfter: now + (now - updatedAt) })
      .where(eq(poseRequests.id, id))
    await askToAnnounce(ctx, id, status)
  }
  return overdue.length
}

/** Literals, because a partial index serves no bound values. */
const isUnannounced = sql`${poseRequests.status} in ('completed', 'rejected') and ${poseRequests.announcedAt} is null`

export async function markAnnounced({ db }: Ctx, id: string, now: number): Promise<void> {
  await db
    .update(poseRequests)
    .set({ announcedAt: now })
    .where(and(eq(poseRequests.id, id), isNull(poseRequests.announcedAt)))
}
