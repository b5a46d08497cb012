import { type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db/client'
import { type PoseGeometry, poseGeometry, poses } from '../db/tables/poses'
import { fail } from '../http/errors'
import { assert } from '../kernel/assert'
import { MAX_POSES_PER_GENERATION } from '../kernel/limits'
import { cachedGeometry, cacheGeometry } from './geometry-cache'
import type { PoseRow } from './pose-card'

/** A pose with everything that draws it. */
export type PoseRecord = PoseRow & { geometry: PoseGeometry }

/**
 * The poses with these ids (at most 200), hidden ones too: a generation keeps what it chose. Ids that nobody knows are
 * absent from the map. The geometry is read once per isolate and revision.
 */
export async function loadPoses(db: Database, ids: readonly string[]): Promise<Map<string, PoseRecord>> {
  assert(ids.length <= MAX_POSES_PER_GENERATION, 'callers limit how many poses they ask for')
  if (ids.length === 0) return new Map()
  const rows = await db.select().from(poses).where(isOneOf(poses.id, ids))
  const unread = rows.filter((row) => !cachedGeometry(row.id, row.revision)).map((row) => row.id)
  const read = new Map<string, PoseGeometry>()
  if (unread.length > 0) {
    const found = await db.select().from(poseGeometry).where(isOneOf(poseGeometry.poseId, unread))
    for (const { poseId, geometry } of found) read.set(poseId, geometry)
  }
  const records = new Map<string, PoseRecord>()
  for (const row of rows) {
    const geometry = read.get(row.id) ?? cachedGeometry(row.id, row.revision)
    assert(geometry, 'the seed writes the geometry of every pose')
    if (read.has(row.id)) cacheGeometry(row.id, row.revision, geometry)
    records.set(row.id, { ...row, geometry })
  }
  return records
}

/** One pose of the public library. Throws NOT_FOUND for one that is hidden or never was. */
export async function loadLibraryPose(db: Database, id: string): Promise<PoseRecord> {
  const pose = (await loadPoses(db, [id])).get(id)
  if (!pose?.isPublic) throw fail('NOT_FOUND')
  return pose
}

/** One pose of the public library or, if it was not deleted, of this user. Throws NOT_FOUND for any other. */
export async function loadReadablePose(db: Database, userId: string | null, id: string): Promise<PoseRecord> {
  const pose = (await loadPoses(db, [id])).get(id)
  const isOwn = pose?.ownerId != null && pose.ownerId === userId && pose.deletedAt === null
  if (!pose || !(pose.isPublic || isOwn)) throw fail('NOT_FOUND')
  return pose
}

// One bound parameter whatever the number of ids: D1 takes 100.
const isOneOf = (column: AnySQLiteColumn, ids: readonly string[]): SQL =>
  sql`${column} in (select value from json_each(${JSON.stringify(ids)}))`
