import { sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { auditLog } from '../db/tables/operations'
import { poseGeometry, poseShapes, poses } from '../db/tables/poses'
import { toHex } from '../kernel/hash'
import { newId } from '../kernel/ids'
import { shapeRowsOf } from '../poses/shape/shape-rows'
import { categoryPathSql } from './category-path'
import { libraryIsStill, libraryVersion } from './library-version'
import type { ReadyPose } from './ready-pose'
import { runBatch } from './run-batch'

/** A pose that came through the API, not with data/poses: the seed never hides it. */
const SOURCE = 'admin'
const LICENSE = 'LicenseRef-Project-Original'

/**
 * Writes new poses with their geometry, shapes and audit records, all or none: false, and nothing written, when the
 * library changed since it had `version`, or an id is taken. Triggers write what is derived from them. Throws when a
 * category is gone.
 */
export async function insertPoses(
  ctx: Ctx,
  actorId: string,
  ready: readonly ReadyPose[],
  version: number,
): Promise<boolean> {
  const { db } = ctx
  const now = ctx.now()
  const rows = ready.map(({ id, body, geometry, revision }) => ({
    ...{ id, base_pose: body.basePose ?? id, category_slug: body.category },
    ...{ name_en: body.names.en, name_id: body.names.id },
    ...{ description_en: body.descriptions.en, description_id: body.descriptions.id },
    ...{ tags_en: JSON.stringify(body.tags.en), tags_id: JSON.stringify(body.tags.id) },
    ...{ difficulty: body.difficulty, gender: body.gender, people_count: geometry.people.length },
    ...{ stance: body.stance, framing: body.framing, view: body.view, props: JSON.stringify(body.props ?? []) },
    ...{ prompt_hint: body.promptHint, is_featured: Number(body.isFeatured ?? false) },
    ...{ is_premium: Number(body.isPremium ?? false), is_public: Number(body.publish ?? false) },
    ...{ display_order: body.displayOrder ?? null, revision },
    ...{ license: body.license ?? LICENSE, credit: body.credit ?? null },
  }))
  const columns = Object.keys(rows[0] ?? {})
  // Names of our own columns; the values are bound as one JSON text, because a statement takes 100 values.
  const values = (list: readonly unknown[]) => sql`json_each(${JSON.stringify(list)})`
  const field = (name: string) => sql.raw(`value ->> '${name}'`)
  const last = sql`max(coalesce((select max(display_order) from ${poses} where is_public = 1), 0),
    coalesce((select max(display_order) from ${poses} where is_public = 0), 0))`
  const picked = columns.map((name) =>
    name === 'display_order' ? sql`coalesce(${field(name)}, ${last} + 1 + key)` : field(name),
  )
  const audits = ready.map(({ id, body, revision }) => ({
    ...{ id: newId('audit'), subject: id },
    details: JSON.stringify({
      ...{ names: body.names, category: body.category, isPublished: body.publish ?? false, revision },
      ...(body.acknowledgeSimilarTo && { acknowledgeSimilarTo: body.acknowledgeSimilarTo }),
    }),
  }))
  const geometries = ready.map(({ id, geometry }) => ({ id, geometry: JSON.stringify(geometry) }))
  const shapes = ready.flatMap(({ id, geometry }) =>
    shapeRowsOf(id, null, geometry.people).map((row) => ({ ...row, descriptor: toHex(row.descriptor) })),
  )
  try {
    await runBatch(ctx, [
      libraryIsStill(version),
      sql`insert into ${auditLog} (id, actor_id, action, subject, details, request_id, created_at)
          select value ->> 'id', ${actorId}, 'library_pose.created', value ->> 'subject', value ->> 'details',
            ${ctx.requestId}, ${now} from ${values(audits)}`,
      sql`insert into ${poses} (${sql.raw(columns.join(', '))}, category_path, source, added_at, edited_at)
          select ${sql.join(picked, sql`, `)}, ${categoryPathSql(field('category_slug'))}, ${SOURCE}, ${now}, ${now}
          from ${values(rows)}`,
      sql`insert into ${poseGeometry} (pose_id, geometry)
          select value ->> 'id', value ->> 'geometry' from ${values(geometries)}`,
      sql`insert into ${poseShapes} (owner_id, cell, pose_id, person, descriptor)
          select value ->> 'ownerId', value ->> 'cell', value ->> 'poseId', value ->> 'person',
            unhex(value ->> 'descriptor') from ${values(shapes)}`,
    ])
    return true
  } catch (error) {
    if ((await libraryVersion(db)) !== version) return false
    // A hidden pose does not move the version: then an id that is taken by now says that another admin was faster.
    const ids = JSON.stringify(ready.map(({ id }) => id))
    const taken = await db.get(sql`select id from ${poses} where id in (select value from json_each(${ids})) limit 1`)
    if (taken) return false
    throw error
  }
}
