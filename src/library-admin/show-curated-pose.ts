import type { Database } from '../db/client'
import { fail } from '../http/errors'
import { loadPoses } from '../poses/load-pose'
import { toCuratedDetail } from './views'

/** What an admin sees of a pose of the library. Throws 404, also for people's own poses. */
export async function showCuratedPose(db: Database, id: string) {
  const pose = (await loadPoses(db, [id])).get(id)
  if (!pose || pose.ownerId !== null) throw fail('NOT_FOUND')
  return toCuratedDetail(pose, pose.geometry)
}
