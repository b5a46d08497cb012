import { and, eq, isNull } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poses } from '../../db/tables/poses'
import { fail } from '../../http/errors'
import type { PoseRow } from '../pose-card'

/** Whose it is and that it was not deleted. */
export const isOwnPose = (userId: string, id: string) =>
  and(eq(poses.id, id), eq(poses.ownerId, userId), isNull(poses.deletedAt))

/** A living own pose of this user. Throws NOT_FOUND for anybody else's, as for one that never was. */
export async function findOwnPose(db: Database, userId: string, id: string): Promise<PoseRow> {
  const [row] = await db.select().from(poses).where(isOwnPose(userId, id))
  if (!row) throw fail('NOT_FOUND')
  return row
}
