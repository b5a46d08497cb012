import { and, asc, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/client'
import { poseCategoryMembers, poses, poseTags } from '../db/tables/poses'
import type { Language } from '../http/errors'
import { cardColumns } from './pose-card'
import type { PoseFilter } from './pose-filter'
import { poseSearch } from './search-index'
import { type PoseSearch, planSearch } from './search-poses'

/**
 * One page of the public library: `{ rows, total }`, `total` over all pages. The order is total (ties end at the id),
 * so that pages neither repeat nor skip a pose. Names sort in `language`.
 */
export async function listPoses(db: Database, filter: PoseFilter, language: Language) {
  const search = filter.search === undefined ? undefined : await planSearch(db, filter.search)
  if (search === null) return { rows: [], total: 0 }

  const found = db.select(cardColumns).from(poses).$dynamic()
  const counted = db.select({ total: sql<number>`count(*)` }).from(poses).$dynamic()
  if (search) {
    for (const query of [found, counted]) query.innerJoin(poseSearch, eq(poseSearch.number, poses.number))
  }
  const where = and(...conditionsOf(filter), search?.where)
  const offset = (filter.page - 1) * filter.limit
  const [rows, totals] = await db.batch([
    found
      .where(where)
      .orderBy(...orderOf(filter, language, search), asc(poses.id))
      .limit(filter.limit)
      .offset(offset),
    counted.where(where),
  ])
  return { rows, total: totals[0]?.total ?? 0 }
}

function conditionsOf({ category, difficulty, gender, featured, premium, people, tags = [] }: PoseFilter): SQL[] {
  const given: (SQL | undefined)[] = [
    eq(poses.isPublic, true),
    category === undefined ? undefined : inCategory(category),
    difficulty && eq(poses.difficulty, difficulty),
    gender && inArray(poses.gender, gender === 'unisex' ? ['unisex'] : [gender, 'unisex']),
    featured === undefined ? undefined : eq(poses.isFeatured, featured),
    premium === undefined ? undefined : eq(poses.isPremium, premium),
    people === undefined ? undefined : eq(poses.peopleCount, people),
    ...tags.map(hasTag),
  ]
  return given.filter((condition) => condition !== undefined)
}

const inCategory = (slug: string) =>
  sql`${poses.id} in (select ${poseCategoryMembers.poseId} from ${poseCategoryMembers}
    where ${poseCategoryMembers.categorySlug} = ${slug})`

const hasTag = (tag: string) =>
  sql`${poses.id} in (select ${poseTags.poseId} from ${poseTags} where ${poseTags.tag} = ${tag})`

function orderOf({ sort }: PoseFilter, language: Language, search: PoseSearch | undefined): SQL[] {
  const curated = asc(poses.displayOrder)
  switch (sort ?? (search ? 'relevance' : 'curated')) {
    case 'popular':
      return [desc(sql`${poses.usageCount} + ${poses.favoriteCount}`), curated]
    case 'newest':
      return [desc(poses.addedAt), curated]
    case 'name':
      return [sql`${language === 'id' ? poses.nameId : poses.nameEn} collate nocase`]
    case 'relevance':
      return [...(search?.order ?? []), curated]
    case 'curated':
      return [curated]
  }
}
