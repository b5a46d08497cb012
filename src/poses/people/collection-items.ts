import { z } from '@hono/zod-openapi'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseCollectionItems, poseCollections } from '../../db/tables/collections'
import { poses } from '../../db/tables/poses'
import { fail } from '../../http/errors'
import { idParam } from '../../http/fields'
import { PoseIdParam } from '../pose-id'
import { isOwn, shownPoses } from './collections'
import type { PoseMoment } from './recent'
import { isVisibleTo, qualified } from './visible'
import { VisibleCard, visibleColumns } from './visible-card'

/** Poses of one collection; a page sorts as many. */
export const MAX_COLLECTION_POSES = 500

/** Path parameters of a pose in a collection. */
export const CollectionPlaceParams = idParam('collection').extend({
  poseId: PoseIdParam.shape.id.openapi({ param: { name: 'poseId', in: 'path' } }),
})

export const CollectedPoseSchema = VisibleCard.extend({ addedAt: z.string().openapi({ format: 'date-time' }) }).openapi(
  'CollectedPose',
)

export const MembershipSchema = z
  .object({ isInCollection: z.boolean(), poseCount: z.number().int() })
  .openapi('PoseCollectionMembership')

type Membership = z.infer<typeof MembershipSchema>
type Place = { userId: string; collectionId: string; poseId: string }

/** What is in a collection and may be seen, newest first, `limit` rows after a moment. The caller has checked whose it is. */
export const collectedPoses = (
  db: Database,
  { userId, collectionId }: Pick<Place, 'userId' | 'collectionId'>,
  after: PoseMoment | null,
  limit: number,
) =>
  db
    .select({ ...visibleColumns(userId), addedAt: poseCollectionItems.addedAt })
    .from(poseCollectionItems)
    .innerJoin(poses, eq(poses.id, poseCollectionItems.poseId))
    .where(
      and(
        eq(poseCollectionItems.collectionId, collectionId),
        after
          ? sql`(${poseCollectionItems.addedAt}, ${poseCollectionItems.poseId}) < (${after.at}, ${after.poseId})`
          : undefined,
        isVisibleTo(userId),
      ),
    )
    .orderBy(desc(poseCollectionItems.addedAt), desc(poseCollectionItems.poseId))
    .limit(limit)

/**
 * Puts a pose of the library or one's own into one's collection; a second time changes nothing.
 * Throws NOT_FOUND for either of them, and CONFLICT `{limit}` when the collection is full, which the insert itself
 * finds out. What the library hides gives its place free. `limit` is for tests.
 */
export async function addToCollection(
  db: Database,
  { userId, collectionId, poseId }: Place,
  now: number,
  limit = MAX_COLLECTION_POSES,
): Promise<Membership> {
  const hasRoom = sql`${shownPoses(userId, collectionId)} < ${limit}`
  const [added, , found] = await db.batch([
    db
      .insert(poseCollectionItems)
      .select(
        sql`select ${poseCollections.id}, ${poses.id}, ${now} from ${poseCollections}, ${poses}
          where ${and(isOwn(userId, collectionId), eq(poses.id, poseId), isVisibleTo(userId), hasRoom)}`,
      )
      .onConflictDoNothing()
      .returning({ poseId: poseCollectionItems.poseId }),
    touch(db, userId, collectionId, now),
    placeOf(db, { userId, collectionId, poseId }),
  ])
  const [place] = found
  if (!place?.isVisible) throw fail('NOT_FOUND')
  if (!place.isThere && added.length === 0) throw fail('CONFLICT', { reason: 'the collection is full', limit })
  return { isInCollection: true, poseCount: place.poseCount }
}

/** Takes a pose out of one's collection, whether or not it was in it. Throws NOT_FOUND for the collection. */
export async function removeFromCollection(
  db: Database,
  { userId, collectionId, poseId }: Place,
  now: number,
): Promise<Membership> {
  const isHere = sql`exists (select 1 from ${poseCollections} where ${isOwn(userId, collectionId)})`
  const [, , found] = await db.batch([
    db
      .delete(poseCollectionItems)
      .where(and(eq(poseCollectionItems.collectionId, collectionId), eq(poseCollectionItems.poseId, poseId), isHere)),
    touch(db, userId, collectionId, now),
    placeOf(db, { userId, collectionId, poseId }),
  ])
  const [place] = found
  if (!place) throw fail('NOT_FOUND')
  return { isInCollection: false, poseCount: place.poseCount }
}

/** After a statement that changed a row, and only then: `changes()` is what the one before it did. */
const touch = (db: Database, userId: string, collectionId: string, now: number) =>
  db
    .update(poseCollections)
    .set({ updatedAt: now })
    .where(and(isOwn(userId, collectionId), sql`changes() > 0`))

const placeOf = (db: Database, { userId, collectionId, poseId }: Place) =>
  db
    .select({
      poseCount: shownPoses(userId, collectionId),
      isThere: qualified<number>(sql`exists (select 1 from ${poseCollectionItems}
        where ${poseCollectionItems.collectionId} = ${collectionId} and ${poseCollectionItems.poseId} = ${poseId})`),
      isVisible: qualified<number>(
        sql`exists (select 1 from ${poses} where ${and(eq(poses.id, poseId), isVisibleTo(userId))})`,
      ),
    })
    .from(poseCollections)
    .where(isOwn(userId, collectionId))
