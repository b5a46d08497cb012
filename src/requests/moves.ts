import { sql } from 'drizzle-orm'
import { poseRequests, type REQUEST_STATUSES } from '../db/tables/requests'

export type RequestStatus = (typeof REQUEST_STATUSES)[number]

/** What an admin may make of a request: one step forward, or no at any time. An end stays one. */
export const MOVES: Record<RequestStatus, readonly RequestStatus[]> = {
  pending: ['approved', 'rejected'],
  approved: ['in_progress', 'rejected'],
  in_progress: ['completed', 'rejected'],
  completed: [],
  rejected: [],
}

/** Decided for good: nobody votes any more. */
export const isClosed = (status: RequestStatus): boolean => MOVES[status].length === 0

/** The same in SQL. Literals, because a partial index serves no bound values. */
export const isOpenRequest = sql`${poseRequests.status} in ('pending', 'approved', 'in_progress')`
