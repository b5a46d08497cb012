import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import type { Ctx } from '../ctx'
import { poseCategories, poseGeometry, poseShapes, poses } from '../db/tables/poses'
import { fail, invalidField } from '../http/errors'
import { toHex } from '../kernel/hash'
import { loadPoses } from '../poses/load-pose'
import type { PoseRow } from '../poses/pose-card'
import { findTooNear } from '../poses/shape/nearest-poses'
import { shapeRowsOf } from '../poses/shape/shape-rows'
import { categoryPathSql } from './category-path'
import { MAX_TRIES } from './create-pose'
import { findLibraryPose } from './find-pose'
import { libraryIsStill, libraryVersion } from './library-version'
import type { PoseChanges } from './pose-fields'
import { geometryOf, readSkeleton, revisionOf } from './read-skeleton'
import { tooNear } from './refuse'
import { runBatch } from './run-batch'
import { versionOf } from './views'

/**
 * Changes a pose of the library and says who did. Throws 404, 409 with the `version` that it has now when that is not the
 * one in `changes`, 409 POSE_TOO_NEAR for a geometry or a publication that repeats a pose, 422, 503 when others kept
 * changing the library. Nothing changed is no error.
 */
export async function updatePose(ctx: Ctx, actorId: string, id: string, changes: PoseChanges): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const version = await libraryVersion(ctx.db)
    const row = await findLibraryPose(ctx.db, id)
    if (!row) throw fail('NOT_FOUND')
    if (row.deletedAt !== null) throw fail('CONFLICT', { reason: 'it is deleted; restore it first' })
    if (versionOf(row) !== changes.version)
      throw fail('CONFLICT', { reason: 'it was changed since this version: read it again', version: versionOf(row) })
    if (await tryUpdate(ctx, actorId, row, changes, version)) return
  }
  throw fail('UNAVAILABLE', undefined, 1)
}

async function tryUpdate(ctx: Ctx, actorId: string, row: PoseRow, changes: PoseChanges, version: number) {
  const { db } = ctx
  const values = differing(row, changes)
  if (values.categorySlug !== undefined) await requireCategory(ctx, values.categorySlug)
  const geometry = await changedGeometry(ctx, row, changes)
  if (geometry) Object.assign(values, { revision: geometry.revision, peopleCount: geometry.geometry.people.length })
  if (Object.keys(values).length === 0) return true

  // A hidden pose may repeat another: it is looked at again when it is published.
  if (geometry || values.isPublic) {
    const people = geometry?.geometry.people ?? (await loadPoses(db, [row.id])).get(row.id)?.geometry.people ?? []
    const excludeIds = [row.id, ...(changes.acknowledgeSimilarTo ? [changes.acknowledgeSimilarTo] : [])]
    const near = await findTooNear(db, people, { excludeIds })
    if (near) throw tooNear(near)
  }
  const editedAt = Math.max(ctx.now(), versionOf(row) + 1)
  const isStill = and(
    eq(poses.id, row.id),
    isNull(poses.ownerId),
    sql`coalesce(${poses.editedAt}, 0) = ${versionOf(row)}`,
  )!
  const before = Object.fromEntries(Object.keys(values).map((key) => [key, row[key as keyof PoseRow]]))
  const acknowledged = changes.acknowledgeSimilarTo && { acknowledgeSimilarTo: changes.acknowledgeSimilarTo }
  const details = { before, after: values, ...acknowledged }
  const path =
    values.categorySlug === undefined ? {} : { categoryPath: categoryPathSql(values.categorySlug) as SQL<string[]> }
  try {
    const [, , changed = []] = await runBatch(ctx, [
      libraryIsStill(version),
      auditWhen(ctx, sql`exists (select 1 from ${poses} where ${isStill})`, {
        ...{ actorId, action: 'library_pose.changed', subject: row.id, details },
      }),
      db
        .update(poses)
        .set({ ...values, ...path, editedAt })
        .where(isStill)
        .returning({ id: poses.id }),
      ...(geometry ? geometryStatements(ctx, row.id, editedAt, geometry) : []),
    ])
    return changed.length > 0
  } catch (error) {
    if ((await libraryVersion(db)) !== version) return false
    throw error
  }
}

type Geometry = { geometry: Awaited<ReturnType<typeof geometryOf>> & object; revision: string }

function geometryStatements({ db }: Ctx, id: string, editedAt: number, { geometry, revision }: Geometry) {
  // Only after our own update.
  const isOurs = sql`exists (select 1 from ${poses}
    where ${poses.id} = ${id} and ${poses.editedAt} = ${editedAt} and ${poses.revision} = ${revision})`
  const shapes = shapeRowsOf(id, null, geometry.people).map((row) => ({ ...row, descriptor: toHex(row.descriptor) }))
  return [
    db
      .update(poseGeometry)
      .set({ geometry })
      .where(and(eq(poseGeometry.poseId, id), isOurs)),
    db.delete(poseShapes).where(and(eq(poseShapes.poseId, id), isOurs)),
    sql`insert into ${poseShapes} (owner_id, cell, pose_id, person, descriptor)
        select value ->> 'ownerId', value ->> 'cell', value ->> 'poseId', value ->> 'person',
          unhex(value ->> 'descriptor') from json_each(${JSON.stringify(shapes)}) where ${isOurs}`,
  ] as const
}

async function changedGeometry(ctx: Ctx, row: PoseRow, { openpose, geometry }: PoseChanges): Promise<Geometry | null> {
  if (openpose === undefined && geometry === undefined) return null
  const read = readSkeleton({ openpose, geometry })
  if (!read.ok) throw fail('VALIDATION_FAILED', { issues: read.issues.slice(0, 20) })
  const whole = await geometryOf(ctx.db, read.skeleton)
  if (!whole) throw invalidField('openpose', 'no known pose is similar enough: send geometry')
  const revision = await revisionOf(whole)
  return revision === row.revision ? null : { geometry: whole, revision }
}

async function requireCategory({ db }: Ctx, slug: string): Promise<void> {
  const [category] = await db
    .select({ slug: poseCategories.slug })
    .from(poseCategories)
    .where(eq(poseCategories.slug, slug))
  if (!category) throw invalidField('category', `there is no ${slug}`)
}

/** The columns that get another value. */
function differing(row: PoseRow, changes: PoseChanges): Partial<PoseRow> {
  const asked: Partial<Record<keyof PoseRow, unknown>> = {
    ...{ nameEn: changes.names?.en, nameId: changes.names?.id },
    ...{ descriptionEn: changes.descriptions?.en, descriptionId: changes.descriptions?.id },
    ...{ tagsEn: changes.tags?.en, tagsId: changes.tags?.id },
    ...{ categorySlug: changes.category, difficulty: changes.difficulty, gender: changes.gender },
    ...{ stance: changes.stance, framing: changes.framing, view: changes.view, props: changes.props },
    ...{ promptHint: changes.promptHint, basePose: changes.basePose, displayOrder: changes.displayOrder },
    ...{ isPremium: changes.isPremium, isFeatured: changes.isFeatured, isPublic: changes.publish },
    ...{ credit: changes.credit, license: changes.license },
  }
  const changed = Object.entries(asked).filter(
    ([column, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(row[column as keyof PoseRow]),
  )
  return Object.fromEntries(changed) as Partial<PoseRow>
}
