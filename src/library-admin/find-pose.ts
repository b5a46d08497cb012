import { and, eq, isNull } from 'drizzle-orm'
import type { Database } from '../db/client'
import { poses } from '../db/tables/poses'
import type { PoseRow } from '../poses/pose-card'

/** A pose of the library, hidden and deleted ones too. People's own poses are nobody else's, an admin's neither: null. */
export async function findLibraryPose(db: Database, id: string): Promise<PoseRow | null> {
  const [row] = await db
    .select()
    .from(poses)
    .where(and(eq(poses.id, id), isNull(poses.ownerId)))
  return row ?? null
}
