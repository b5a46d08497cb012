import type { Database } from '../../db/client'
import type { PoseGeometry } from '../../db/tables/poses'
import { loadPoses, type PoseRecord } from '../load-pose'
import type { ReadPerson } from '../openpose/format'
import { type LiftHelp, liftPose } from '../openpose/lift'
import { nearestPoses } from '../shape/nearest-poses'
import { poseDistance, shapeOf } from '../shape/shape'

/** When the index finds nobody: a pose that is like none still gets a body. */
const FALLBACK_POSE_ID = 'stand-neutral'

/**
 * A drawn pose as a body in space, and the pose of the library that it is most like. The same file gives the same body,
 * whatever its owner has kept meanwhile. Null while the library is empty.
 */
export async function liftByLibrary(
  db: Database,
  people: readonly ReadPerson[],
): Promise<{ geometry: PoseGeometry; like: PoseRecord } | null> {
  const [nearest] = await nearestPoses(db, people, { limit: 1 })
  const id = nearest?.poseId ?? FALLBACK_POSE_ID
  const like = (await loadPoses(db, [id])).get(id)
  if (!like) return null
  return {
    geometry: liftPose(
      people,
      people.map((person) => helpOf(person, like)),
    ),
    like,
  }
}

/** Who of a pose's people is most like this person, and whether as in a mirror. */
function helpOf(person: ReadPerson, { geometry }: PoseRecord): LiftHelp {
  const shape = shapeOf([person])
  const fits = geometry.people.map((other, i) => ({ person: i, ...poseDistance(shape, shapeOf([other])) }))
  const best = fits.reduce((least, fit) => (fit.distance < least.distance ? fit : least))
  return { geometry, person: best.person, mirrored: best.mirrored }
}
