import { asc, gt } from 'drizzle-orm'
import type { Database } from '../../db/client'
import { poseCategories } from '../../db/tables/poses'
import type { Language } from '../../http/errors'

/** The tree of categories that have poses, three levels, in display order; `name` is in `language`. */
export async function listCategories(db: Database, language: Language) {
  const rows = await db
    .select()
    .from(poseCategories)
    .where(gt(poseCategories.poseCount, 0))
    .orderBy(asc(poseCategories.displayOrder), asc(poseCategories.slug))
  const below = (parentSlug: string | null) =>
    rows
      .filter((row) => row.parentSlug === parentSlug)
      .map(({ slug, nameEn, nameId, icon, color, level, poseCount }) => ({
        slug,
        name: language === 'id' ? nameId : nameEn,
        names: { en: nameEn, id: nameId },
        icon,
        color,
        level,
        poseCount,
      }))
  return below(null).map((root) => ({
    ...root,
    children: below(root.slug).map((branch) => ({ ...branch, children: below(branch.slug) })),
  }))
}
