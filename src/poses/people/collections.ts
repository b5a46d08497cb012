import { z } from '@hono/zod-openapi'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Database } from '../../db/client'
import { poseCollectionItems, poseCollections } from '../../db/tables/collections'
import { poses } from '../../db/tables/poses'
import { fail } from '../../http/errors'
import { freeText } from '../../http/fields'
import { newId } from '../../kernel/ids'
import { isVisibleTo, qualified } from './visible'

/** Collections of one person. */
export const MAX_COLLECTIONS = 100

/** Body of POST and PATCH. */
export const CollectionBody = z.strictObject({ name: freeText(1, 100) })

export const CollectionSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    poseCount: z.number().int(),
    createdAt: z.string().openapi({ format: 'date-time' }),
    updatedAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('PoseCollection')

type CollectionRow = typeof poseCollections.$inferSelect & { poseCount: number }

export const toCollection = (row: CollectionRow): z.infer<typeof CollectionSchema> => ({
  id: row.id,
  name: row.name,
  poseCount: row.poseCount,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
})

/** Poses of a collection that its owner sees: what the library has hidden meanwhile is neither shown nor counted. */
export const shownPoses = (userId: string, collectionId: string | AnySQLiteColumn) =>
  qualified<number>(sql`(select count(*) from ${poseCollectionItems} join ${poses} on ${poses.id} = ${poseCollectionItems.poseId}
    where ${poseCollectionItems.collectionId} = ${collectionId} and ${isVisibleTo(userId)})`)

/** A new collection. Throws CONFLICT `{limit}` when there are 100, which the insert itself finds out. */
export async function createCollection(db: Database, userId: string, name: string, now: number) {
  const hasRoom = sql`(select count(*) from ${poseCollections} where ${poseCollections.userId} = ${userId}) < ${MAX_COLLECTIONS}`
  const [row] = await db
    .insert(poseCollections)
    .select(sql`select ${newId('collection')}, ${userId}, ${name}, ${now}, ${now} where ${hasRoom}`)
    .returning()
  if (!row) throw fail('CONFLICT', { reason: 'there are as many collections as there may be', limit: MAX_COLLECTIONS })
  return toCollection({ ...row, poseCount: 0 })
}

/** Newest first, `limit` rows older than `before`. Reads at most 500 poses for each row. */
export const listCollections = (db: Database, userId: string, before: string | undefined, limit: number) =>
  db
    .select(withCount(userId))
    .from(poseCollections)
    .where(and(eq(poseCollections.userId, userId), before === undefined ? undefined : lt(poseCollections.id, before)))
    .orderBy(desc(poseCollections.id))
    .limit(limit)

/** A collection of this person; undefined for a missing one and for somebody else's alike. */
export const findCollection = async (db: Database, userId: string, id: string): Promise<CollectionRow | undefined> =>
  (await db.select(withCount(userId)).from(poseCollections).where(isOwn(userId, id)))[0]

/** Whether there was one of this person's to rename. */
export const renameCollection = async (db: Database, userId: string, id: string, name: string, now: number) =>
  (await db.update(poseCollections).set({ name, updatedAt: now }).where(isOwn(userId, id)).returning()).length > 0

/** Whether there was one of this person's to delete. Its poses stay, of course. */
export const deleteCollection = async (db: Database, userId: string, id: string): Promise<boolean> =>
  (await db.delete(poseCollections).where(isOwn(userId, id)).returning()).length > 0

export const isOwn = (userId: string, id: string) =>
  and(eq(poseCollections.id, id), eq(poseCollections.userId, userId))!

const withCount = (userId: string) => ({
  id: poseCollections.id,
  userId: poseCollections.userId,
  name: poseCollections.name,
  createdAt: poseCollections.createdAt,
  updatedAt: poseCollections.updatedAt,
  poseCount: shownPoses(userId, poseCollections.id),
})
