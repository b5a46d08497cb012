import { and, asc, eq, gt } from 'drizzle-orm'
import type { Ctx } from '../src/ctx'
import { poseRequests, poseRequestVotes } from '../src/db/tables/requests'
import { describeError } from '../src/kernel/log'
import type { RequestMessage } from '../src/messages'
import { userObject } from '../src/objects'
import { markAnnounced } from '../src/requests/announce'
import { isClosed } from '../src/requests/moves'

/** Voters who are told by one message. */
const VOTERS_PER_MESSAGE = 50

/**
 * Tells the requester what became of a request, and of its end the voters too, a page of them for each message. Everybody's
 * own object knows what it has told, so a page may come twice or late. Who cannot be told now stops nobody else: the end
 * is then not marked as told, and the net begins again. Nothing to do once the request is gone, has another status or was
 * told to all. Throws when a step before the end could not be told: it has no net, the queue tries again.
 */
export async function announceRequest(ctx: Ctx, message: RequestMessage): Promise<void> {
  const { poseRequestId: id, status, after } = message
  const [request] = await ctx.db.select().from(poseRequests).where(eq(poseRequests.id, id))
  if (!request || request.status !== status || request.announcedAt !== null) return
  const voters = isClosed(status) ? await votersAfter(ctx, id, after ?? '') : []
  const people = [...(after === null ? [request.userId] : []), ...voters]
  const news = { requestId: id, name: request.name, status, poseId: request.completedPoseId }
  const told = await Promise.allSettled(people.map((userId) => userObject(ctx.env, userId).tellOfRequest(news)))
  const failures = told.filter((result) => result.status === 'rejected')
  if (failures.length > 0)
    ctx.log('warn', 'announcement_failed', {
      ...{ poseRequestId: id, status, people: failures.length, error: describeError(failures[0]!.reason) },
    })
  if (!isClosed(status)) {
    if (failures.length > 0) throw new Error('the requester could not be told')
    return
  }
  const isWhole = message.isWhole && failures.length === 0
  const last = voters.at(-1)
  if (voters.length === VOTERS_PER_MESSAGE && last) {
    const next: RequestMessage = { ...message, after: last, isWhole }
    await ctx.env.GENERATION_QUEUE.send(next)
  } else if (isWhole) await markAnnounced(ctx, id, ctx.now())
}

async function votersAfter({ db }: Ctx, requestId: string, after: string): Promise<string[]> {
  const rows = await db
    .select({ userId: poseRequestVotes.userId })
    .from(poseRequestVotes)
    .where(and(eq(poseRequestVotes.requestId, requestId), gt(poseRequestVotes.userId, after)))
    .orderBy(asc(poseRequestVotes.userId))
    .limit(VOTERS_PER_MESSAGE)
  return rows.map(({ userId }) => userId)
}
