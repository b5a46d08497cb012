import type { z } from '@hono/zod-openapi'
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import type { Ctx } from '../ctx'
import { poses } from '../db/tables/poses'
import { poseRequests } from '../db/tables/requests'
import { type ApiError, fail, invalidField } from '../http/errors'
import { askToAnnounce } from './announce'
import type { Decision } from './fields'
import { isClosed, MOVES, type RequestStatus } from './moves'
import { lastChange, type RequestRow } from './views'

type Wish = z.infer<typeof Decision>

/**
 * An admin moves a request on, or changes its notes. Status, credit of the pose and audit are one write, made only while the
 * request stands as it was read: of two admins one decides, and nobody approves what the requester put there while he
 * looked. Throws 404; 409 ALREADY_DECIDED for a request that has its end or got another status meanwhile, CONFLICT for a step
 * that is not allowed and, with `updatedAt`, for one that was changed since; 422 for a pose that is not public.
 */
export async function decideRequest(ctx: Ctx, adminId: string, id: string, wish: Wish): Promise<void> {
  const row = await find(ctx, id)
  if (!row) throw fail('NOT_FOUND')
  const { status = row.status, completedPoseId } = wish
  if (wish.status !== undefined && !MOVES[row.status].includes(status)) throw refusalOf(row.status)
  requireLooked(row, wish)
  const pose = await requirePose(ctx, wish)
  if (wish.status === undefined && wish.adminNotes === undefined) return
  const isAsRead = and(eq(poseRequests.status, row.status), eq(poseRequests.updatedAt, row.updatedAt))
  const where = and(eq(poseRequests.id, id), isAsRead, pose)!
  const isSo = sql`exists (select 1 from ${poseRequests} where ${where})`
  const now = ctx.now()
  const details = { from: row.status, to: status, ...wish }
  const results = await ctx.db.batch([
    auditWhen(ctx, isSo, { actorId: adminId, action: `pose_request.${wish.status ?? 'noted'}`, subject: id, details }),
    ctx.db
      .update(poses)
      // Its own number once more: the triggers then count it as a change of the catalogue, which caches go by.
      .set({ credit: creditWith(`Requested by ${row.creditName}`), editedAt: now, number: sql`${poses.number}` })
      .where(and(eq(poses.id, completedPoseId ?? ''), row.creditName === null ? sql`0` : isSo)),
    ctx.db
      .update(poseRequests)
      .set({
        ...(wish.status !== undefined && { status, updatedAt: now }),
        ...(wish.adminNotes !== undefined && { adminNotes: wish.adminNotes === '' ? null : wish.adminNotes }),
        ...(completedPoseId !== undefined && { completedPoseId }),
      })
      .where(where)
      .returning({ id: poseRequests.id }),
  ])
  if (results[2].length === 0) throw await whyNot(ctx, row)
  if (status !== row.status) await askToAnnounce(ctx, id, status)
}

/** Besides whom the pose thanks already: its maker, whose licence may ask for it, or somebody else who asked for it. */
const creditWith = (thanks: string): SQL<string> =>
  sql`case when coalesce(${poses.credit}, '') = '' then ${thanks} when instr('; ' || ${poses.credit} || ';', ${`; ${thanks};`}) > 0
    then ${poses.credit}
    else ${poses.credit} || '; ' || ${thanks} end`

/** A picture that everybody will see was looked at by the admin who approves it, and is the one he saw. */
function requireLooked(row: RequestRow, { status, updatedAt }: Wish): void {
  if (status === 'approved' && row.referenceUploadId !== null && updatedAt === undefined)
    throw invalidField('updatedAt', 'is required to approve a request with a reference picture')
  if (updatedAt !== undefined && Date.parse(updatedAt) !== lastChange(row)) throw changedSince(row)
}

const changedSince = (row: RequestRow): ApiError =>
  fail('CONFLICT', { reason: 'the requester changed it', updatedAt: new Date(lastChange(row)).toISOString() })

async function find({ db }: Ctx, id: string): Promise<RequestRow | undefined> {
  const [row] = await db.select().from(poseRequests).where(eq(poseRequests.id, id))
  return row
}

/** That the pose is there and public still, as a condition; undefined when none is needed. */
async function requirePose({ db }: Ctx, { status, completedPoseId: id }: Wish): Promise<SQL | undefined> {
  if (status !== 'completed') {
    if (id !== undefined) throw invalidField('completedPoseId', 'is only for the status completed')
    return undefined
  }
  if (id === undefined) throw invalidField('completedPoseId', 'is required for the status completed')
  const isPublic = and(eq(poses.id, id), eq(poses.isPublic, true), isNull(poses.ownerId))!
  const [pose] = await db.select({ id: poses.id }).from(poses).where(isPublic)
  if (!pose) throw invalidField('completedPoseId', 'must be the id of a public pose of the library')
  return sql`exists (select 1 from ${poses} where ${isPublic})`
}

const refusalOf = (status: RequestStatus): ApiError =>
  isClosed(status)
    ? fail('ALREADY_DECIDED', { status })
    : fail('CONFLICT', { reason: 'a request does not go from here to there', status, allowed: [...MOVES[status]] })

/** Somebody was faster, or the pose went away in this very moment. */
async function whyNot(ctx: Ctx, read: RequestRow): Promise<ApiError> {
  const row = await find(ctx, read.id)
  if (!row) return fail('NOT_FOUND')
  if (row.status !== read.status) return fail('ALREADY_DECIDED', { status: row.status })
  return row.updatedAt === read.updatedAt
    ? invalidField('completedPoseId', 'must be the id of a public pose of the library')
    : changedSince(row)
}
