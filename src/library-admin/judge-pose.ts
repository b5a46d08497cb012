import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { type PoseGeometry, poseCategories, poseGeometry, poses } from '../db/tables/poses'
import type { OpenPoseIssue } from '../poses/openpose/format'
import type { PoseRow } from '../poses/pose-card'
import { distanceBothWays, findTooNear, type NearPose, TOO_NEAR } from '../poses/shape/nearest-poses'
import { type ShapePerson, shapeOf } from '../poses/shape/shape'
import { type PoseBody, PoseId, slugOf } from './pose-fields'
import { geometryOf, peopleOf, readSkeleton, revisionOf, type Skeleton } from './read-skeleton'
import type { ReadyPose } from './ready-pose'

/** A pose that is there already, for the comparison with one that comes in. */
type KnownPose = { row: PoseRow; geometry: PoseGeometry }

/** What a new pose is judged by. `accepted`: shapes of those that came in with it, which no index knows yet. */
export type Known = {
  categories: ReadonlySet<string>
  poses: ReadonlyMap<string, KnownPose>
  accepted: ReadonlyMap<string, Int8Array>
}

/** `unchanged`: there already with this content; `exists`: with other content, in the fields of `differs`. */
export type Verdict =
  | { status: 'ready'; pose: ReadyPose; shape: Int8Array }
  | { status: 'unchanged'; id: string }
  | { status: 'exists'; id: string; differs: string[] }
  | { status: 'duplicate'; id: string; near: NearPose }
  | { status: 'invalid'; id: string | null; issues: OpenPoseIssue[] }

/** The id that a new pose gets: its own, or one made of its English name. */
export const idOf = (body: Pick<PoseBody, 'id' | 'names'>): string => body.id ?? slugOf(body.names.en)

/** The categories, and those of the poses with these ids that are the library's. */
export async function readKnown(db: Database, ids: readonly string[]): Promise<Pick<Known, 'categories' | 'poses'>> {
  const list = sql`(select value from json_each(${JSON.stringify(ids)}))`
  const [categories, rows] = await db.batch([
    db.select({ slug: poseCategories.slug }).from(poseCategories),
    db
      .select()
      .from(poses)
      .innerJoin(poseGeometry, eq(poseGeometry.poseId, poses.id))
      .where(and(inArray(poses.id, list), isNull(poses.ownerId))),
  ])
  return {
    categories: new Set(categories.map(({ slug }) => slug)),
    poses: new Map(
      rows.map((row) => [row.poses.id, { row: row.poses, geometry: row.pose_geometry.geometry }] as const),
    ),
  }
}

/** Whether a new pose can come in, and with which geometry. Reads the index of nearest poses, writes nothing. */
export async function judgePose(db: Database, body: PoseBody, known: Known): Promise<Verdict> {
  const id = idOf(body)
  const named = PoseId.safeParse(id)
  if (!named.success)
    return {
      status: 'invalid',
      id: null,
      issues: [{ field: 'id', rule: named.error.issues[0]?.message ?? 'is needed' }],
    }
  const read = readSkeleton(body)
  const issues = read.ok ? [] : [...read.issues]
  if (!known.categories.has(body.category)) issues.push({ field: 'category', rule: `there is no ${body.category}` })
  if (!read.ok || issues.length > 0) return { status: 'invalid', id, issues }

  const there = known.poses.get(id)
  if (there) {
    const differs = differences(body, read.skeleton, there)
    return differs.length === 0 ? { status: 'unchanged', id } : { status: 'exists', id, differs }
  }
  const people = peopleOf(read.skeleton)
  const shape = shapeOf(people)
  if (known.accepted.has(id)) return { status: 'exists', id, differs: ['id'] }
  const near = await nearTo(db, people, shape, known.accepted, body.acknowledgeSimilarTo)
  if (near) return { status: 'duplicate', id, near }
  const geometry = await geometryOf(db, read.skeleton)
  if (!geometry)
    return {
      status: 'invalid',
      id,
      issues: [{ field: 'openpose', rule: 'no known pose is similar enough: send geometry' }],
    }
  return { status: 'ready', shape, pose: { id, body, geometry, revision: await revisionOf(geometry) } }
}

async function nearTo(
  db: Database,
  people: readonly ShapePerson[],
  shape: Int8Array,
  accepted: Known['accepted'],
  acknowledged: string | undefined,
): Promise<NearPose | null> {
  for (const [poseId, other] of accepted) {
    if (poseId === acknowledged) continue
    const distance = distanceBothWays(shape, other)
    if (distance < TOO_NEAR) return { poseId, distance, mirrored: false }
  }
  return findTooNear(db, people, { excludeIds: acknowledged === undefined ? [] : [acknowledged] })
}

/** The fields of the request in which it says something else than what is there; what it leaves out is not compared. */
function differences(body: PoseBody, skeleton: Skeleton, { row, geometry }: KnownPose): string[] {
  const drawn = (people: ReturnType<typeof peopleOf>) =>
    people.map(({ keypoints2d, handLeft2d, handRight2d }) => [keypoints2d, handLeft2d, handRight2d])
  const pairs: Record<string, [unknown, unknown]> = {
    names: [body.names, { en: row.nameEn, id: row.nameId }],
    descriptions: [body.descriptions, { en: row.descriptionEn, id: row.descriptionId }],
    tags: [body.tags, { en: row.tagsEn, id: row.tagsId }],
    category: [body.category, row.categorySlug],
    difficulty: [body.difficulty, row.difficulty],
    gender: [body.gender, row.gender],
    stance: [body.stance, row.stance],
    framing: [body.framing, row.framing],
    view: [body.view, row.view],
    promptHint: [body.promptHint, row.promptHint],
    props: [body.props, row.props],
    basePose: [body.basePose, row.basePose],
    isPremium: [body.isPremium, row.isPremium],
    isFeatured: [body.isFeatured, row.isFeatured],
    publish: [body.publish, row.isPublic],
    displayOrder: [body.displayOrder, row.displayOrder],
    credit: [body.credit, row.credit],
    license: [body.license, row.license],
    ...('geometry' in skeleton
      ? { geometry: [skeleton.geometry, geometry] }
      : { openpose: [drawn(skeleton.drawn), drawn(geometry.people)] }),
  }
  const differing = Object.entries(pairs)
    .filter(([, [asked, there]]) => asked !== undefined && JSON.stringify(asked) !== JSON.stringify(there))
    .map(([field]) => field)
  return row.deletedAt === null ? differing : [...differing, 'deleted']
}
