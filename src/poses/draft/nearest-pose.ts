import type { Database } from '../../db/client'
import type { PoseGeometry, PosePerson } from '../../db/tables/poses'
import { loadPoses, type PoseRecord } from '../load-pose'
import { searchPoseIds } from '../search/search-poses'

/** Poses that a search finds are compared, not the whole library: 60 geometries are 240 KB to read. */
const MAX_CANDIDATES = 60
/** A pose further off than this is not where anybody would start from: sitting for standing is about 0.2. */
const MAX_DISTANCE = 0.15
/** Places in `joints3d` (data/poses/README.md) of nose, neck, shoulders, elbows, wrists, hips, knees and ankles. */
const BODY = [9, 4, 14, 15, 16, 18, 19, 20, 22, 23, 24, 27, 28, 29]
const MID_HIP = 0
const BODY_HEIGHT_M = 1.7

/** Poses of the library that the words find, best first: public ones, of one person. */
export async function findCandidates(db: Database, text: string): Promise<PoseRecord[]> {
  const ids = await searchPoseIds(db, text, MAX_CANDIDATES)
  const found = await loadPoses(db, ids)
  return ids.flatMap((id) => found.get(id) ?? []).filter((pose) => pose.geometry.people.length === 1)
}

/** The candidate whose body is nearest to the drafted one; null when none is near. */
export function nearestPose(geometry: PoseGeometry, candidates: readonly PoseRecord[]): PoseRecord | null {
  let nearest: PoseRecord | null = null
  let least = MAX_DISTANCE
  for (const candidate of candidates) {
    const distance = poseDistance(geometry.people[0]!, candidate.geometry.people[0]!)
    if (distance >= least) continue
    nearest = candidate
    least = distance
  }
  return nearest
}

/**
 * How far two bodies differ: RMS over 14 joints in space, hips laid on hips, in body heights. In space, because a crop or
 * a joint behind the body changes nothing of the pose.
 */
export function poseDistance({ joints3d: a }: PosePerson, { joints3d: b }: PosePerson): number {
  const squares = BODY.flatMap((joint) =>
    [0, 1, 2].map((axis) => {
      const [at, hip] = [joint * 3 + axis, MID_HIP * 3 + axis]
      return (a[at]! - a[hip]! - (b[at]! - b[hip]!)) ** 2
    }),
  )
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / BODY.length) / BODY_HEIGHT_M
}
