import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseShapes, poses } from '../../db/tables/poses'
import { cellsToRead, isComparable } from './cells'
import { poseDistance, type ShapePerson, shapeOf } from './shape'
import { shapeFromHex } from './shape-rows'

/**
 * Rows of the index that one search reads, whatever the library's size. The cells are read nearest first, so that an
 * overfull one costs those that are farther away, and at worst what of itself comes later by id.
 */
const MAX_ROWS = 4_800

/** Found poses are looked up in turns of so many more than are still wanted: some may be hidden by now. */
const SPARE = 12

/**
 * Two poses nearer than this are one, to be refused with the other's name. Both ways must be below it, so a portrait is no
 * duplicate of the whole body, and as they stand: a mirror image is a pose of its own. Of the 811 poses none is so near to
 * another: the nearest are at 0.0483 (a trophy and a product held overhead) and 0.0496, 7 of 328,455 pairs are below 0.06 and
 * 98 below 0.08. A copy whose joints are moved by 0.5 % of the body (one standard deviation) is at 0.022, 99 % below 0.031;
 * by 0.8 % at 0.035, by 1 % at 0.044.
 */
export const TOO_NEAR = 0.042

export type NearPose = { poseId: string; distance: number; mirrored: boolean }

type Scope = {
  /** Whose own poses are searched besides the library. */
  ownerId?: string | null
  excludeIds?: readonly string[]
}

/**
 * The at most `limit` poses whose skeletons are nearest (poseDistance from `people` to them), nearest first: public library
 * poses and the owner's own with as many people, none deleted. `excludeBasePose` leaves out the same pose from other sides.
 * Reads at most MAX_ROWS rows of the index and one of `poses` for each pose looked up. Empty when a person has too few joints.
 */
export async function nearestPoses(
  db: Database,
  people: readonly ShapePerson[],
  { ownerId = null, limit, excludeIds = [], excludeBasePose }: Scope & { limit: number; excludeBasePose?: string },
): Promise<NearPose[]> {
  if (!people.every(isComparable)) return []
  const excluded = new Set(excludeIds)
  const shape = shapeOf(people)
  const ranked = (await readShapes(db, people, ownerId))
    .filter(({ poseId }) => !excluded.has(poseId))
    .map((candidate) => ({ poseId: candidate.poseId, ...poseDistance(shape, candidate.shape) }))
    .filter(({ distance }) => distance < 1)
    .sort((a, b) => a.distance - b.distance || (a.poseId < b.poseId ? -1 : 1))
  const found: NearPose[] = []
  for (let next = 0; found.length < limit && next < ranked.length; ) {
    const turn = ranked.slice(next, next + limit - found.length + SPARE)
    next += turn.length
    const bases = await readableBases(
      db,
      turn.map(({ poseId }) => poseId),
      ownerId,
    )
    found.push(
      ...turn.filter(({ poseId }) => bases.has(poseId) && (!excludeBasePose || bases.get(poseId) !== excludeBasePose)),
    )
  }
  return found.slice(0, limit)
}

/** The nearest pose that is so near that a new one would be its duplicate (TOO_NEAR), or null. Reads like nearestPoses. */
export async function findTooNear(
  db: Database,
  people: readonly ShapePerson[],
  { ownerId = null, excludeIds = [] }: Scope,
): Promise<NearPose | null> {
  if (!people.every(isComparable)) return null
  const excluded = new Set(excludeIds)
  const shape = shapeOf(people)
  const near = (await readShapes(db, people, ownerId))
    .filter(({ poseId }) => !excluded.has(poseId))
    .map((candidate) => ({ poseId: candidate.poseId, distance: distanceBothWays(shape, candidate.shape) }))
    .filter(({ distance }) => distance < TOO_NEAR)
    .sort((a, b) => a.distance - b.distance)
    // More are never near unless hidden duplicates pile up; then the nearest of them decide.
    .slice(0, 100)
  const bases = await readableBases(
    db,
    near.map(({ poseId }) => poseId),
    ownerId,
  )
  const nearest = near.find(({ poseId }) => bases.has(poseId))
  return nearest ? { poseId: nearest.poseId, distance: roundedDistance(nearest.distance), mirrored: false } : null
}

/** As answers show it: the same pose has the same number wherever it is named. */
export const roundedDistance = (distance: number): number => Math.round(distance * 10_000) / 10_000

/** The larger of both distances as the shapes stand. */
export const distanceBothWays = (a: Int8Array, b: Int8Array): number =>
  Math.max(poseDistance(a, b, { mirror: false }).distance, poseDistance(b, a, { mirror: false }).distance)

/** What the index keeps in the cells around these people, each pose once. */
async function readShapes(
  db: Database,
  people: readonly ShapePerson[],
  ownerId: string | null,
): Promise<{ poseId: string; shape: Int8Array }[]> {
  const owners = JSON.stringify(ownerId ? ['', ownerId] : [''])
  // cross join keeps the order of the tables (sqlite.org/optoverview.html#crossjoin): cell by cell, each by the primary key.
  const rows = await db.all<{ poseId: string; shape: string }>(
    sql`select ${poseShapes.poseId} as poseId, hex(${poseShapes.descriptor}) as shape
      from json_each(${JSON.stringify(cellsToRead(people))}) as cell
      cross join json_each(${owners}) as owner
      cross join ${poseShapes} on ${poseShapes.ownerId} = owner.value and ${poseShapes.cell} = cell.value
      limit ${MAX_ROWS}`,
  )
  const shapes = new Map(rows.map((row) => [row.poseId, row.shape]))
  return [...shapes].map(([poseId, hex]) => ({ poseId, shape: shapeFromHex(hex) }))
}

/** Of these poses, those that may be shown to the owner (or to everybody), with their base pose. */
async function readableBases(db: Database, ids: string[], ownerId: string | null): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { id, basePose, isPublic, ownerId: owner, deletedAt } = poses
  // Judged here: with a condition on is_public in it SQLite walks an index of all poses instead of looking up a few keys.
  const rows = await db
    .select({ id, basePose, isPublic, ownerId: owner, deletedAt })
    .from(poses)
    .where(sql`${id} in (select value from json_each(${JSON.stringify(ids)}))`)
  const readable = rows.filter((row) =>
    row.ownerId === null ? row.isPublic : row.ownerId === ownerId && row.deletedAt === null,
  )
  return new Map(readable.map((row) => [row.id, row.basePose]))
}
