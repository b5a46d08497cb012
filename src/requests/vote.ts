import type { z } from '@hono/zod-openapi'
import { and, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { poseRequests, poseRequestVotes } from '../db/tables/requests'
import { fail } from '../http/errors'
import { isClosed, isOpenRequest } from './moves'
import { requestColumns, type VotedSchema } from './views'

type Voted = z.infer<typeof VotedSchema>

const isOpen = (id: string) =>
  sql`exists (select 1 from ${poseRequests} where ${poseRequests.id} = ${id} and ${isOpenRequest})`

/** Gives somebody's vote; given twice, it counts once. Throws 404, and 409 ALREADY_DECIDED once the request has its end. */
export async function giveVote(ctx: Ctx, userId: string, id: string): Promise<Voted> {
  const given = sql`select ${id}, ${userId}, ${ctx.now()} where ${isOpen(id)}`
  const [, rows] = await ctx.db.batch([
    ctx.db.insert(poseRequestVotes).select(given).onConflictDoNothing(),
    votesOf(ctx, userId, id),
  ])
  return judge(rows)
}

/** Takes somebody's vote back, if there is one. Throws like `giveVote`: the voters of an end are to be told of it. */
export async function takeVote(ctx: Ctx, userId: string, id: string): Promise<Voted> {
  const { requestId, userId: voterId } = poseRequestVotes
  const [, rows] = await ctx.db.batch([
    ctx.db.delete(poseRequestVotes).where(and(eq(requestId, id), eq(voterId, userId), isOpen(id))),
    votesOf(ctx, userId, id),
  ])
  return judge(rows)
}

/** Read in one go with the change: the count is that of this moment. */
const votesOf = ({ db }: Ctx, userId: string, id: string) =>
  db
    .select({
      status: poseRequests.status,
      votesCount: poseRequests.votesCount,
      hasVoted: requestColumns(userId).hasVoted,
    })
    .from(poseRequests)
    .where(eq(poseRequests.id, id))

function judge([row]: Awaited<ReturnType<typeof votesOf>>): Voted {
  if (!row) throw fail('NOT_FOUND')
  if (isClosed(row.status)) throw fail('ALREADY_DECIDED', { status: row.status })
  return { votesCount: row.votesCount, hasVoted: row.hasVoted === 1 }
}
