import type { z } from '@hono/zod-openapi'
import { asc, eq } from 'drizzle-orm'
import type { Database } from '../db/client'
import { poseCategories } from '../db/tables/poses'
import type { CuratedCategory } from './category-fields'

export type CategoryRow = typeof poseCategories.$inferSelect

/** All of them: some 120 rows, and a tree cannot be checked in part. */
export const readCategories = (db: Database): Promise<CategoryRow[]> =>
  db
    .select()
    .from(poseCategories)
    .orderBy(asc(poseCategories.level), asc(poseCategories.displayOrder), asc(poseCategories.slug))

export async function findCategory(db: Database, slug: string): Promise<CategoryRow | null> {
  const [row] = await db.select().from(poseCategories).where(eq(poseCategories.slug, slug))
  return row ?? null
}

export const toCategory = (row: CategoryRow): z.infer<typeof CuratedCategory> => ({
  slug: row.slug,
  parent: row.parentSlug,
  names: { en: row.nameEn, id: row.nameId },
  icon: row.icon,
  color: row.color,
  level: row.level,
  displayOrder: row.displayOrder,
  poseCount: row.poseCount,
})

/** The category and everything below it. */
export function treeBelow(rows: readonly CategoryRow[], slug: string): CategoryRow[] {
  const self = rows.filter((row) => row.slug === slug)
  return [...self, ...rows.filter((row) => row.parentSlug === slug).flatMap((row) => treeBelow(rows, row.slug))]
}
