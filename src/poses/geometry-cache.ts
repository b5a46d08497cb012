import type { PoseGeometry } from '../db/tables/poses'

/** A parsed geometry takes about 10 KB: 512 of them are 5 of the isolate's 128 MB. */
const MAX_GEOMETRIES = 512

const geometries = new Map<string, PoseGeometry>()

/** The isolate's copy of a pose's geometry, or undefined. `revision` is the one of the pose's row just read. */
export function cachedGeometry(poseId: string, revision: string): PoseGeometry | undefined {
  const key = `${poseId}@${revision}`
  const geometry = geometries.get(key)
  if (geometry) {
    // A Map iterates in insertion order: the first key is then the one unused for longest.
    geometries.delete(key)
    geometries.set(key, geometry)
  }
  return geometry
}

export function cacheGeometry(poseId: string, revision: string, geometry: PoseGeometry): void {
  const [oldest] = geometries.keys()
  if (geometries.size >= MAX_GEOMETRIES && oldest !== undefined) geometries.delete(oldest)
  geometries.set(`${poseId}@${revision}`, geometry)
}
