import type { z } from '@hono/zod-openapi'
import type { Database } from '../db/client'
import type { PoseGeometry } from '../db/tables/poses'
import { sha256Hex } from '../kernel/hash'
import { loadPoses } from '../poses/load-pose'
import { checkOpenPose } from '../poses/openpose/check'
import type { OpenPoseIssue, ReadPerson } from '../poses/openpose/format'
import { type LiftHelp, liftPose } from '../poses/openpose/lift'
import { readOpenPose } from '../poses/openpose/parse'
import { nearestPoses } from '../poses/shape/nearest-poses'
import { checkPose } from '../render/mannequin/pose'
import type { GeometryField } from './geometry-fields'

const REVISION_CHARACTERS = 12

/** A skeleton that was read and checked: a whole geometry, or people in 2D that have no depth yet. */
export type Skeleton = { geometry: PoseGeometry } | { drawn: ReadPerson[] }

type SkeletonReading = { ok: true; skeleton: Skeleton } | { ok: false; issues: OpenPoseIssue[] }

type Given = { openpose?: unknown; geometry?: z.infer<typeof GeometryField> | undefined }

/** Reads whichever of the two is given; issues name the field in the words of the request. Touches no database. */
export function readSkeleton({ openpose, geometry }: Given): SkeletonReading {
  if (geometry === undefined) {
    const read = readOpenPose(openpose)
    if (!read.ok) return read
    const issues = checkOpenPose(read.people, read.fields)
    return issues.length > 0 ? { ok: false, issues } : { ok: true, skeleton: { drawn: read.people } }
  }
  try {
    checkPose({ ...(geometry as PoseGeometry), props: [], words: '' })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const [path = 'pose', rule = 'cannot be drawn'] = error.message.split(': ')
    return { ok: false, issues: [{ field: path.replace('pose', 'geometry'), rule }] }
  }
  const flat = geometry.people.map((person) => ({ ...person, face2d: person.face2d ?? null }))
  const issues = checkOpenPose(
    flat,
    flat.map((_, i) => `geometry.people[${i}]`),
  ).map((issue) => ({ ...issue, field: issue.field.replace('pose_keypoints_2d', 'keypoints2d') }))
  return issues.length > 0 ? { ok: false, issues } : { ok: true, skeleton: { geometry: geometry as PoseGeometry } }
}

/** The 2D people of a skeleton. */
export const peopleOf = (skeleton: Skeleton): Pick<ReadPerson, 'keypoints2d' | 'handLeft2d' | 'handRight2d'>[] =>
  'geometry' in skeleton ? skeleton.geometry.people : skeleton.drawn

/**
 * The geometry of a skeleton: people in 2D get the depth of the most similar library poses. Null when no pose is similar
 * enough to lend its depth, which a body with its neck and some joints never meets in a library with poses.
 */
export async function geometryOf(db: Database, skeleton: Skeleton): Promise<PoseGeometry | null> {
  if ('geometry' in skeleton) return skeleton.geometry
  const helps: LiftHelp[] = []
  for (const person of skeleton.drawn) {
    const [nearest] = await nearestPoses(db, [person], { limit: 1 })
    const helper = nearest && (await loadPoses(db, [nearest.poseId])).get(nearest.poseId)
    if (!helper) return null
    helps.push({ geometry: helper.geometry, person: 0, mirrored: nearest.mirrored })
  }
  return liftPose(skeleton.drawn, helps)
}

/** First digits of the SHA-256 of the geometry as it is stored, like the seed's. */
export const revisionOf = async (geometry: PoseGeometry): Promise<string> =>
  (await sha256Hex(JSON.stringify(geometry))).slice(0, REVISION_CHARACTERS)
