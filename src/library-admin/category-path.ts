import { type SQL, sql } from 'drizzle-orm'
import { poseCategories } from '../db/tables/poses'

/**
 * The slugs from the root down to a category, as the JSON of `category_path`, read where it is written: a category that
 * moves at the same moment is not missed. NULL for one that is not there. `slug` is a value or a column.
 */
export const categoryPathSql = (slug: SQL | string): SQL =>
  sql`(select case
      when branch.slug is null then json_array(leaf.slug)
      when root.slug is null then json_array(branch.slug, leaf.slug)
      else json_array(root.slug, branch.slug, leaf.slug) end
    from ${poseCategories} as leaf
    left join ${poseCategories} as branch on branch.slug = leaf.parent_slug
    left join ${poseCategories} as root on root.slug = branch.parent_slug
    where leaf.slug = ${slug})`
