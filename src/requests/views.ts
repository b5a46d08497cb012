import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { poses } from '../db/tables/poses'
import { poseRequests, poseRequestVotes, REQUEST_STATUSES, USE_CASES } from '../db/tables/requests'
import type { Caller } from '../http/access-token'
import { signMediaPath } from '../media/sign'
import { LIBRARY_PATH } from '../poses/pose-card'

const instant = z.string().openapi({ format: 'date-time' })

export const RequestSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    category: z.string().nullable(),
    useCase: z.enum(USE_CASES),
    status: z.enum(REQUEST_STATUSES),
    votesCount: z.number().int(),
    hasVoted: z.boolean(),
    isMine: z.boolean(),
    adminNotes: z.string().nullable(),
    completedPoseId: z.string().nullable(),
    completedPoseUrl: z.string().nullable().openapi({ description: 'Path of the pose, while the library has it' }),
    creditName: z.string().nullable().openapi({ description: 'Whom the finished pose thanks' }),
    referenceImageUrl: z.string().nullable().openapi({
      description: 'Signed path, good for 10 to 15 minutes. Of a request that is not approved: for the requester alone',
    }),
    createdAt: instant,
    updatedAt: instant.openapi({ description: 'When the requester or its status last changed it' }),
  })
  .openapi('PoseRequest')

export const AdminRequestSchema = RequestSchema.extend({
  userId: z.string(),
  announcedAt: instant.nullable().openapi({ description: 'When requester and voters had been told of its end' }),
}).openapi('AdminPoseRequest')

/** What a vote leads to. */
export const VotedSchema = z.object({ votesCount: z.number().int(), hasVoted: z.boolean() })

/** The columns of a view, as one person sees it. */
export const requestColumns = (userId: string) => ({
  request: poseRequests,
  hasVoted: exists(sql`select 1 from ${poseRequestVotes}
    where ${poseRequestVotes.requestId} = ${poseRequests.id} and ${poseRequestVotes.userId} = ${userId}`),
  isPoseShown: exists(sql`select 1 from ${poses}
    where ${poses.id} = ${poseRequests.completedPoseId} and ${poses.isPublic} and ${poses.ownerId} is null`),
})

const exists = (query: SQL) => sql<number>`exists (${query})`

export type RequestRow = typeof poseRequests.$inferSelect
type Row = { request: RequestRow; hasVoted: number; isPoseShown: number }

/** A request as `caller` may see it: never who asked for it. */
export async function toRequest(
  { config, now }: Ctx,
  caller: Caller,
  { request: row, hasVoted, isPoseShown }: Row,
): Promise<z.infer<typeof RequestSchema>> {
  const isMine = row.userId === caller.userId
  // A picture that no admin has looked at yet is not shown around.
  const isApproved = row.status !== 'pending' && row.status !== 'rejected'
  const seesPicture = row.referenceUploadId !== null && (isMine || caller.role === 'admin' || isApproved)
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    category: row.categorySlug,
    useCase: row.useCase,
    status: row.status,
    votesCount: row.votesCount,
    hasVoted: hasVoted === 1,
    isMine,
    adminNotes: row.adminNotes,
    completedPoseId: row.completedPoseId,
    completedPoseUrl: isPoseShown === 1 ? `${LIBRARY_PATH}/${row.completedPoseId}` : null,
    creditName: row.creditName,
    referenceImageUrl: seesPicture
      ? await signMediaPath(config.MEDIA_SIGNING_SECRET, row.referenceUploadId!, 'original', now())
      : null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(lastChange(row)),
  }
}

/** The same for an admin, who sees whose it is. */
export const toAdminRequest = async (
  ctx: Ctx,
  admin: Caller,
  row: Row,
): Promise<z.infer<typeof AdminRequestSchema>> => ({
  ...(await toRequest(ctx, admin, row)),
  userId: row.request.userId,
  announcedAt: row.request.announcedAt === null ? null : iso(row.request.announcedAt),
})

/** When the requester or its status last changed it; those from before this was kept say when they came. */
export const lastChange = ({ updatedAt, createdAt }: RequestRow): number => Math.max(updatedAt, createdAt)

const iso = (at: number): string => new Date(at).toISOString()
