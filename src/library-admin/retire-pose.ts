import { and, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import type { Ctx } from '../ctx'
import { poses } from '../db/tables/poses'
import { fail } from '../http/errors'
import { findLibraryPose } from './find-pose'

/** Soft delete: the pose leaves the library, pictures and history keep it. A second time changes nothing. Throws 404. */
export const deletePose = (ctx: Ctx, actorId: string, id: string): Promise<void> =>
  turn(ctx, id, { actorId, action: 'library_pose.deleted' }, isNull(poses.deletedAt), {
    ...{ deletedAt: ctx.now(), isPublic: false },
  })

/** Takes a pose back, hidden: publishing it looks for near duplicates that came meanwhile. A second time changes nothing. */
export const restorePose = (ctx: Ctx, actorId: string, id: string): Promise<void> =>
  turn(ctx, id, { actorId, action: 'library_pose.restored' }, isNotNull(poses.deletedAt), { deletedAt: null })

async function turn(
  ctx: Ctx,
  id: string,
  deed: { actorId: string; action: string },
  when: SQL,
  values: { deletedAt: number | null; isPublic?: boolean },
): Promise<void> {
  if (!(await findLibraryPose(ctx.db, id))) throw fail('NOT_FOUND')
  const isDue = and(eq(poses.id, id), isNull(poses.ownerId), when)!
  // Later than the version that somebody may be looking at.
  const editedAt = sql`max(${ctx.now()}, coalesce(${poses.editedAt}, 0) + 1)`
  await ctx.db.batch([
    auditWhen(ctx, sql`exists (select 1 from ${poses} where ${isDue})`, { ...deed, subject: id, details: {} }),
    ctx.db
      .update(poses)
      .set({ ...values, editedAt })
      .where(isDue),
  ])
}
