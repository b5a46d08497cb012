import { and, eq } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseCollections } from '../../db/tables/collections'
import { fail } from '../../http/errors'
import type { PoseFacetFilter } from './pose-filter'

/** Throws NOT_FOUND when a filter names a collection that is not this person's. */
export async function requireCollection(db: Database, { collection }: PoseFacetFilter, userId: string): Promise<void> {
  if (collection === undefined) return
  const [own] = await db
    .select({ id: poseCollections.id })
    .from(poseCollections)
    .where(and(eq(poseCollections.id, collection), eq(poseCollections.userId, userId)))
  if (!own) throw fail('NOT_FOUND')
}
