import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { poseRequests, REQUEST_STATUSES } from '../db/tables/requests'
import { invalidField } from '../http/errors'
import { PageQuery, toPage } from '../http/page'
import { idPattern } from '../kernel/ids'
import { type RequestRow, requestColumns } from './views'

const SORTS = ['votes', 'newest'] as const

/** Query of the lists of requests, for everybody and for admins. */
export const RequestQuery = PageQuery.extend({
  status: z.enum(REQUEST_STATUSES).optional(),
  sort: z.enum(SORTS).default('votes'),
})

type ListAsk = z.infer<typeof RequestQuery> & { isMine?: boolean }

/**
 * A page of requests as `userId` sees them. By votes, whoever gains or loses some while somebody pages may be met twice or
 * be missed; a new request may not. Throws 422 for a cursor of another list.
 */
export async function listRequests(db: Database, userId: string, ask: ListAsk) {
  const { limit, cursor, status, sort, isMine = false } = ask
  const { id, votesCount } = poseRequests
  const rows = await db
    .select(requestColumns(userId))
    .from(poseRequests)
    .where(
      and(
        isMine ? eq(poseRequests.userId, userId) : undefined,
        status ? eq(poseRequests.status, status) : undefined,
        sort === 'votes' ? afterVotes(cursor) : cursor ? lt(id, cursor) : undefined,
      ),
    )
    .orderBy(...(sort === 'votes' ? [desc(votesCount)] : []), desc(id))
    .limit(limit + 1)
  return toPage(rows, limit, ({ request }) => (sort === 'votes' ? votesCursor(request) : request.id))
}

const votesCursor = ({ votesCount, id }: RequestRow): string => `${votesCount}:${id}`

/** Without a cursor a bound that everything is below: so it is a search of the index from its end. */
function afterVotes(cursor: string | undefined): SQL {
  const [votes = '', id = ''] = cursor?.split(':') ?? [String(Number.MAX_SAFE_INTEGER)]
  if (!/^\d{1,16}$/.test(votes) || (cursor !== undefined && !idPattern('request').test(id)))
    throw invalidField('cursor', 'must be a cursor of this list')
  return sql`(${poseRequests.votesCount}, ${poseRequests.id}) < (${Number(votes)}, ${id})`
}

/** A request as `userId` sees it; undefined when there is none. */
export async function findRequest(db: Database, userId: string, id: string) {
  const [row] = await db.select(requestColumns(userId)).from(poseRequests).where(eq(poseRequests.id, id))
  return row
}
