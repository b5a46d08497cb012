// Asking for poses by a skeleton, and the same without an index.
import { poseDistance, shapeOf } from '../../src/poses/shape/shape.ts'
import { halfHidden, variedPerson } from './skeletons.mjs'

const API = '/api/v1/apps/pose-generator'
/** Skeletons that are asked for in turn. */
const SKELETONS = 40

const geometryOf = (db, id) =>
  JSON.parse(db.prepare('select geometry from pose_geometry where pose_id = ?').get(id).geometry)

/** Some public poses of one person, by lot. */
function somePoses(db, random) {
  const { count } = db.prepare('select count(*) as count from poses').get()
  const read = db.prepare('select id from poses where number = ? and people_count = 1')
  const ids = []
  while (ids.length < SKELETONS) ids.push(...[read.get(1 + random.below(count))?.id ?? []].flat())
  return ids
}

/** Poses like one of the library. */
export function similarCase(db, random) {
  const variants = somePoses(db, random).map((id) => ({
    path: `${API}/library/${id}/similar?limit=12`,
    direct: () => nearestByScan(db, geometryOf(db, id).people, 13).length,
  }))
  return { name: 'similar to a pose', variants }
}

/** Poses like a skeleton of somebody's own, whole and with half of its joints. */
export function nearestCases(db, random) {
  const asked = somePoses(db, random).map((id) => {
    const [person] = geometryOf(db, id).people
    const { keypoints2d, handLeft2d, handRight2d } = variedPerson(person, person, { share: 0, sigma: 0.01, random })
    return { keypoints2d, handLeft2d, handRight2d }
  })
  const nearest = (person) => ({
    path: `${API}/poses/nearest`,
    body: { people: [person], limit: 12 },
    direct: () => nearestByScan(db, [person], 12).length,
  })
  return [
    { name: 'nearest: whole skeleton', isNearest: true, variants: asked.map(nearest) },
    {
      name: 'nearest: half of the joints',
      isNearest: true,
      variants: asked.map((person) => nearest(halfHidden(person, random))),
    },
  ]
}

/** The nearest poses without an index: every skeleton is read and compared. `{ id, distance }[]`, nearest first. */
export function nearestByScan(db, people, limit) {
  const shape = shapeOf(people)
  const found = []
  for (const { pose_id: id, descriptor } of db
    .prepare("select pose_id, descriptor from pose_shapes where owner_id = '' and person = 0")
    .iterate()) {
    if (descriptor.length !== shape.length) continue
    const other = new Int8Array(descriptor.buffer, descriptor.byteOffset, descriptor.length)
    found.push({ id, distance: poseDistance(shape, other).distance })
  }
  return found.sort((a, b) => a.distance - b.distance).slice(0, limit)
}
