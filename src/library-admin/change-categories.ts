import { and, eq, type SQL, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import type { Ctx } from '../ctx'
import { libraryState, poseCategories, poses } from '../db/tables/poses'
import { fail, invalidField } from '../http/errors'
import { type CategoryRow, findCategory, readCategories, treeBelow } from './categories'
import { type CategoryBody, type CategoryChanges, MAX_LEVEL } from './category-fields'
import { categoryPathSql } from './category-path'
import { MAX_TRIES } from './create-pose'
import { libraryIsStill, libraryVersion } from './library-version'
import { runBatch } from './run-batch'

/** A tree that every list reads whole. */
const MAX_CATEGORIES = 500
/** Moving a category rewrites what its poses are found by, 100 rows each: more are moved a branch at a time. */
export const MAX_MOVED_POSES = 1_000

/** Neither counts nor search change with an empty category, but what rests on the tree must not be written over it. */
const libraryChanges = sql`update ${libraryState} set version = version + 1 where id = 1`

/** Adds a category. Throws 409 when the slug is taken, 422 for a parent that is missing or too deep. */
export const createCategory = (ctx: Ctx, actorId: string, body: CategoryBody): Promise<void> =>
  whileStill(ctx, async (isStill) => {
    const rows = await readCategories(ctx.db)
    if (rows.some(({ slug }) => slug === body.slug))
      throw fail('CONFLICT', { reason: 'there is a category with this slug' })
    if (rows.length >= MAX_CATEGORIES) throw fail('CONFLICT', { reason: `${MAX_CATEGORIES} categories are the most` })
    const parentSlug = body.parent ?? null
    const level = levelBelow(rows, parentSlug)
    const orders = rows.filter((row) => row.parentSlug === parentSlug).map((row) => row.displayOrder)
    const { names, icon = null, color = null, displayOrder = Math.max(0, ...orders) + 1 } = body
    const row = {
      ...{ slug: body.slug, parentSlug, nameEn: names.en, nameId: names.id },
      ...{ icon, color, level, displayOrder },
    }
    // From its first day on it is an admin's, not the seed's.
    const editedAt = ctx.now()
    const deed = { actorId, action: 'pose_category.created', subject: body.slug, details: row }
    await runBatch(ctx, [
      isStill,
      auditWhen(ctx, sql`true`, deed),
      ctx.db.insert(poseCategories).values({ ...row, editedAt }),
      libraryChanges,
    ])
  })

/**
 * Changes a category. With another parent its poses, and those below it, get their new path in the same batch. Throws 404,
 * 422 for a parent that is missing, below itself or too deep, 409 when more than MAX_MOVED_POSES would move.
 */
export const updateCategory = (ctx: Ctx, actorId: string, slug: string, changes: CategoryChanges): Promise<void> =>
  whileStill(ctx, async (isStill) => {
    const rows = await readCategories(ctx.db)
    const row = rows.find((each) => each.slug === slug)
    if (!row) throw fail('NOT_FOUND')
    const values = differing(row, changes)
    if (Object.keys(values).length === 0) return
    const moved = values.parentSlug === undefined ? [] : await move(ctx, rows, row, values.parentSlug)
    const before = Object.fromEntries(Object.keys(values).map((key) => [key, row[key as keyof CategoryRow]]))
    const deed = { actorId, action: 'pose_category.changed', subject: slug, details: { before, after: values } }
    await runBatch(ctx, [
      isStill,
      auditWhen(ctx, sql`true`, deed),
      ctx.db
        .update(poseCategories)
        .set({ ...values, editedAt: ctx.now() })
        .where(eq(poseCategories.slug, slug)),
      ...moved,
    ])
  })

/**
 * Removes a category. People's own poses, deleted ones too, go to the one above it: nobody holds up an admin with what he
 * cannot see. Throws 404, 409 with the numbers of poses (hidden ones too; of a main category people's own as well) and
 * subcategories in it.
 */
export async function deleteCategory(ctx: Ctx, actorId: string, slug: string): Promise<void> {
  const { db } = ctx
  const row = await findCategory(db, slug)
  if (!row) throw fail('NOT_FOUND')
  const above = sql`(select parent_slug from ${poseCategories} as self where self.slug = ${slug})`
  const isHeldBy = sql`${poses.categorySlug} = ${slug} and (${poses.ownerId} is null or ${above} is null)`
  const isFree = sql`not exists (select 1 from ${poses} where ${isHeldBy})
    and not exists (select 1 from ${poseCategories} as below where below.parent_slug = ${slug})`
  const isDue = sql`exists (select 1 from ${poseCategories} where slug = ${slug}) and ${isFree}`
  const details = { names: { en: row.nameEn, id: row.nameId }, parent: row.parentSlug }
  const [, , , , deleted = []] = await runBatch(ctx, [
    auditWhen(ctx, isDue, { actorId, action: 'pose_category.deleted', subject: slug, details }),
    sql`update ${libraryState} set version = version + 1 where id = 1 and ${isDue}`,
    sql`update ${poses} set category_path = ${categoryPathSql(above)}, category_slug = ${above}
      where category_slug = ${slug} and owner_id is not null and ${isDue}`,
    // Its counts are zero, and rows of nothing would hold it.
    sql`delete from pose_facet_counts where category_slug = ${slug} and ${isDue}`,
    db
      .delete(poseCategories)
      .where(and(eq(poseCategories.slug, slug), isFree))
      .returning({ slug: poseCategories.slug }),
  ])
  if (deleted.length > 0) return
  const [held] = await db.all<{ poses: number; subcategories: number }>(
    sql`select (select count(*) from ${poses} where ${isHeldBy}) as poses,
      (select count(*) from ${poseCategories} where parent_slug = ${slug}) as subcategories`,
  )
  // Somebody else removed it between our look and our write.
  if (!held || held.poses + held.subcategories === 0) throw fail('NOT_FOUND')
  throw fail('CONFLICT', { reason: 'it is not empty', ...held })
}

/** Runs `change` until the library held still between what it read and what it wrote: at most MAX_TRIES times, then 503. */
async function whileStill(ctx: Ctx, change: (isStill: SQL) => Promise<void>): Promise<void> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const version = await libraryVersion(ctx.db)
    try {
      return await change(libraryIsStill(version))
    } catch (error) {
      if (error instanceof Error && error.name === 'ApiError') throw error
      if ((await libraryVersion(ctx.db)) === version) throw error
    }
  }
  throw fail('UNAVAILABLE', undefined, 1)
}

function levelBelow(rows: readonly CategoryRow[], parentSlug: string | null): number {
  if (parentSlug === null) return 1
  const parent = rows.find(({ slug }) => slug === parentSlug)
  if (!parent) throw invalidField('parent', `there is no category ${parentSlug}`)
  if (parent.level >= MAX_LEVEL) throw invalidField('parent', `categories have at most ${MAX_LEVEL} levels`)
  return parent.level + 1
}

/** What else changes with the parent: levels of the branch, and the paths of its poses. */
async function move({ db, now }: Ctx, rows: readonly CategoryRow[], row: CategoryRow, parentSlug: string | null) {
  const branch = treeBelow(rows, row.slug)
  const slugs = JSON.stringify(branch.map(({ slug }) => slug))
  if (branch.some(({ slug }) => slug === parentSlug))
    throw invalidField('parent', 'must not be the category or below it')
  const rise = levelBelow(rows, parentSlug) - row.level
  if (Math.max(...branch.map(({ level }) => level)) + rise > MAX_LEVEL)
    throw invalidField('parent', `categories have at most ${MAX_LEVEL} levels`)
  const isInBranch = sql`${poses.categorySlug} in (select value from json_each(${slugs}))`
  // People's own poses are found by nothing that must be rewritten: whoever keeps many there holds up no admin.
  const [held] = await db.all<{ poses: number }>(
    sql`select count(*) as poses from ${poses} where ${isInBranch} and ${poses.ownerId} is null`,
  )
  if ((held?.poses ?? 0) > MAX_MOVED_POSES)
    throw fail('CONFLICT', { reason: `at most ${MAX_MOVED_POSES} poses move at once`, ...held })
  return [
    db
      .update(poseCategories)
      .set({ level: sql`${poseCategories.level} + ${rise}`, editedAt: now() })
      .where(sql`${poseCategories.slug} in (select value from json_each(${slugs}))`),
    db
      .update(poses)
      .set({ categoryPath: categoryPathSql(sql`${poses.categorySlug}`) as SQL<string[]> })
      .where(isInBranch),
  ] as const
}

function differing(
  row: CategoryRow,
  { names, icon, color, displayOrder, parent }: CategoryChanges,
): Partial<CategoryRow> {
  const asked = { nameEn: names?.en, nameId: names?.id, icon, color, displayOrder, parentSlug: parent }
  return Object.fromEntries(
    Object.entries(asked).filter(([key, value]) => value !== undefined && value !== row[key as keyof CategoryRow]),
  )
}
