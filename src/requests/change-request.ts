import type { z } from '@hono/zod-openapi'
import { and, eq, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { poseRequests } from '../db/tables/requests'
import type { Caller } from '../http/access-token'
import { type ApiError, fail } from '../http/errors'
import { checkWording, findSameName, sameName, sameNameRefusal } from './create-request'
import { type ChangedRequest, oneSpaced } from './fields'

/**
 * Changes a request of the caller's own that no admin has looked at. Throws 404 for anybody else's, 409 ALREADY_DECIDED once
 * an admin has, and 409 CONFLICT when another open request has the name.
 */
export async function changeRequest(ctx: Ctx, caller: Caller, id: string, body: z.infer<typeof ChangedRequest>) {
  await requirePending(ctx, caller, id)
  await checkWording(ctx, caller, body)
  const name = body.name === undefined ? undefined : oneSpaced(body.name)
  const [changed] = await ctx.db
    .update(poseRequests)
    .set({
      ...(name !== undefined && { name }),
      ...(body.description !== undefined && { description: body.description }),
      ...(body.category !== undefined && { categorySlug: body.category }),
      ...(body.useCase !== undefined && { useCase: body.useCase }),
      ...(body.referenceImageId !== undefined && { referenceUploadId: body.referenceImageId }),
      ...(body.creditName !== undefined && { creditName: body.creditName }),
      // Later than what an admin may be looking at.
      updatedAt: sql`max(${ctx.now()}, ${poseRequests.updatedAt} + 1)`,
    })
    .where(and(mineAndPending(caller, id), name === undefined ? undefined : sql`not exists (${sameName(name, id)})`))
    .returning({ id: poseRequests.id })
  if (changed) return
  const same = name === undefined ? undefined : await findSameName(ctx, name, id)
  if (same) throw sameNameRefusal(same)
  throw await whyNotPending(ctx, caller, id)
}

/** Takes back a request of the caller's own that no admin has looked at, with its votes. Throws like `changeRequest`. */
export async function withdrawRequest(ctx: Ctx, caller: Caller, id: string): Promise<void> {
  const [gone] = await ctx.db.delete(poseRequests).where(mineAndPending(caller, id)).returning({ id: poseRequests.id })
  if (!gone) throw await whyNotPending(ctx, caller, id)
}

const mineAndPending = ({ userId }: Caller, id: string) =>
  and(eq(poseRequests.id, id), eq(poseRequests.userId, userId), eq(poseRequests.status, 'pending'))

async function requirePending(ctx: Ctx, caller: Caller, id: string): Promise<void> {
  const [pending] = await ctx.db.select({ id: poseRequests.id }).from(poseRequests).where(mineAndPending(caller, id))
  if (!pending) throw await whyNotPending(ctx, caller, id)
}

async function whyNotPending(ctx: Ctx, { userId }: Caller, id: string): Promise<ApiError> {
  const [row] = await ctx.db
    .select({ status: poseRequests.status })
    .from(poseRequests)
    .where(and(eq(poseRequests.id, id), eq(poseRequests.userId, userId)))
  return row ? fail('ALREADY_DECIDED', { status: row.status }) : fail('NOT_FOUND')
}
